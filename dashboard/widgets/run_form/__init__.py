"""The form of a run, made from the fields of its recipe; everything it says is in the address."""
