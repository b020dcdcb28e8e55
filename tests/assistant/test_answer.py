from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event

import pytest
from newsroom import FERRY, OLD_RATES, RATES, ScriptedChat, WordEmbedder, article, says

from assistant.answering.assistant import Assistant
from assistant.generation.odds import Messages
from assistant.presentation.terminal_text import answer_as_text
from assistant.text.labels import looked_at
from assistant.types import Answer, Stage, Support, Turn
from ingest.splitting import split
from vectorstore.indexes.embedding import SentenceEmbedder
from vectorstore.library import Library
from vectorstore.models import Scope

AS_OF = date(2022, 7, 10)
QUESTION = "To what did the central bank raise its key rate?"
WRITTEN = "The central bank raised its key rate to 2.5 percent. [1] Governor Ann Lowe said inflation was too high. [1]"


def test_the_sources_come_before_the_first_word_and_keep_their_numbers(library: Library) -> None:
    snapshots = list(Assistant(library, says(WRITTEN)).stream(QUESTION, as_of=AS_OF))
    assert snapshots[0].stage is Stage.SEARCHED
    assert snapshots[0].sources and not snapshots[0].sentences and not snapshots[0].writing
    assert all(snapshot.sources == snapshots[0].sources for snapshot in snapshots)


def test_the_answer_grows_and_ends_with_judged_sentences_and_exact_citations(library: Library) -> None:
    snapshots = list(Assistant(library, says(WRITTEN)).stream(QUESTION, as_of=AS_OF))
    first = snapshots[-1].sentences[0]
    growing = [each for each in snapshots if each.stage is Stage.WRITING and each.sentences[0] == first]
    lengths = [len(each.sentences) for each in growing]
    assert lengths and lengths == sorted(lengths)
    last = snapshots[-1]
    assert last.stage is Stage.DONE
    assert [sentence.support for sentence in last.sentences] == [Support.QUOTED, Support.QUOTED]
    assert last.newest_source == datetime(2022, 7, 1, tzinfo=UTC)
    assert not last.refused
    assert_citations_exact(last)


def test_the_model_reads_the_best_passages_with_headline_outlet_and_date(library: Library) -> None:
    model = says(WRITTEN)
    Assistant(library, model).answer(QUESTION, as_of=AS_OF)
    assert "[1] Central bank raises rate (Post, 1 July 2022)" in model.asked[0]
    assert "[4]" not in model.asked[0]
    assert QUESTION in model.asked[0]


def test_there_is_something_to_read_while_the_model_reads(library: Library) -> None:
    model = says(WRITTEN)
    searched, quoted, *_ = Assistant(library, model).stream(QUESTION, as_of=AS_OF)
    assert not searched.sentences
    assert quoted.stage is Stage.SEARCHED
    assert {sentence.support for sentence in quoted.sentences} == {Support.QUOTED}
    assert_citations_exact(quoted)


def test_what_was_found_stands_there_as_long_as_the_model_tells_of_reading(library: Library) -> None:
    model = ScriptedChat(words=["", "", *WRITTEN.split(" ")])
    snapshots = list(Assistant(library, model).stream(QUESTION, as_of=AS_OF))
    reading = [snapshot for snapshot in snapshots if snapshot.stage is Stage.SEARCHED]
    assert reading[1] is reading[2] is reading[3]  # a watcher sees that nothing is new
    assert reading[3].sentences and reading[3].timings.first_token is None
    assert snapshots[-1].timings.first_token is not None


def test_of_a_claim_that_is_not_borne_out_what_was_found_is_shown_instead(library: Library) -> None:
    answer = Assistant(library, says("The central bank cut its key rate to 9 percent. [1]")).answer(
        QUESTION, as_of=AS_OF
    )
    assert answer.sentences[0].support is Support.QUOTED
    assert "2.5 percent" in answer.sentences[0].text
    assert "9 percent" not in answer.text
    assert_citations_exact(answer)


