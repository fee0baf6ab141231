"""Forecasts, weather, findings and alerts."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_BIG: Final = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_COLUMNS: Final[dict[str, tuple[sa.Column[object], ...]]] = {}
"""Columns that tables of the first schema gain."""
_TABLES: Final[dict[str, tuple[sa.schema.SchemaItem, ...]]] = {}


def upgrade() -> None:
    for name, columns in _COLUMNS.items():
        for column in columns:
            op.add_column(name, column)
    for name, items in _TABLES.items():
        op.create_table(name, *items)
