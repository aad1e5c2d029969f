"""Studies of the offline parts on public data: what they are worth, measured again by anybody."""