def test_what_was_found_stands_beside_an_answer_that_rests_on_something_else(library: Library) -> None:
    said = "Two members of the board voted against the rise. [1]"
    answer = Assistant(library, says(said)).answer(QUESTION, as_of=AS_OF)
    assert [sentence.text for sentence in answer.sentences] == [
        "Two members of the board voted against the rise.",
        "The central bank raised its key rate to 2.5 percent on Thursday.",
    ]
    assert_citations_exact(answer)


def test_closing_the_stream_stops_the_model(library: Library) -> None:
    model = says(WRITTEN)
    stream = Assistant(library, model).stream(QUESTION, as_of=AS_OF)
    for _ in range(4):
        next(stream)
    taken = len(model.taken)
    stream.close()  # type: ignore[attr-defined]
    assert len(model.taken) == taken < len(WRITTEN.split())


def test_what_the_library_cannot_know_is_refused_without_asking_the_model(library: Library) -> None:
    model = says("Somebody won it. [1]")
    answer = Assistant(library, model).answer("Who won the 2031 Tour de France?", as_of=AS_OF)
    assert answer.refused
    assert not answer.citations and not answer.sources
    assert answer.nearest
    assert not model.asked


def test_where_a_model_says_that_the_passages_hold_no_answer_the_closest_is_shown(library: Library) -> None:
    answer = Assistant(library, says("The passages do not mention who designed the ferry.")).answer(
        "Who designed the ferry that ran aground near Skerry harbour?", as_of=AS_OF
    )
    assert answer.closest and not answer.refused
    assert answer_as_text(answer).startswith("Your articles do not say it directly. Closest:")
    assert answer.citations[0].article.id == "ferry"
    assert {sentence.support for sentence in answer.sentences} == {Support.QUOTED}


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Mia Holt designed Tarrow park.", "Who designed Tarrow park?"),
        (
            "The repair of Quillon dam will cost 41 million crowns, the board said.",
            "How much will the repair of Quillon dam cost?",
        ),
        ("Tarrow park opened on 3 May 2021 after two years of work.", "When was Tarrow park opened?"),
    ],
)
def test_where_a_model_overlooks_the_answer_it_stands_first_of_what_is_closest(
    library: Library, text: str, question: str
) -> None:
    around = "Visitors came from the whole county. A second meeting is planned for next month."
    new = article("park", f"{text} {around}", title=f"News of {question.split()[-2]}")
    library.put([(new, split(new))])
    answer = Assistant(library, says("I cannot say that. The passages do not mention it.")).answer(
        question, as_of=AS_OF
    )
    assert not answer.refused
    assert answer.sentences[0].text == text
    assert {sentence.support for sentence in answer.sentences} == {Support.QUOTED}
    assert answer.closest


def test_a_model_that_breaks_off_while_it_says_so_is_not_believed_either(library: Library) -> None:
    said = ScriptedChat(words=["The passages do not mention that. ", "I"], fails_after=1)
    answer = Assistant(library, said).answer(QUESTION, as_of=AS_OF)
    assert not answer.refused and {sentence.support for sentence in answer.sentences} == {Support.QUOTED}


def test_a_model_that_fails_midway_leaves_the_nearest_sentences_quoted_and_says_so(library: Library) -> None:
    answer = Assistant(library, says(WRITTEN, fails_after=5)).answer(QUESTION, as_of=AS_OF)
    assert answer.notice.startswith("The connection to the chat model's server broke off.")
    assert {sentence.support for sentence in answer.sentences} == {Support.QUOTED}
    assert_citations_exact(answer)


def test_without_a_model_the_best_sentences_are_quoted(library: Library) -> None:
    answer = Assistant(library, None).answer(QUESTION, as_of=AS_OF)
    assert "2.5 percent" in answer.text
    assert 1 <= len(answer.sentences) <= 3
    assert all(sentence.support is Support.QUOTED and sentence.citations for sentence in answer.sentences)
    assert_citations_exact(answer)


