"""Steps from one schema to the next, on both databases; those before schema 10 are in test_schemas.py."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from stacks import Place, story

from vectorstore.storage.migrations import BASELINE, READABLE, upgrade
from vectorstore.storage.schema import SCHEMA_VERSION

STEP = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "{to}", "{of}"

def upgrade():
    {does}
"""


@pytest.fixture
def versions(tmp_path: Path) -> Path:
    """A column, and then a table that is filled from what is there."""
    folder = tmp_path / "versions"
    folder.mkdir()
    (folder / "ten.py").write_text('revision, down_revision = "10", None\n')
    column = 'op.add_column("articles", sa.Column("mood", sa.String, nullable=False, server_default="calm"))'
    table = (
        'op.create_table("moods", sa.Column("mood", sa.String, primary_key=True))\n'
        '    op.execute("INSERT INTO moods SELECT DISTINCT mood FROM articles")'
    )
    (folder / "eleven.py").write_text(STEP.format(to=11, of=10, does=column))
    (folder / "twelve.py").write_text(STEP.format(to=12, of=11, does=table))
    return folder


@pytest.mark.parametrize("of", ["10", "11"])
def test_each_step_is_taken_once_and_articles_stay(place: Place, versions: Path, of: str) -> None:
    with place.opened() as library:
        library.put([story("ferry", "The ferry sank.")])
        with library._catalogue._engine.begin() as connection:
            if of == "11":
                connection.execute(text("ALTER TABLE articles ADD COLUMN mood VARCHAR DEFAULT 'wild' NOT NULL"))
            upgrade(connection, of, versions)
            moods = connection.execute(text("SELECT mood FROM moods")).scalars().all()
            assert "mood" in {column["name"] for column in inspect(connection).get_columns("articles")}
            connection.execute(text("DROP TABLE moods"))
            connection.execute(text("ALTER TABLE articles DROP COLUMN mood"))
        assert moods == (["wild"] if of == "11" else ["calm"]) and library.article("ferry").text == "The ferry sank."


def test_there_is_a_step_to_the_schema_of_today() -> None:
    from alembic.script import ScriptDirectory

    from vectorstore.storage import versions

    folder = str(Path(versions.__file__).parent)
    steps = ScriptDirectory(str(Path(folder).parent), version_locations=[folder])
    assert steps.get_heads() == [SCHEMA_VERSION]
    assert [step.revision for step in steps.walk_revisions()] == [
        str(number) for number in range(int(SCHEMA_VERSION), BASELINE - 1, -1)
    ]
    assert READABLE[-1] == str(int(SCHEMA_VERSION) - 1)
