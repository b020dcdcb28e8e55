from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from newsroom import FERRY, RATES, WordEmbedder, article

from assistant.answering.assistant import Assistant
from assistant.retrieval.ranking import recency
from assistant.retrieval.search import naming
from assistant.types import Turn
from ingest.splitting import split
from vectorstore.errors import DatelineError
from vectorstore.library import Library
from vectorstore.models import Hit, Matrix

QUESTION = "To what did the central bank raise its key rate?"


def test_the_newer_of_two_articles_that_fit_comes_first(library: Library) -> None:
    hits = Assistant(library, None).search(QUESTION, as_of=date(2022, 7, 10))
    assert [hit.article.id for hit in hits[:2]] == ["rates", "old-rates"]
    assert hits[0].score > hits[1].score


def test_nothing_published_after_the_readers_today_is_used(library: Library) -> None:
    hits = Assistant(library, None).search(QUESTION, as_of=date(2015, 3, 1))
    assert {hit.article.id for hit in hits} == {"old-rates"}


def test_a_date_means_its_end(library: Library) -> None:
    assert Assistant(library, None).search(QUESTION, as_of=date(2022, 7, 1))[0].article.id == "rates"


def test_an_article_of_unknown_date_is_found_whatever_the_readers_today(library: Library) -> None:
    undated = article("undated", "The key rate of the central bank was never discussed at the fish market.", None)
    library.put([(undated, split(undated))])
    found = Assistant(library, None).search(QUESTION, as_of=date(2015, 3, 1))
    assert "undated" in {hit.article.id for hit in found}


def test_one_article_takes_at_most_two_of_the_first_five_places(library: Library) -> None:
    long = article("long", " ".join(f"The central bank key rate story number {n} goes on and on." for n in range(120)))
    assert len(split(long)) > 3
    library.put([(long, split(long))])
    hits = Assistant(library, None).search(QUESTION, as_of=date(2022, 7, 10))
    assert [hit.article.id for hit in hits[:5]].count("long") <= 2


@pytest.mark.parametrize("quoted", ['"open weights"', "“Open Weights,”", "„open weights“", "«open weights»"])
def test_what_holds_a_quoted_phrase_word_for_word_comes_first(library: Library, quoted: str) -> None:
    said = article("said", "An aide said that open weights were a mistake. Nobody else spoke up.", "2019-01-01")
    about = [
        article(f"about{n}", f"Weights, it says, are open and free, and free weights open. Report {n}.", "2022-07-09")
        for n in range(5)
    ]
    library.put([(each, split(each)) for each in (*about, said)])
    question = "Which firm opens the weights, or holds {} to be free?"
    search = Assistant(library, None).search
    assert search(question.format("open weights"), as_of=date(2022, 7, 10))[0].article.id != "said"
    hits = search(question.format(quoted), as_of=date(2022, 7, 10))
    assert hits[0].article.id == "said"
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_of_two_quoted_phrases_the_passage_that_holds_both_comes_first_and_a_headline_counts(library: Library) -> None:
    one = article("one", "Top speed, top speed, everyone wanted top speed. Not a word of anything else.", "2022-07-09")
    both = article("both", "The reviewers asked for top speed and got it.", "2019-01-01", title="A Quiet Engine")
    library.put([(each, split(each)) for each in (one, both)])
    hits = Assistant(library, None).search('Who wrote "top speed" of "a quiet engine"?', as_of=date(2022, 7, 10))
    assert [hit.article.id for hit in hits[:2]] == ["both", "one"]


@pytest.mark.parametrize("question", ['""', '"!?" and "', '"rate', '"NEAR(a, b)" rate', "“\N{NULL}” rate"])
def test_quotation_marks_around_nothing_or_alone_are_no_phrase_and_no_fault(library: Library, question: str) -> None:
    assert {hit.article.id for hit in Assistant(library, None).search(question)} == {"rates", "old-rates", "ferry"}


@pytest.mark.parametrize("question", ["", "   ", "x" * 2001], ids=["empty", "blank", "too long"])
def test_a_question_that_cannot_be_asked_is_a_clear_error(library: Library, question: str) -> None:
    with pytest.raises(DatelineError):
        Assistant(library, None).search(question)