def test_a_yes_or_no_gets_the_sentences_beside_it(library: Library) -> None:
    answer = Assistant(library, says("Yes, the central bank raised its key rate to 2.5 percent. [1]")).answer(
        "Did the central bank raise its key rate?", as_of=AS_OF
    )
    assert answer.sentences[0].text.startswith("Yes")
    assert [sentence.support for sentence in answer.sentences[1:]] == [Support.QUOTED] * (len(answer.sentences) - 1)
    assert len(answer.sentences) > 1
    assert_citations_exact(answer)


def test_a_yes_that_says_no_more_than_the_question_gives_way_to_quotations(library: Library) -> None:
    answer = Assistant(library, says("Yes, the central bank raised its key rate. [1]")).answer(
        "Did the central bank raise its key rate?", as_of=AS_OF
    )
    assert answer.sentences and {sentence.support for sentence in answer.sentences} == {Support.QUOTED}


def test_a_rambling_model_is_stopped(library: Library) -> None:
    model = says("The key rate is 2.5 percent. " * 50)
    answer = Assistant(library, model).answer(QUESTION, as_of=AS_OF)
    assert len(answer.sentences) <= 4
    assert len(model.taken) < 100


def test_a_follow_up_is_answered_on_the_subject_of_the_question_before(library: Library) -> None:
    model = says("Two members of the board voted against the rise. [1]")
    answer = Assistant(library, model).answer(
        "And who of the board voted against it?", as_of=AS_OF, turns=[Turn(QUESTION, WRITTEN)]
    )
    assert answer.standalone_question != answer.question
    assert answer.sources[0].article.id == "rates"
    assert f"The reader asked before: {QUESTION}" in model.asked[0]


def test_an_empty_library_says_how_to_fill_it(tmp_path: Path) -> None:
    with Library(tmp_path / "empty", WordEmbedder()) as empty:
        answer = Assistant(empty, None).answer("What happened this week?")
    assert answer.refused
    assert "dateline ingest" in answer.text


@pytest.mark.parametrize(
    ("given", "moment"),
    [
        pytest.param(date(2022, 7, 3), datetime(2022, 7, 3, 23, 59, 59, 999999, UTC), id="a date is its end"),
        pytest.param(datetime(2022, 7, 3, 8), datetime(2022, 7, 3, 8, tzinfo=UTC), id="no zone is UTC"),
        pytest.param(
            datetime.fromisoformat("2022-07-03T08:00+02:00"), datetime(2022, 7, 3, 6, tzinfo=UTC), id="a zone"
        ),
    ],
)
def test_the_readers_today(library: Library, given: date, moment: datetime) -> None:
    assert Assistant(library, None).moment(given) == moment


def assert_citations_exact(answer: Answer) -> None:
    assert answer.citations
    for citation in answer.citations:
        assert citation.article.text[citation.start : citation.end] == citation.quote
        assert answer.sources[citation.number - 1].passage == citation.passage
    numbers = {number for sentence in answer.sentences for number in sentence.citations}
    assert numbers == {citation.number for citation in answer.citations}


def test_an_answer_says_which_days_it_looked_at_first_and_when_nothing_is_of_them(library: Library) -> None:
    inside = Assistant(library, None).answer(f"{QUESTION} in July 2022", as_of=date(2022, 8, 10))
    assert looked_at(inside) == "Searching 1–31 July 2022 first" and not inside.notice
    outside = Assistant(library, None).answer(f"{QUESTION} in May 2022", as_of=date(2022, 8, 10))
    told = "Nothing found in 1–31 May 2022. These are the closest articles from other days."
    assert outside.notice.startswith(told)
    assert outside.sources or outside.nearest


def test_only_what_lies_within_the_readers_scope_is_used(library: Library) -> None:
    scope = Scope(since=datetime(2022, 1, 1, tzinfo=UTC))
    answer = Assistant(library, None).answer(f"{QUESTION} in March 2015", as_of=date(2022, 8, 10), scope=scope)
    assert "old-rates" not in {hit.article.id for hit in answer.sources}
    assert str(answer.window) == "since 1 January 2022"


