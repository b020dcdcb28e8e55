"""What was asked is kept, found, renamed, removed and put back; and what happens where it cannot be written."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from stacks import SQLITE_ONLY, Place, WordEmbedder, story

from vectorstore.errors import ConversationNotKept, LibraryUnreadable
from vectorstore.library import Library
from vectorstore.storage.conversations import Conversations, KeptExchange


def asked(number: int, question: str, said: str = "", **more: object) -> KeptExchange:
    values = {"answer": None, "problem": "", "stopped": False, "thumb": "", "reason": ""} | more
    return KeptExchange(number=number, question=question, said=said, **values)  # type: ignore[arg-type]


def day(number: int) -> datetime:
    return datetime(2022, 7, number, 9, 30, tzinfo=UTC)


@pytest.fixture
def library(place: Place) -> Iterator[Library]:
    with place.opened() as library:
        yield library


@pytest.fixture
def kept(library: Library) -> Conversations:
    """Two conversations, of which the first was changed last."""
    kept = library.conversations
    kept.ask("a", asked(1, "Who ordered ferries?"), day(1))
    kept.ask("b", asked(1, "Über 50% Ölpreis?", said="The price rose."), day(2))
    kept.ask("a", asked(2, "And when?"), day(3))
    return kept


def ids(kept: Conversations, search: str = "") -> list[str]:
    return [entry.id for entry in kept.entries(search)]


def test_the_last_changed_comes_first_and_is_called_after_its_first_question(kept: Conversations) -> None:
    first, second = kept.entries()
    assert (first.id, first.title, first.started_at, first.changed_at) == ("a", "Who ordered ferries?", day(1), day(3))
    assert second.title == "Über 50% Ölpreis?"


def test_what_came_of_a_question_takes_the_place_of_the_question(kept: Conversations) -> None:
    done = asked(2, "And when?", "In July.", answer={"sources": [1.5, "\ud800"]}, stopped=True)
    kept.finish("a", done)
    assert kept.exchanges("a") == [asked(1, "Who ordered ferries?"), done]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("ferries", ["a"]),
        ("WHEN order", ["a"]),
        ("öLPREIS", ["b"]),
        ("price", ["b"]),
        ("50%", ["b"]),
        ("%", ["b"]),
        ("_", []),
        ("ferries price", []),
        ("  ", ["a", "b"]),
    ],
)
def test_every_word_must_stand_somewhere_in_it(kept: Conversations, search: str, found: list[str]) -> None:
    assert ids(kept, search) == found


def test_a_title_is_given_found_and_taken_back(kept: Conversations) -> None:
    kept.rename("b", "Oil \ud800")
    assert ids(kept, "oil") == ["b"] == ids(kept, "ölpreis")
    assert kept.entries()[1].title == "Oil ?"
    kept.rename("b", "")
    assert kept.entries()[1].title == "Über 50% Ölpreis?"


def test_one_that_was_removed_is_put_back_as_it_was(kept: Conversations) -> None:
    kept.rename("a", "Ferries")
    kept.rate("a", 1, "down", "too short")
    entries, exchanges = kept.entries(), kept.exchanges("a")
    removed = kept.remove("a")
    assert ids(kept) == ["b"] and kept.exchanges("a") == [] and kept.remove("a") is None
    assert removed
    for _ in range(2):
        kept.restore(removed)
        assert kept.entries() == entries and kept.exchanges("a") == exchanges
    assert exchanges[0].reason == "too short"


def test_an_answer_to_a_conversation_that_was_removed_brings_nothing_back(kept: Conversations) -> None:
    kept.remove("a")
    kept.finish("a", asked(2, "And when?", "In July."))
    assert ids(kept) == ["b"]


def test_they_survive_a_restart_and_are_read_beside_the_one_that_writes(place: Place) -> None:
    with place.opened() as library:
        library.conversations.ask("a", asked(1, "Who?"), day(1))
        with place.opened(read_only=True) as beside:
            assert ids(beside.conversations) == ["a"]
            with pytest.raises(ConversationNotKept, match="opened for reading only"):
                beside.conversations.rename("a", "Mine")
    with place.opened() as library:
        assert ids(library.conversations) == ["a"]


WRITES: list[Callable[[Conversations], object]] = [
    lambda kept: kept.ask("a", asked(3, "Why?"), day(4)),
    lambda kept: kept.finish("a", asked(1, "Who?", "They.")),
    lambda kept: kept.rename("a", "Mine"),
    lambda kept: kept.rate("a", 1, "up", ""),
    lambda kept: kept.remove("a"),
]


@SQLITE_ONLY
@pytest.mark.parametrize("write", WRITES, ids=["ask", "finish", "rename", "rate", "remove"])
def test_a_catalogue_that_takes_nothing_more_is_told_and_left(
    kept: Conversations, folder: Path, write: Callable[[Conversations], object]
) -> None:
    """As a full disk would: SQLite raises its OperationalError at the write."""
    before = kept.entries(), kept.exchanges("a")
    other = sqlite3.connect(folder / "catalogue.db")
    for table, event in (("conversations", "UPDATE"), ("conversations", "DELETE"), ("exchanges", "UPDATE")):
        other.execute(
            f"CREATE TRIGGER no_{table}_{event} BEFORE {event} ON {table} BEGIN SELECT RAISE(ABORT, 'no room'); END"
        )
    other.commit()
    other.close()
    with pytest.raises(ConversationNotKept, match="not being kept .no room"):
        write(kept)
    assert (kept.entries(), kept.exchanges("a")) == before


def test_a_library_of_schema_4_gets_the_tables(folder: Path) -> None:
    with Library(folder, WordEmbedder()) as library:
        library.put([story("post", "One.")])
    old = sqlite3.connect(folder / "catalogue.db")
    old.executescript(
        "DROP TABLE exchanges; DROP TABLE conversations; UPDATE facts SET value = '4' WHERE name = 'schema'"
    )
    old.close()
    with pytest.raises(LibraryUnreadable, match="start this one once"):
        Library(folder, WordEmbedder(), read_only=True)
    with Library(folder, WordEmbedder()) as library:
        library.conversations.ask("a", asked(1, "Who?"), day(1))
        assert library.counts() == (1, 1) and library.check().sound
