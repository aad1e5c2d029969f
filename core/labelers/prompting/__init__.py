"""What the labelers `soft_prompt`, `mpt` and `pct` share: from what and how they learn.

`lessons` draws shots and sentence pairs, `reading` lays items out and answers for them, `networks` are MPT's,
`teaching` trains, `keeping` names and reads what was trained, `telling` notes it of the run, and `learner` is
all of it in order.
"""
