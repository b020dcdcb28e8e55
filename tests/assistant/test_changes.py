"""What changed between two versions: words, in their order, and nothing that only looks different."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from assistant.presentation.as_json import changes_as_json
from assistant.presentation.changes import ChangeKind, Stretch, around, changes, word_runs
from assistant.presentation.terminal_text import bracketed, changes_as_text, coloured
from vectorstore.models import Article

BRIDGE = Article("b", "The bridge opens on Monday.\n\nIt cost 4 million crowns.", title="Bridge opens", outlet="Post")


def shown(before: str, after: str) -> str:
    return "".join(map(bracketed, word_runs(before, after)))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("It opens on Monday.", "It opens on Friday.", "It opens on [-Monday-]{+Friday+}."),
        ("It cost $1,200 then.", "It cost $1,300 then.", "It cost $[-1,200-] {+1,300+} then."),
        ("The tram is late.", "The tram is very late.", "The tram is {+very+} late."),
        ("One. Two. Three.", "One. Three.", "One. [-Two.-] Three."),
        ("The mayor’s plan", "The mayors plan", "The [-mayor’s-] {+mayors+} plan"),
        ("", "New.", "{+New.+}"),
        ("Gone.", "", "[-Gone.-]"),
        ("東京は雨です", "東京は雪です", "東京は[-雨-]{+雪+}です"),
        ("It sank.", "It sank!", "It sank[-.-]{+!+}"),
    ],
    ids=["a word", "a number", "added", "a sentence", "an apostrophe", "from nothing", "to nothing", "han", "a mark"],
)
def test_the_words_that_changed_are_shown_and_no_others(before: str, after: str, expected: str) -> None:
    assert shown(before, after) == expected


@pytest.mark.parametrize("after", ["One two.\n\nThree  four.", "One\ttwo. Three four. ", " One two. Three\u00a0four."])
def test_white_space_alone_is_no_change(after: str) -> None:
    runs = word_runs("One two. Three four.", after)
    assert {run.kind for run in runs} == {ChangeKind.KEPT}


def test_a_rewritten_sentence_is_not_shown_as_scattered_words_that_survived() -> None:
    before = "Officials who were asked about the delay refused flatly to give any reason for it."
    after = "Nobody at the ministry wanted on Sunday to explain publicly what had gone wrong."
    assert [run.kind for run in word_runs(before, after)].count(ChangeKind.KEPT) <= 2


@pytest.mark.parametrize("seed", range(40))
def test_what_is_kept_and_added_is_the_later_text_and_what_is_kept_and_removed_the_words_of_the_earlier(
    seed: int,
) -> None:
    chance = random.Random(seed)
    pieces = ["the ", "bank ", "rate. ", "rose\n\n", "5.5 ", "(no) ", "— ", "日本", "\n", "é", "it’s ", "  ", "!"]
    before, after = ("".join(chance.choices(pieces, k=chance.randrange(120))) for _ in range(2))
    runs = word_runs(before, after)
    assert "".join(run.text for run in runs if run.kind is not ChangeKind.REMOVED) == after
    kept = "".join(run.text for run in runs if run.kind is not ChangeKind.ADDED)
    assert "".join(kept.split()) == "".join(before.split())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a " * 60_000, "a " * 59_999),
        ("word " * 30_000, "other " * 30_000),
        ("No. " * 30_000, "No. " * 20_000 + "Yes. " * 9_000),
        (" ".join(map(str, range(50_000))), " ".join(map(str, range(7, 50_020)))),
    ],
    ids=["one word again and again", "all replaced", "one sentence again and again", "no sentence ends"],
)
def test_long_and_monotonous_texts_are_compared_in_full(before: str, after: str) -> None:
    runs = word_runs(before, after)
    assert "".join(run.text for run in runs if run.kind is not ChangeKind.REMOVED) == after


def test_a_change_in_a_long_text_is_shown_with_the_words_around_it() -> None:
    plain = "One more plain sentence. " * 100
    runs = around(word_runs(f"{plain}It opens on Monday. {plain}", f"{plain}It opens on Friday. {plain}"), words=5)
    assert [run.kind for run in runs] == [
        *(
            ChangeKind.LEFT_OUT,
            ChangeKind.KEPT,
            ChangeKind.REMOVED,
            ChangeKind.ADDED,
            ChangeKind.KEPT,
            ChangeKind.LEFT_OUT,
        )
    ]
    assert runs[0].text.strip("… ") == "399 words unchanged"
    assert runs[1].text.endswith("opens on ")


def test_headline_byline_and_dates_are_told_apart_from_the_text() -> None:
    first, second = datetime(2022, 7, 3, 9, tzinfo=UTC), datetime(2022, 7, 3, 14, 5, tzinfo=UTC)
    earlier = replace(BRIDGE, updated_at=first)
    later = replace(BRIDGE, version=2, title="Bridge to open", authors=("Ana",), updated_at=second)
    found = changes(earlier, later)
    assert [name for name, _ in found.fields] == ["Headline", "Authors", "Updated"]
    assert "".join(map(bracketed, found.fields[2][1])).endswith("[-09:00-] {+14:05+} UTC")
    assert changes_as_json(found)["text"] == [{"kind": "kept", "text": BRIDGE.text}]
    assert changes_as_text(found, bracketed).endswith("The text is the same.")


def test_one_version_is_told_as_such() -> None:
    assert "version 1 has no other to compare it with" in changes_as_text(changes(BRIDGE, BRIDGE), bracketed)


def test_a_terminal_with_colours_gets_them() -> None:
    assert coloured(Stretch(ChangeKind.ADDED, "new")).startswith("\x1b[4;32mnew")
    assert coloured(Stretch(ChangeKind.KEPT, "old")) == "old"
