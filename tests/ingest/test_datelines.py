"""The day that a text states at its head is proposed, and taken only when somebody says so."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.dates import stated_day
from ingest.documents import DatedByText, Pasted
from ingest.pipeline import ingest
from ingest.preview import look
from ingest.progress import look_as_text
from ingest.web.politeness import Web

STORY = (
    "the oldest ship of the ferry company will be sold before the winter, its chief said in the town hall. "
    "A chartered boat takes its place until May, and the union asks for the contracts to be published."
)
DAY = datetime(2026, 11, 13, tzinfo=UTC)
NOW = datetime(2026, 11, 27, tzinfo=UTC)


@pytest.mark.parametrize(
    "head",
    [
        "SANDHOLM, 13 November 2026 - ",
        "SANDHOLM, Nov. 13, 2026 (Wire) -- ",
        "Oslo, 13th November, 2026: ",
        "Berlin, 13. November 2026 – ",
        "Ship for sale\nBy Ada Holm | November 13, 2026\n\nIn Sandholm, ",
        "Ship for sale\nPublished: 13 November 2026, 08:15\n\nIn Sandholm, ",
        "2026-11-13\n",
        "Schiff zu verkaufen\n13.11.2026\n\n",
        "渡船\n2026年11月13日\n",
    ],
)
def test_a_day_at_the_head_is_the_texts_own(head: str) -> None:
    assert stated_day(head + STORY) == DAY


@pytest.mark.parametrize(
    "text",
    [
        STORY,
        "SANDHOLM, Nov 13 (Wire) - " + STORY,
        "The ship will be sold on 13 November 2026, and " + STORY,
        "On 2 June 2003 the ship was built - and " + STORY,
        "Published: 13 November 2026\nUpdated: 14 November 2026\n\n" + STORY,
        "06/07/2026\n" + STORY,
        STORY + "\n13 November 2026",
    ],
    ids=["none", "no year", "of an event", "of another time", "two", "either order", "at the end"],
)
def test_a_day_of_something_else_is_not(text: str) -> None:
    assert stated_day(text) is None


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "given" / "a.txt"
    path.parent.mkdir()
    path.write_text("SANDHOLM, 13 November 2026 - " + STORY)
    return path


def test_it_is_shown_as_a_proposal_and_not_taken(shelf, file: Path) -> None:
    (seen,) = look(file, Web(), NOW)
    assert (seen.article.published_at, seen.proposed_at) == (None, DAY)
    assert "date unknown; from the text: 2026-11-13" in look_as_text(seen)
    ingest([file], shelf)
    assert [article.published_at for article in shelf.articles] == [None]


def test_who_says_so_gets_it_and_the_article_stays_the_same(shelf, file: Path) -> None:
    ingest([file], shelf)
    report = ingest([DatedByText(str(file.parent))], shelf)
    assert [row.outcome for row in report.rows] == ["updated"]
    assert [article.published_at for article in shelf.articles] == [DAY]


def test_a_day_that_lies_ahead_is_not_proposed(file: Path) -> None:
    file.write_text("SANDHOLM, 13 November 2031 - " + STORY)
    assert [seen.proposed_at for seen in look(file, Web(), NOW)] == [None]


def test_what_states_its_date_elsewhere_keeps_it(shelf, tmp_path: Path) -> None:
    row = {"text": "SANDHOLM, 13 November 2026 - " + STORY, "published_at": "2026-11-12"}
    (tmp_path / "a.json").write_text(json.dumps(row))
    ingest([DatedByText(tmp_path / "a.json")], shelf)
    assert [article.published_at for article in shelf.articles] == [datetime(2026, 11, 12, tzinfo=UTC)]


def test_a_paste_is_of_the_day_that_its_reader_states(shelf) -> None:
    ingest([Pasted(STORY, published_at="2026-11-13"), Pasted("SANDHOLM, 13 November 2026 - A" + STORY)], shelf)
    assert [article.published_at for article in shelf.articles] == [DAY, None]
