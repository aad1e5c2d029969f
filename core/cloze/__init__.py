"""One cloze scorer for masked and causal language models, and prompts that are learned for it.

`checkpoint` is a model, `layout` writes items into a template, `verbalizer` turns scores of the vocabulary
into scores of labels, `soft_prompt` holds what was learned, `training` is the one loop that learns it,
`items` draws shots and scores many items. Nothing here loads torch or transformers before it is called.
"""
