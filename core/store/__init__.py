"""The workspace's data: the only room that speaks SQL. Writers are in `facts`, readers in `views`."""

from core.store.database import Store

__all__ = ["Store"]
