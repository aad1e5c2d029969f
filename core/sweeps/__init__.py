"""One setting of a recipe after the other, seed after seed: what it does to the score."""
