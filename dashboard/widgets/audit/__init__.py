"""The audit page: how good, how far people agree, what was done, what it cost, who does what."""
