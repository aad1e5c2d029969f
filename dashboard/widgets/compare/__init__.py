"""The parts of the page Compare: what is compared, its figures, and the sentences they lead to."""
