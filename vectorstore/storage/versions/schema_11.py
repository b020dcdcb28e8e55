"""Collections, and who is kept to which."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "11"
down_revision = "10"


def upgrade() -> None:
    """People and tokens of before see everything. The new tables are made where the catalogue is opened, as those of
    people are where there were no accounts yet."""
    there = sa.inspect(op.get_bind())
    for table in ("people", "account_tokens"):
        if there.has_table(table) and "collections" not in {each["name"] for each in there.get_columns(table)}:
            op.add_column(table, sa.Column("collections", sa.JSON()))
