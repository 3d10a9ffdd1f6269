"""What every table is made of."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Integer, Text
from sqlalchemy.orm import DeclarativeBase

BigId = BigInteger().with_variant(Integer, "sqlite")
Json = dict[str, Any]


class Base(DeclarativeBase):
    """The declarative base of all tables."""

    type_annotation_map = {int: BigId, str: Text, bool: Boolean, Json: JSON, list[Any]: JSON}  # noqa: RUF012