AHEAD = datetime(2010, 1, 1, 12, tzinfo=UTC)
WHAT_HAPPENED = ["Who won the ferry race?", QUESTION, "What happened this week?", "Latest news about the ferry"]


@pytest.mark.parametrize("question", WHAT_HAPPENED)
def test_a_question_before_the_day_of_every_article_says_so(library: Library, question: str) -> None:
    answer = Assistant(library, None, now=lambda: AHEAD).answer(question)
    assert answer.refused
    assert answer.text == (
        "I couldn't find this in your articles. All 3 articles are dated after 1 January 2010. "
        "Is this computer's clock right?"
    )


def test_it_is_said_of_the_articles_that_have_a_date(library: Library) -> None:
    undated = article("note", "Somebody wrote down a recipe for plum jam.", published=None)
    library.put([(undated, split(undated))])
    answer = Assistant(library, None).answer(QUESTION, as_of=AHEAD)
    assert "All 3 articles with a date are dated after 1 January 2010." in answer.text


@pytest.mark.parametrize("as_of", [date(2015, 3, 1), AS_OF])
def test_nothing_of_the_clock_is_said_where_an_article_is_older(library: Library, as_of: date) -> None:
    answer = Assistant(library, None).answer("Who won the 2031 Tour de France?", as_of=as_of)
    assert answer.refused and "clock" not in answer.text


class SeesNothing(ScriptedChat):
    """Judges that no question is answered by what it reads."""

    def odds(self, material: Messages, questions: Sequence[str], left: Event | None = None) -> list[float]:
        return [0.01 for _ in questions]


@pytest.mark.parametrize(
    ("question", "closest"),
    [
        ("Did the central bank lower its key rate?", True),
        ("Is the central bank's key rate above 2 percent?", True),
        ("Has the central bank raised its key rate to 3 percent?", True),
        ("Who is the husband of Governor Ann Lowe of the central bank?", False),
    ],
)
def test_where_a_judge_sees_no_answer_to_a_question_of_yes_or_no_it_may_be_no(
    tmp_path: Path, question: str, closest: bool
) -> None:
    """So the closest is told, where what was found is about what is asked. What kind of question it is only the real
    embedder tells."""
    with Library(tmp_path / "library", SentenceEmbedder()) as library:
        library.put([(each, split(each)) for each in (RATES, OLD_RATES, FERRY)])
        library.pending.wait()
        answer = Assistant(library, SeesNothing(words=[])).answer(question, as_of=AS_OF)
    assert (answer.closest, answer.refused) == (closest, not closest)


def test_a_quoted_sentence_that_says_what_is_missing_is_no_refusal(library: Library) -> None:
    text = "The article does not mention who built Skerry lighthouse."
    printed = article("review", text, title="Skerry lighthouse")
    library.put([(printed, split(printed))])
    answer = Assistant(library, None).answer("Who built Skerry lighthouse?", as_of=date(2022, 7, 5))
    assert not answer.refused and answer.sentences[0].text == text


def test_the_same_figure_of_another_year_is_no_answer_where_the_question_names_its_own(library: Library) -> None:
    floods = [
        article("flood21", "The flood drove 900 people from their homes in Skerry.", "2021-02-12", "Flood in Skerry"),
        article("flood22", "A flood drove 300 people from their homes in Skerry.", "2022-02-20", "Skerry floods again"),
    ]
    library.put([(each, split(each)) for each in floods])
    asked = "How many people did the flood drive from their homes in Skerry"
    then = Assistant(library, None).answer(f"{asked} in 2021?", as_of=AS_OF)
    ever = Assistant(library, None).answer(f"{asked}?", as_of=AS_OF)
    assert "900" in then.text and "300" not in then.text
    assert "900" in ever.text and "300" in ever.text
