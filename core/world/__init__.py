"""A synthetic multilingual world, in which transfer can be learned in half a minute on a processor."""
