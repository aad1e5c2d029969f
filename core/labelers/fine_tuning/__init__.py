"""Fine-tuning of a pretrained encoder, in parts: what it learns from, how it reads, learns and answers.

Nothing here loads torch or transformers before it is called.
"""
