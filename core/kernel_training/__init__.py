"""Meta-training of the in-context tagger's kernel on public data of source languages (`ssp train-kernel`)."""
