"""What a reader types against what the articles write, asked of a real library."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from newsroom import article

from assistant.answering.assistant import Assistant
from assistant.answering.grounds import Finder
from assistant.query.reading import Reading, other_forms
from assistant.query.spelling import corrected, distance
from assistant.types import AnswerKind, Turn
from ingest.splitting import split
from vectorstore.indexes.embedding import SentenceEmbedder
from vectorstore.library import Library
from vectorstore.models import Article

ARTICLES = [
    article("quake", "An earthquake of magnitude 5 shook Belmora. Nine people died in the earthquake.", "2022-06-30"),
    article("cup", "Dalby Rangers reached the semi-final on Saturday. The semi-final was decided by a penalty."),
    article("union", "The Harbour Police Union (HPU) called a strike. Its members want shorter shifts."),
    article("pay", "HPU members stay at home until Friday. The strike of the HPU goes on."),
    article("seals", "Two hundred and fifty volunteers pulled the seals back to the sea near Norhaven."),
    replace(article("bridge", "The new bridge is ugly and far too narrow."), authors=("Ana Lind",)),
    article("poll", "The council election was held on 12 June. Turnout was low.", "2022-06-14"),
    article("parks", "The council has opened three parks in Norhaven.", "2022-06-28"),
    article("old-parks", "The council has opened a park in Norhaven.", "2022-03-01"),
    article("trial", "The trial of the mayor of Dalby begins on 18 August.", "2022-06-20"),
    article("boss", "The chief executive of Tamsin Foods, Oda Brekke, leaves the company in the spring.", "2022-06-05"),
    article("cuts", "Tamsin Foods cuts 310 jobs in Dalby, most of them in the bakery.", "2022-05-20"),
    article("mine", "The mine at Garrow cuts 90 jobs, the union said.", "2022-06-25"),
]  # fmt: skip
TODAY = date(2022, 7, 10)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder: Path = tmp_path_factory.mktemp("wording")
    with Library(folder / "library", SentenceEmbedder()) as library:
        library.put([(each, split(each)) for each in ARTICLES])
        yield library


def asked(library: Library, question: str, turns: tuple[Turn, ...] = ()) -> tuple[Reading, list[Article]]:
    """How the question is read, and the articles found."""
    reading, found = Finder(library, None, None).search(question, turns, Assistant(library, None).moment(TODAY))
    return reading, [hit.article for hit in found.hits]


@pytest.mark.parametrize(
    ("typed", "meant", "words"),
    [
        ("how mny people died in the earthqauke", "how many people died in the earthquake", ("earthquake",)),
        ("WHAT SHOOK BELMROA", "WHAT SHOOK BELMORA", ("belmora",)),
        ("Who are the voluntears of Norhavn?", "Who are the volunteers of Norhaven?", ("volunteers", "norhaven")),
        ("teh strike", "the strike", ()),
    ],
)
def test_a_word_that_nobody_knows_is_corrected_to_one_of_the_library(
    library: Library, typed: str, meant: str, words: tuple[str, ...]
) -> None:
    assert corrected(typed, library.vocabulary()) == (meant, words)


@pytest.mark.parametrize(
    "question",
    [
        "Was the mayor convicted?",  # spelled rightly, and in no article
        "Did the wildfire reach Dalby?",
        'Who said "earthqauke"?',
        "What does the HPV do?",
        "Was war in 2O22 los? 12345",
        "Wie viele Menschen wurden bei dem Beben verletzt?",  # of a language that the library has nothing in
        "Quante persone sono rimaste ferite nel terremoto?",
        "地震 🙂",
        "",
    ],
)
def test_what_is_spelled_rightly_or_quoted_or_short_is_left_alone(library: Library, question: str) -> None:
    assert corrected(question, library.vocabulary()) == (question, ())


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("what happned this week", "what happened this week"),
        ("whats the latset", "what's the latest"),
        ("anything abuot the earthqauke", "anything about the earthquake"),
        ("lst all strikes", "list all strikes"),
    ],
)
def test_what_is_asked_for_is_read_from_the_question_as_it_was_meant(library: Library, typed: str, meant: str) -> None:
    assistant = Assistant(library, None)
    assert assistant.request(typed, TODAY) == assistant.request(meant, TODAY)
    assert assistant.request(typed, TODAY).kind is not AnswerKind.FACT


def test_the_reader_is_told_what_was_searched_for_and_sentences_are_compared_with_it(library: Library) -> None:
    reading, found = asked(library, "who died in the earthqauke?")
    assert reading.standalone == "who died in the earthquake?"
    assert found[0].id == "quake"
    answer = Assistant(library, None).answer("who died in the earthqauke?", as_of=TODAY)
    assert "Searched for “earthquake”." in answer.notice


def test_a_follow_up_leans_on_the_earlier_question_as_it_was_meant(library: Library) -> None:
    assert asked(library, "And who died?", (Turn("What did the earthqauke shake?"),))[0].standalone == (
        "What did the earthquake shake? And who died?"
    )


@pytest.mark.parametrize(
    ("one", "other", "mistakes"),
    [("poeple", "people", 1), ("vaxination", "vaccination", 2), ("a", "", 1), ("same", "same", 0), ("abcd", "wxyz", 3)],
)
def test_letters_left_out_put_in_replaced_or_exchanged_are_mistakes(one: str, other: str, mistakes: int) -> None:
    assert distance(one, other, 2) == mistakes


@pytest.mark.parametrize(
    ("question", "article_id", "read_as"),
    [
        ("Who won the semifinal?", "cup", "Who won the semi-final?"),
        ("Did 250 volunteers come?", "seals", "Did Two hundred and fifty volunteers come?"),
        ("What does the Harbour Police Union want?", "union", "What does the Harbour Police Union want?"),
        ("what does the hpu want", "union", "what does the hpu want"),
        ("who is the ceo of Tamsin Foods", "boss", "who is the chief executive of Tamsin Foods"),
        ("who is the CEO of Tamsin Foods", "boss", "who is the chief executive of Tamsin Foods"),
    ],
)
def test_what_is_written_otherwise_is_found_and_read_as_the_article_writes_it(
    library: Library, question: str, article_id: str, read_as: str
) -> None:
    reading, found = asked(library, question)
    assert found[0].id == article_id
    assert reading.standalone.lower() == read_as.lower()


@pytest.mark.parametrize(
    ("question", "other"),
    [
        ("When will tram line 4 open?", "fourth line"),
        ("Is it true that line 4 is late?", "fourth line"),
        ("when does line four open", "fourth line"),
        ("Is the fourth line open?", "line 4"),
        ("who drives on the 4th line", "fourth line"),
    ],
)
def test_line_4_is_the_fourth_line(library: Library, question: str, other: str) -> None:
    assert other in [each for form in other_forms(question, library.vocabulary()) for each in form.others]


@pytest.mark.parametrize(
    "question", ["Did Norvale score 4 goals?", "What rose 4%?", "Is line 4-b open?", "line twenty-four"]
)
def test_a_number_of_things_is_no_rank(library: Library, question: str) -> None:
    assert not any("fourth" in each for form in other_forms(question, library.vocabulary()) for each in form.others)


def test_an_article_that_has_the_short_form_only_is_found_by_the_long_one(library: Library) -> None:
    found = asked(library, "How long do members of the Harbour Police Union stay at home?")[1]
    assert {each.id for each in found[:2]} == {"union", "pay"}


def test_who_wrote_an_article_can_be_searched_for(library: Library) -> None:
    found = asked(library, "What does Ana Lind think?")[1]
    assert found[0].id == "bridge"
    passages = library.passages_of("bridge")
    assert all(found[0].text[each.start : each.end] == each.text for each in passages)


def test_days_are_counted_from_an_event_that_the_library_tells_of(library: Library) -> None:
    reading, found = asked(library, "What has the council opened since the election?")
    assert str(reading.window) == "since 12 June 2022"
    ids = [each.id for each in found]
    assert ids.index("parks") < ids.index("old-parks")


def test_an_event_that_the_library_does_not_tell_of_names_no_days(library: Library) -> None:
    assert asked(library, "What has the council opened since the coronation?")[0].window is None


def test_a_day_to_come_is_found_in_the_text(library: Library) -> None:
    reading, found = asked(library, "What will happen on 18 August?")
    assert reading.window is None
    assert found[0].id == "trial"


def test_a_thing_that_is_described_is_searched_for_by_its_name(library: Library) -> None:
    reading, found = asked(library, "How many jobs are cut at the company whose chief executive leaves in the spring?")
    assert {"boss", "cuts"} <= {each.id for each in found[:3]}
    assert "Tamsin Foods" in reading.standalone


def test_a_question_that_one_article_answers_is_searched_once(library: Library) -> None:
    reading, _ = asked(library, "Who is the chief executive of the company that leaves in the spring?")
    assert reading.standalone == "Who is the chief executive of the company that leaves in the spring?"
