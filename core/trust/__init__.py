"""Whether figures can be believed: was the test data seen, does the form of a prompt decide, when to stop.

What was found is kept, by `core.trust_reports`.
"""

from core.trust_reports import keep, kept, reports

__all__ = ["keep", "kept", "reports"]
