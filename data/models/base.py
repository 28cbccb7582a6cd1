"""The base of all tables: constraint names that migrations can rely on, and portable types for plain ones."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Double, MetaData
from sqlalchemy.orm import DeclarativeBase

from data.models.types import StoredText, UtcDateTime

JsonObject = dict[str, Any]
"""What a JSON column holds; repositories turn it into a typed value at once."""


class Base(DeclarativeBase):
    """Every table is one of these."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: StoredText,
        float: Double,
        datetime: UtcDateTime,
        JsonObject: JSON(none_as_null=True),
    }
