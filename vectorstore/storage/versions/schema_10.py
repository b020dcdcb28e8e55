"""The first schema that Alembic leads on from, see vectorstore.storage.migrations; what lies before it is there."""

from __future__ import annotations

revision = "10"
down_revision = None


def upgrade() -> None:
    """Nothing: a catalogue of this schema is where the others begin."""
