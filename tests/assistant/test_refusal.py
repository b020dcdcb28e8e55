"""What speaks for an answer and against it, and what is made of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from newsroom import NOW, WordEmbedder

from assistant.evidence import Evidence, weigh
from assistant.reading import Reading, read
from assistant.refusal import Signals, answerable, confidence, signals, words_asked
from assistant.retrieve import Found, retrieve
from vectorstore.library import Library
from vectorstore.models import EVERYTHING

KNOWN = "To what did the central bank raise its key rate?"


Looked = tuple[Reading, Found, Evidence, Mapping[str, float], datetime]


def looked_up(library: Library, question: str, today: datetime = NOW) -> Looked:
    reading = read(question, (), today.date())
    found = retrieve(library, reading, today, EVERYTHING)
    return reading, found, weigh(question, found.hits, WordEmbedder()), library.rarity(words_asked(reading)), today


def seen(library: Library, question: str, today: datetime = NOW) -> Signals:
    return signals(*looked_up(library, question, today))


def test_what_the_articles_tell_is_answered_and_what_they_do_not_is_not(library: Library) -> None:
    assert answerable(*looked_up(library, KNOWN))
    assert not answerable(*looked_up(library, "Who won the 2031 Tour de France?"))


def test_nothing_found_is_nothing_known(library: Library) -> None:
    reading, _, *rest = looked_up(library, KNOWN)
    assert not answerable(reading, Found([], 0.0), *rest)
    assert weigh(KNOWN, [], WordEmbedder()).spans == ()


def test_a_sentence_and_an_article_with_the_questions_words_speak_for_an_answer(library: Library) -> None:
    known, unknown = seen(library, KNOWN), seen(library, "What of the market for used cars?")
    assert known.told > 1.3 > unknown.told
    assert known.article == 1.0 > 0.1 > unknown.article


def test_a_rare_word_that_is_missing_counts_for_more(library: Library) -> None:
    common, rare = (
        seen(library, "What of the key rate and the harbour?"),
        seen(library, "What of the key rate and zinc?"),
    )
    assert common.article > rare.article


def test_the_headline_says_what_its_sentences_are_of(library: Library) -> None:
    assert seen(library, "Who said that the central bank raises rate?").article == 1.0


def test_a_short_question_is_not_held_to_what_a_long_one_reaches(library: Library) -> None:
    assert seen(library, "Key rate?").brief > seen(library, "Who raised the key rate of the bank?").brief > 0
    assert seen(library, f"{KNOWN} And what did Governor Ann Lowe think of inflation?").brief == 0


def test_a_long_question_counts_as_such_and_a_page_of_text_no_more(library: Library) -> None:
    longer, page, book = (f"{KNOWN} {' '.join(f'w{n}' for n in range(words))}" for words in (10, 100, 200))
    assert seen(library, KNOWN).length < seen(library, longer).length < seen(library, page).length
    assert seen(library, page).length == seen(library, book).length


@pytest.mark.parametrize(("when", "outside"), [("in July 2022", 0.0), ("in May 2022", 1.0), ("", 0.0)])
def test_days_of_which_nothing_was_found_speak_against_one(library: Library, when: str, outside: float) -> None:
    assert seen(library, f"To what did the central bank raise its key rate {when}?").outside == outside


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        (KNOWN, 0),
        ("To what did the central bank of Ruritania raise its key rate?", 1),
        ("To what did the central bank of Ruritania raise its key rate in case 4711?", 2),
        ("Did the ferry run aground near Skerry?", 0),
    ],
)
def test_names_and_numbers_that_stand_nowhere_are_counted(library: Library, question: str, unknown: int) -> None:
    assert seen(library, question).unknown == unknown


def test_old_news_speak_against_an_answer_about_the_present_only(library: Library) -> None:
    later = datetime(2026, 7, 10, tzinfo=UTC)
    assert seen(library, "Is the ferry still aground near Skerry?", later).stale > 0.4
    assert seen(library, "Is the ferry still aground near Skerry?").stale < 0.1
    assert seen(library, "Who brought the passengers to land?", later).stale == 0
    assert seen(library, "Is the ferry aground near Skerry in July 2022?", later).stale == 0


@pytest.mark.parametrize("signal", Signals._fields)
def test_each_signal_pulls_its_own_way(signal: str) -> None:
    usual = Signals(0.7, 1.3, 0.8, 0.2, 2.3, 0.0, 0.0, 0.0)
    more = usual._replace(**{signal: getattr(usual, signal) + 0.2})
    speaks_for = signal in ("similarity", "told", "article", "brief", "length")
    assert (confidence(more) > confidence(usual)) == speaks_for


def test_an_empty_reading_is_no_reason_to_fail(library: Library) -> None:
    assert seen(library, "What is it?").told >= 0
