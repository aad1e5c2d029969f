"""The desk: what a linguist is handed next, and what becomes of what they save."""
