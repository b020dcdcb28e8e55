"""The numbers of an answer's sources: as a reader meets them, without a jump while it grows and without a gap after."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from assistant.answering.numbering import numbered
from assistant.evidence import cite, quotation
from assistant.presentation.layout import standing
from assistant.types import Account, Answer, Citation, Sentence, Stage, Support
from vectorstore.models import Article, Hit, Passage

NAMES = ("first", "second", "third", "fourth")


def hit(name: str) -> Hit:
    article = Article(id=name, title=name, text=f"This is said by the {name}. More of it.")
    return Hit(Passage(name, name, 1, 0, 0, len(article.text), article.text), article, 1.0)


HITS = tuple(map(hit, NAMES))
SEARCHED = Answer("?", "?", datetime(2022, 7, 3, tzinfo=UTC), sources=HITS)


def words(rank: int) -> Citation:
    return cite(rank, HITS[rank - 1], 0, HITS[rank - 1].article.text.index(".") + 1)


def saying(*ranks: int, stage: Stage = Stage.DONE, quoted: Sequence[int] = ()) -> Answer:
    return replace(
        SEARCHED,
        stage=stage,
        sentences=tuple(Sentence(f"Of {rank}.", (rank,), Support.SUPPORTED) for rank in ranks),
        citations=tuple(map(words, sorted(ranks))),
        quoted=tuple(map(words, quoted)),
    )


def shown(*snapshots: Answer) -> list[Answer]:
    def stream() -> Generator[Answer]:
        yield from snapshots

    return list(numbered(stream()))


def names(answer: Answer) -> list[list[str]]:
    return [[answer.sources[number - 1].article.id for number in each.citations] for each in answer.sentences]


def test_sources_are_numbered_as_they_are_cited_and_the_others_come_last() -> None:
    (answer,) = shown(saying(3, 1))
    assert [each.citations for each in answer.sentences] == [(1,), (2,)]
    assert [each.article.id for each in answer.sources] == ["third", "first", "second", "fourth"]
    assert [(each.number, each.article.id) for each in answer.citations] == [(1, "third"), (2, "first")]


def test_a_number_that_was_shown_stays_while_the_answer_grows() -> None:
    quoted = replace(saying(4, 2, stage=Stage.SEARCHED), quoted=(words(4), words(2)))
    answers = shown(SEARCHED, quoted, saying(1, stage=Stage.WRITING, quoted=(4, 2)), saying(1, 2, quoted=(4, 2)))
    for answer in answers[1:]:
        assert [each.article.id for each in answer.sources[:2]] == ["fourth", "second"]
    assert [each.citations for each in answers[-1].sentences] == [(3,), (2,)]
    assert names(answers[-1]) == [["first"], ["second"]]


def test_what_is_cited_no_more_in_the_end_leaves_no_gap() -> None:
    *_, answer = shown(saying(2, 3, stage=Stage.WRITING), saying(3))
    assert answer.sentences[0].citations == (1,) and names(answer) == [["third"]]


def test_what_sources_say_otherwise_is_numbered_too() -> None:
    (answer,) = shown(replace(saying(2), differing=(Account("4", words(4)), Account("2", words(2)))))
    assert [each.citation.number for each in answer.differing] == [2, 1]
    assert answer.sources[1].article.id == "fourth"


def test_the_same_snapshot_is_the_same_again_and_what_points_nowhere_stays() -> None:
    growing = saying(2, stage=Stage.WRITING)
    first, again = shown(growing, growing)
    assert first is again
    odd = replace(SEARCHED, stage=Stage.DONE, sentences=(Sentence("Odd.", (7, 2), Support.UNSUPPORTED),))
    assert shown(odd)[0].sentences[0].citations == (7, 1)


def test_a_stream_that_is_left_is_closed() -> None:
    ended = []

    def stream() -> Generator[Answer]:
        try:
            yield SEARCHED
            yield SEARCHED
        finally:
            ended.append(True)

    left = numbered(stream())
    next(left)
    left.close()
    assert ended


def test_quotations_keep_their_places_whatever_is_written_above_them() -> None:
    written = Sentence("In other words.", (1,), Support.SUPPORTED)
    answer = replace(
        SEARCHED,
        sentences=(written, quotation(words(3)), quotation(words(4))),
        citations=(words(1), words(3), words(4)),
        quoted=(words(1), words(2), words(3)),
    )
    head, below = standing(answer, ["written", "third", "fourth"])
    assert head == [(written, "written")]
    assert [(each.sentence.citations, each.said, each.used) for each in below] == [
        ((1,), "", True),  # what is written rests on it
        ((2,), "", False),
        ((3,), "third", True),
        ((4,), "fourth", True),
    ]


def test_a_quotation_that_the_model_repeats_is_shown_once() -> None:
    answer = replace(
        SEARCHED,
        sentences=(quotation(words(2)), Sentence("And more.", (1,), Support.SUPPORTED)),
        citations=(words(1), words(2)),
        quoted=(words(1), words(2)),
    )
    head, below = standing(answer, ["second", "more"])
    assert [html for _, html in head] == ["more"]
    assert [each.said for each in below] == ["", "second"]
