"""What speaks for an answer and against it, and what is made of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from newsroom import NOW, WordEmbedder

from assistant.evidence import Evidence, weigh
from assistant.query.reading import Reading, read
from assistant.retrieval.search import Found, retrieve
from assistant.verification.answerability import (
    Signals,
    Verdict,
    confidence,
    hopeless,
    log_odds,
    signals,
    verdict,
    words_asked,
)
from vectorstore.library import Library
from vectorstore.models import EVERYTHING

KNOWN = "To what did the central bank raise its key rate?"


Looked = tuple[Reading, Found, Evidence, Mapping[str, float], datetime]


def looked_up(library: Library, question: str, today: datetime = NOW) -> Looked:
    reading = read(question, (), today.date())
    found = retrieve(library, reading, today, EVERYTHING)
    return (
        reading,
        found,
        weigh(question, found.hits, WordEmbedder()),
        library.vocabulary().rarity(words_asked(reading)),
        today,
    )


def seen(library: Library, question: str, today: datetime = NOW) -> Signals:
    return signals(*looked_up(library, question, today))


def test_what_the_articles_tell_is_answered_and_what_they_do_not_is_not(library: Library) -> None:
    assert verdict(seen(library, KNOWN)) is Verdict.ANSWERED
    assert verdict(seen(library, "Who won the 2031 Tour de France?")) is Verdict.REFUSED


def test_nothing_found_is_nothing_known(library: Library) -> None:
    reading, _, *rest = looked_up(library, KNOWN)
    assert hopeless(signals(reading, Found([], 0.0), *rest))
    assert weigh(KNOWN, [], WordEmbedder()).spans == ()


def test_a_sentence_with_the_questions_words_speaks_for_an_answer(library: Library) -> None:
    known, unknown = seen(library, KNOWN), seen(library, "What of the market for used cars?")
    assert known.told > 1.3 > unknown.told


def test_a_rare_word_that_is_missing_counts_for_more(library: Library) -> None:
    common = seen(library, "What of the key rate of the bank and the harbour?")
    rare = seen(library, "What of the key rate of the bank and zinc?")
    assert common.told > rare.told


@pytest.mark.parametrize(("when", "outside"), [("in July 2022", 0.0), ("in May 2022", 1.0), ("", 0.0)])
def test_days_of_which_nothing_was_found_speak_against_one(library: Library, when: str, outside: float) -> None:
    assert seen(library, f"To what did the central bank raise its key rate {when}?").outside == outside


def test_old_news_speak_against_an_answer_about_the_present_only(library: Library) -> None:
    later = datetime(2026, 7, 10, tzinfo=UTC)
    assert seen(library, "Is the ferry still aground near Skerry?", later).stale > 0.4
    assert seen(library, "Is the ferry still aground near Skerry?").stale < 0.1
    assert seen(library, "Who brought the passengers to land?", later).stale == 0
    assert seen(library, "Is the ferry aground near Skerry in July 2022?", later).stale == 0


USUAL = Signals(0.7, 1.2, 0.0, 0.0)


@pytest.mark.parametrize("signal", Signals._fields)
@pytest.mark.parametrize("judged", [None, 0.5])
def test_each_signal_pulls_its_own_way(signal: str, judged: float | None) -> None:
    more = USUAL._replace(**{signal: getattr(USUAL, signal) + 0.2})
    speaks_for = signal in ("similarity", "told")
    assert (confidence(more, judged) > confidence(USUAL, judged)) == speaks_for


def test_a_judge_raises_and_refuses_what_retrieval_alone_calls_the_closest() -> None:
    doubtful = Signals(0.5, 0.9, 0.0, 0.0)
    assert verdict(doubtful) is Verdict.CLOSEST
    assert [verdict(doubtful, odds) for odds in (0.97, 0.65, 0.1)] == [
        Verdict.ANSWERED,
        Verdict.CLOSEST,
        Verdict.REFUSED,
    ]


@pytest.mark.parametrize("odds", [0.0, 1.0])
def test_no_judge_is_surer_than_one_in_a_thousand(odds: float) -> None:
    assert abs(log_odds(odds)) < 7


def test_an_empty_reading_is_no_reason_to_fail(library: Library) -> None:
    assert seen(library, "What is it?").told >= 0
