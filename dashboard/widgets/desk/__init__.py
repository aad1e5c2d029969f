"""The parts of the page Annotate: whose desk, which queue, the labeller, and what lies beside it."""
