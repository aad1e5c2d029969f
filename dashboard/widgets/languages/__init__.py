"""Across languages: the matrix of runs by languages, slopes, the run looked at, what papers published."""
