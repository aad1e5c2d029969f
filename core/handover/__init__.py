"""Human work out of the workspace and into it again: other programs, and whole projects."""
