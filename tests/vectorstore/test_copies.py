from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from stacks import prose

from vectorstore.models import Article
from vectorstore.near_duplicates import SKETCH, is_copy, may_be_copies, promising, shingles, sketch

WIRE = prose(1)
HEADER = "HARBOUR CITY (Gazette Wire) — By Jane Doe, Staff Writer. Published on Monday."


def edited(text: str, share: float) -> str:
    """The text with this share of its words replaced."""
    drawn = random.Random(7)
    words = text.split()
    return " ".join(f"other{place}" if drawn.random() < share else word for place, word in enumerate(words))


def first(text: str, share: float) -> str:
    words = text.split()
    return " ".join(words[: round(len(words) * share)])


def looks_alike(one: str, other: str) -> bool:
    runs = shingles(one), shingles(other)
    shared = {*sketch(runs[0])} & {*sketch(runs[1])}
    return promising(len(shared), len(runs[0]), len(runs[1]))


COPIES = {
    "the same": WIRE,
    "another outlet's header": f"{HEADER}\n\n{WIRE}",
    "capitals and quotation marks": WIRE.upper().replace(".", "!”"),
    "another layout": WIRE.replace(". ", ".\n\n"),
    "its last third cut": first(WIRE, 0.67),
    "its last two thirds cut": first(WIRE, 0.33),
    "its first third cut": WIRE[len(WIRE) // 3 :],
    "every twentieth word another": edited(WIRE, 0.05),
    "a paragraph added": f"{WIRE} {prose(2, 50)}",
    "header, trimmed and edited": f"{HEADER} {edited(first(WIRE, 0.6), 0.03)}",
}
OTHERS = {
    "another story": prose(3),
    "another story that quotes a third of it": f"{first(WIRE, 0.33)} {prose(4, 200)}",
    "a column whose frame is two thirds of it": f"{first(WIRE, 0.67)} {prose(5, 100)}",
    "a caption from it": first(WIRE, 0.15),
    "its words in another order": " ".join(sorted(WIRE.split())),
    "a third of its words others": edited(WIRE, 0.33),
}


@pytest.mark.parametrize("text", COPIES.values(), ids=COPIES)
def test_a_copy_is_recognised_and_can_be_looked_up(text: str) -> None:
    assert is_copy(shingles(WIRE), shingles(text)) and is_copy(shingles(text), shingles(WIRE))
    assert looks_alike(WIRE, text)


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_another_story_is_no_copy(text: str) -> None:
    assert not is_copy(shingles(WIRE), shingles(text)) and not is_copy(shingles(text), shingles(WIRE))


def test_articles_that_share_a_paragraph_are_not_compared() -> None:
    shared = prose(9, 40)
    assert not looks_alike(f"{WIRE} {shared}", f"{prose(3)} {shared}")


@pytest.mark.parametrize("text", ["", "—…", "Closed.", prose(1, 29)], ids=["empty", "no word", "one word", "29 words"])
def test_what_is_very_short_is_a_copy_of_nothing(text: str) -> None:
    assert sketch(shingles(text)) == [] and not is_copy(shingles(text), shingles(text))


def test_text_without_spaces_is_compared_by_its_characters() -> None:
    drawn = random.Random(1)
    story = "".join(chr(drawn.randrange(0x4E00, 0x9F00)) for _ in range(200))
    assert is_copy(shingles(story), shingles(story[:150]))
    assert not is_copy(shingles(story), shingles(story[::-1]))


def test_half_characters_are_compared_too() -> None:
    assert is_copy(shingles(f"{WIRE}\ud800"), shingles(WIRE))


def test_a_sketch_is_small_and_fits_a_signed_column() -> None:
    marks = sketch(shingles(WIRE))
    assert len(set(marks)) == len(marks) == SKETCH
    assert all(0 <= mark < 2**63 for mark in marks)


def test_sketches_are_those_that_libraries_hold() -> None:
    """Other hashes would find nothing in a library made before: they need a new schema version."""
    assert sketch(shingles("The ferry sank in the harbour at night. " * 4))[:2] == [
        836089092107010293,
        1001169167700591748,
    ]


@pytest.mark.parametrize(
    ("outlets", "days", "allowed"),
    [
        pytest.param(("Post", "Gazette"), 3, True, id="another outlet in the same week"),
        pytest.param(("Post", "Gazette"), 8, False, id="another outlet after that"),
        pytest.param(("Post", "post"), 0.9, True, id="the same outlet on the same day"),
        pytest.param(("Post", "post"), 1, False, id="the same outlet on the next"),
        pytest.param(("", ""), 3, True, id="outlets unknown"),
        pytest.param(("Post", "Post"), None, True, id="date unknown"),
    ],
)
def test_copies_appear_within_days(outlets: tuple[str, str], days: float | None, allowed: bool) -> None:
    first = datetime(2022, 7, 1, tzinfo=UTC)
    one = Article("one", WIRE, outlet=outlets[0], published_at=first)
    later = None if days is None else first + timedelta(days=days)
    other = Article("other", WIRE, outlet=outlets[1], published_at=later)
    assert may_be_copies(one, other) is may_be_copies(other, one) is allowed
