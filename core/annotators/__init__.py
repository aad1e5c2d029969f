"""Several people and one log: who agrees with whom, what was done, and taking it back."""
