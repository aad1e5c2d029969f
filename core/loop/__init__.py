"""The loop: what a correction changes, which labels are made anew, and what that was worth."""
