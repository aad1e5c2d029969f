"""What RoSPrompt and NPPrompt share: label words in several languages, the losses, and the answer.

Nothing here loads torch or transformers before it is called.
"""
