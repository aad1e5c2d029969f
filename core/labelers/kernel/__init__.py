"""The learned kernel of the in-context tagger: how much an exemplar token's label says about a query token.

`words` describes tokens once, `pairs` compares two sentences' tokens, `model` turns comparisons and
beliefs into probabilities, `weights` reads what `ssp train-kernel` learned on source languages.
"""
