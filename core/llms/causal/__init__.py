"""A causal language model in this process: loading it, holding it to a frame, letting it write freely."""
