"""A file for each schema since 10, for Alembic: `upgrade` leads there from the one before, on both databases."""
