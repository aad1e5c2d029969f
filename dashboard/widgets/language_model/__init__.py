"""Language models on the screen: choosing one, what it would cost, what it answered, asking it again."""
