"""The calls of a run: listed by how they ended, opened word for word, asked again."""
