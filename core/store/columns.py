"""Kinds of columns that every table is made of."""

from __future__ import annotations

from sqlalchemy import ARRAY, JSON, DateTime, MetaData, String

metadata = MetaData()


def json() -> JSON:
    return JSON(none_as_null=True)


def strings() -> ARRAY[str]:
    return ARRAY(String)


def moment() -> DateTime:
    return DateTime(timezone=True)