@pytest.mark.parametrize("question", ["\ud800 rate", "caf\udce9", "key \ud83d rate"])
def test_half_a_character_is_named_in_a_clear_error(library: Library, question: str) -> None:
    """JSON can hold it, and a terminal that is not in UTF-8 sends it."""
    assistant = Assistant(library, None)
    for asked, turns in [(question, ()), ("Why?", [Turn(question, "Because.")]), ("Why?", [Turn("Who?", question)])]:
        with pytest.raises(DatelineError, match="is no character"):
            assistant.search(asked, turns=turns)
        with pytest.raises(DatelineError, match="is no character"):
            assistant.answer(asked, turns=turns)


@pytest.mark.parametrize(
    "question", ['"', "AND OR NOT", "rate*", "NEAR(rate, 2)", "title:rate", "💥", "کیا", "a" * 1999]
)
def test_no_question_is_read_as_search_syntax(library: Library, question: str) -> None:
    assert {hit.article.id for hit in Assistant(library, None).search(question)} == {"rates", "old-rates", "ferry"}


def test_recency_halves_in_thirty_days_and_never_falls_below_its_floor() -> None:
    now = datetime(2022, 7, 31, tzinfo=UTC)
    assert recency(now, now) == pytest.approx(1.0)
    assert recency(datetime(2022, 7, 1, tzinfo=UTC), now) == pytest.approx(0.775)
    assert recency(datetime(1990, 1, 1, tzinfo=UTC), now) == pytest.approx(0.55)
    assert recency(None, now) == pytest.approx(0.775)


class UpdatesMeanwhile(WordEmbedder):
    """Stores a new version of the ferry's article once a search has come upon the first one."""

    def __init__(self) -> None:
        self.library: Library | None = None

    def passages(self, texts: Sequence[str]) -> Matrix:
        if self.library and any("ferry" in text for text in texts):
            library, self.library = self.library, None
            update = replace(FERRY, text=FERRY.text.replace("41", "43"), version=2)
            library.store([(update, split(update))])
        return super().passages(texts)


def test_an_article_that_is_stored_anew_while_it_is_searched_is_found_in_its_new_version(tmp_path: Path) -> None:
    embedder = UpdatesMeanwhile()
    with Library(tmp_path / "library", embedder) as library:
        library.pending.stop()
        library.store([(each, split(each)) for each in (FERRY, RATES)])
        embedder.library = library
        [best, *_] = Assistant(library, None).search("What ran aground near Skerry harbour?", as_of=date(2022, 7, 10))
        assert (best.article.id, best.article.version) == ("ferry", 2) and "43 passengers" in best.passage.text
        assert embedder.library is None, "or nothing was stored meanwhile"


NAMED = [
    article("storm", "At least 54 people died in Lee County, and 101 people died in Florida of the storm. Dead: 101."),
    article("school", "Nineteen children and two teachers were shot dead at the school in Uvalde, Texas."),
    article("grief", "The president met families whose sons died in Uvalde. The FBI looks into it."),
]


@pytest.mark.parametrize(
    "question", ["How many people died in Uvalde?", "how many people died in uvalde", "died uvalde"]
)
def test_what_tells_of_the_place_that_is_named_comes_before_what_tells_of_another(question: str) -> None:
    hits = [Hit(split(each)[0], each, 1.0 - n / 10) for n, each in enumerate(NAMED)]
    assert {hit.article.id for hit in naming(hits, question)[:2]} == {"school", "grief"}
    assert [hit.article.id for hit in naming(hits, "how many people died")] == ["storm", "school", "grief"]


def test_a_name_is_the_whole_word_in_its_capitals_and_german_nouns_are_none() -> None:
    hits = [Hit(split(each)[0], each, 1.0 - n / 10) for n, each in enumerate(NAMED)]
    assert naming(hits, "what does the fbi look into")[0].article.id == "grief"
    assert naming(hits, "Is there one in Uval?") == hits == naming(hits, "Wie viele starben in Uvalde?")
    assert naming([], "How many people died in Uvalde?") == []
