"""Opt-in: ten sentences of each task, labelled by a user's own endpoint (`make test-llm`)."""
