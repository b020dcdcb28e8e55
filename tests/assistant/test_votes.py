"""Which quotations stand beside what a model wrote, and on which side of it."""

from __future__ import annotations

import pytest
from newsroom import hit_of

from assistant.evidence import Quoted, cite, quotation
from assistant.generation.draft import Draft, beside
from assistant.types import Sentence, Support

SAID = ["The rate rose to 2.5 percent.", "Two members voted against it.", "Prices had risen all spring."]
HIT = hit_of(" ".join(SAID))
STARTS = [HIT.article.text.index(said) for said in SAID]
CITED = tuple(cite(1, HIT, start, start + len(said)) for start, said in zip(STARTS, SAID, strict=True))


def told(worths: tuple[float, ...], *, question: str = "Why?") -> list[str]:
    """The sentences of an answer that rests on the second of what was found, "M" for the model's."""
    draft = Draft((Sentence("M", (1,), Support.SUPPORTED),), CITED[1:2])
    quoted = Quoted(tuple(map(quotation, CITED)), CITED, worths)
    together = beside(draft, quoted, question)
    assert set(together.citations) >= {cited for cited in CITED if cited.quote in {s.text for s in together.sentences}}
    return [sentence.text for sentence in together.sentences]


@pytest.mark.parametrize(
    ("worths", "expected"),
    [
        ((2.0, 1.9, 1.8), ["M", SAID[0], SAID[2]]),
        ((2.0, 1.9, 1.0), ["M", SAID[0]]),
        ((2.0, 1.0, 0.9), ["M", SAID[0]]),
    ],
    ids=["both promise as much", "one promises far less", "the best alone"],
)
def test_what_it_does_not_rest_on_comes_after_it_if_it_promises_nearly_as_much(
    worths: tuple[float, ...], expected: list[str]
) -> None:
    assert told(worths) == expected


def test_a_yes_or_no_gets_any_two() -> None:
    assert told((2.0, 1.0, 0.9), question="Did the rate rise?") == ["M", SAID[0], SAID[2]]


def test_what_has_a_name_that_is_asked_about_and_left_out_is_quoted_too() -> None:
    assert told((2.0, 1.0, 0.9), question="What became of the Prices?") == ["M", SAID[0], SAID[2]]
    assert told((2.0, 1.0, 0.9), question="What did the Post say of the rate?") == ["M", SAID[0]]  # the draft cites it


def test_all_stand_there_where_nothing_of_a_draft_is_borne_out() -> None:
    quoted = Quoted(tuple(map(quotation, CITED)), CITED, (2.0, 1.0, 0.1))
    together = beside(Draft((), (), writing="The m"), quoted, "Why?")
    assert [sentence.text for sentence in together.sentences] == SAID
    assert together.writing == "The m"


def test_nothing_is_added_where_nothing_was_found() -> None:
    draft = Draft((Sentence("M", (), Support.SUPPORTED),), ())
    assert beside(draft, Quoted((), (), ()), "Why?") == draft
