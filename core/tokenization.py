"""Another tokenisation of a sentence than the imported one: splitting, merging and re-spelling words."""
