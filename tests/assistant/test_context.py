"""What of the sources a model reads."""

from __future__ import annotations

import pytest
from newsroom import hit_of

from assistant.evidence.context import BUILT_IN, OTHERS, Room, context, room_of

FERRY = hit_of("A ferry ran aground near Skerry harbour. Rescuers brought 41 passengers to land. Nobody was killed.")
LONG = hit_of(" ".join(f"Sentence number {n} of a long report ends here." for n in range(100)))


def test_whole_passages_are_read_best_first() -> None:
    read = context([FERRY, LONG], "Who ran aground?", OTHERS)
    assert [each.number for each in read] == [1, 2]
    assert read[0].text == FERRY.article.text


def test_a_passage_ends_with_a_sentence_where_the_room_ends() -> None:
    [read] = context([LONG, FERRY], "Who ran aground?", Room(4, 200))
    assert read.text.endswith("ends here.") and 500 < len(read.text) < 800


def test_of_the_best_passage_a_sentence_is_read_however_little_room_there_is() -> None:
    assert [each.text for each in context([FERRY, LONG], "Who ran aground?", Room(4, 1))] == [
        "A ferry ran aground near Skerry harbour."
    ]


def test_only_the_first_sources_are_read() -> None:
    assert [each.number for each in context([FERRY] * 6, "Who ran aground?", BUILT_IN)] == [1, 2, 3, 4]


def test_of_nothing_nothing_is_read() -> None:
    assert context([], "Who ran aground?", BUILT_IN) == ()


@pytest.mark.parametrize(("tokens", "room"), [(0, BUILT_IN), (300, Room(4, 300))])
def test_how_much_is_read_can_be_set(tokens: int, room: Room) -> None:
    assert room_of(None, tokens) == room
