"""Calls of language models: what was asked is kept, counted, and not asked again."""

from core.calls.log import CallLog
from core.calls.logged import Logged
from core.calls.spending import Account, Budget, BudgetReached, Spent

__all__ = ["Account", "Budget", "BudgetReached", "CallLog", "Logged", "Spent"]
