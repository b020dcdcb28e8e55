"""Answers put together from quotations, on a real library with a small embedder."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from newsroom import NOW, WordEmbedder, article, says

from assistant.answering.assistant import Assistant
from assistant.answering.clustering import grouped
from assistant.answering.stories import arrivals, story_of
from assistant.evidence import quote
from assistant.evidence.best_sentences import Pick, lede
from assistant.presentation.terminal_text import answer_as_text
from assistant.types import Answer, AnswerKind, Support, Turn
from ingest.splitting import split
from vectorstore.library import Library
from vectorstore.models import Article, Hit

AS_OF = date(2022, 7, 10)
AGROUND = "A ferry ran aground near Skerry harbour on Monday. Rescuers brought 41 ferry passengers to land."
ARTICLES = [
    article("aground", AGROUND, "2022-06-28", "Skerry ferry accident: ferry aground"),
    article("aground-too", AGROUND, "2022-06-29", "Skerry ferry accident in the harbour", "Tribune"),
    article("inquiry", "Investigators of the ferry accident found a broken thruster.", "2022-07-05", "Ferry inquiry"),
    article(
        "fined", "The Skerry ferry company was fined 2 million crowns for the accident.", "2022-07-09", "Ferry fine"
    ),
    article("rates", "The central bank raised its key rate to 2.5 percent. Ann Lowe explained the bank.", "2022-07-08"),
    article(
        "olive", "Olive growers of Norvale expect a small harvest this dry year.", "2022-05-02", "Small olive harvest"
    ),
]


@pytest.fixture
def news(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "library", WordEmbedder()) as library:
        library.put([(each, split(each)) for each in ARTICLES])
        yield library


def ask(news: Library, question: str, *turns: Turn) -> Answer:
    answer = Assistant(news, says("Never asked. [1]")).answer(question, as_of=AS_OF, turns=turns)
    for citation in answer.citations:
        assert citation.article.text[citation.start : citation.end] == citation.quote
        assert citation.passage.start <= citation.start and citation.end <= citation.passage.end
        assert answer.sources[citation.number - 1].passage == citation.passage
    assert {each.support for each in answer.sentences} == {Support.QUOTED} or answer.refused
    return answer


def told_by(answer: Answer) -> list[str]:
    return [answer.sources[each.citations[0] - 1].article.id for each in answer.sentences]


def test_a_timeline_goes_by_the_day_that_a_sentence_names_and_tells_a_copied_story_once(news: Library) -> None:
    answer = ask(news, "Give me a timeline of the Skerry ferry accident")
    assert answer.kind is AnswerKind.TIMELINE and answer.question == answer.standalone_question
    assert [each.label for each in answer.sentences] == ["27 June 2022", "5 July 2022", "9 July 2022"]
    assert told_by(answer)[1:] == ["inquiry", "fined"]


def test_a_timeline_without_a_subject_is_of_what_was_talked_about(news: Library) -> None:
    answer = ask(news, "Give me a timeline", Turn("What of the Skerry ferry accident?", "A broken thruster."))
    assert answer.standalone_question == "What of the Skerry ferry accident?"
    assert "inquiry" in told_by(answer)


def test_the_news_of_a_week_are_its_stories(news: Library) -> None:
    answer = ask(news, "What happened this week?", Turn("What of the olive harvest?", "It is small."))
    assert set(told_by(answer)) == {"inquiry", "fined", "rates"}


def test_news_of_a_thing_leave_out_what_is_of_another(news: Library) -> None:
    answer = ask(news, "Give me the news on the Skerry ferry accident", Turn("What of the olive harvest?", "Small."))
    assert answer.kind is AnswerKind.DIGEST
    assert {"inquiry", "fined"} <= set(told_by(answer)) and "olive" not in told_by(answer)


@pytest.fixture
def march(tmp_path: Path) -> Iterator[Library]:
    told = [
        article("g", "Some 80,000 people marched in Hale, organisers said.", "2022-07-02", "March", "Hale Gazette"),
        article("w", "About 25,000 people marched in Hale, police said.", "2022-07-02", "Rally", "Capital Wire"),
        article("t", "People marched in Hale.", "2022-07-02", "Rally in Hale", "The Tribune"),
        article("n", "A march in Hale filled the square.", "2022-07-02", "Rally in Hale", ""),
        article("r", "Rents rose in Skerry.", "2022-07-02", "Rents", "Skerry Post"),
    ]
    with Library(tmp_path / "library", WordEmbedder()) as library:
        library.put([(each, split(each)) for each in told])
        yield library


def test_a_comparison_of_outlets_quotes_each_on_the_one_thing(march: Library) -> None:
    compared = ask(march, "Compare what the Hale Gazette and Capital Wire said: people marched in Hale")
    assert compared.kind is AnswerKind.COMPARISON
    assert [(each.label, each.text[:12]) for each in compared.sentences] == [
        ("Hale Gazette", "Some 80,000 "),
        ("Capital Wire", "About 25,000"),
    ]
    asked = "What do the Hale Gazette and Capital Wire say about the number of people who marched?"
    found = quote(Assistant(march, None).grounds(asked, as_of=AS_OF).evidence)
    assert {each.article.id for each in found.citations[:2]} == {"g", "w"}


@pytest.mark.parametrize(
    "question",
    ["Compare what the outlets say about the march in Hale", "How do the papers differ on the march in Hale?"],
)
def test_outlets_that_are_not_named_are_those_that_tell_of_it(march: Library, question: str) -> None:
    compared = ask(march, question)
    assert compared.kind is AnswerKind.COMPARISON
    assert {each.label for each in compared.sentences} == {"Hale Gazette", "Capital Wire", "The Tribune"}
    assert ask(march, question.replace("march in Hale", "coup on Mars")).refused


def test_a_comparison_quotes_for_each_part(news: Library) -> None:
    answer = ask(news, "What is the difference between the ferry fine and the bank rate?")
    assert answer.kind is AnswerKind.COMPARISON
    labels = {each.label: told_by(answer)[place] for place, each in enumerate(answer.sentences)}
    assert list(dict.fromkeys(each.label for each in answer.sentences)) == ["the ferry fine", "the bank rate"]
    assert labels["the bank rate"] == "rates"


def test_a_summary_keeps_to_one_article_and_to_the_order_of_its_text(news: Library) -> None:
    answer = ask(news, "Summarise the article about the central bank key rate")
    assert set(told_by(answer)) == {"rates"}
    assert [each.start for each in answer.citations] == sorted(each.start for each in answer.citations)


@pytest.mark.parametrize(
    "question",
    [
        "Timeline of the 2031 Tour de France",
        "Timeline of the ferry coup",
        "Summarise the article about unicorns on Mars",
        "Give me the news on Mars",
        "Summarise the article about the harvest of unicorns on Mars",
    ],
)
def test_what_the_library_does_not_hold_is_refused(news: Library, question: str) -> None:
    answer = ask(news, question)
    assert answer.closest or (answer.refused and not answer.citations and not answer.sources)


def test_an_empty_library_has_no_news(tmp_path: Path) -> None:
    with Library(tmp_path / "empty", WordEmbedder()) as empty:
        assert ask(empty, "What happened this week?").refused
        assert arrivals(empty, NOW).stories == ()


def test_a_terminal_gets_a_line_for_each_entry_with_day_and_outlet(news: Library) -> None:
    shown = answer_as_text(ask(news, "Timeline of the Skerry ferry accident"))
    entry = "5 July 2022, Post: Investigators of the ferry accident found a broken thruster. [2]"
    assert entry in shown.splitlines()


@pytest.mark.parametrize(
    ("sentence", "day"),
    [
        ("The ferry ran aground on Monday.", date(2022, 6, 27)),
        ("The ferry ran aground on 3 March.", date(2022, 3, 3)),
        ("The inquiry will begin on Monday.", date(2022, 6, 28)),
        ("The inquiry begins on 3 August 2022.", date(2022, 6, 28)),
        ("The ferry ran aground last week.", date(2022, 6, 28)),
        ("The ferry ran aground.", date(2022, 6, 28)),
    ],
)
def test_the_day_of_an_event_is_the_one_past_that_its_sentence_names(sentence: str, day: date) -> None:
    assert of(article("a", sentence, "2022-06-28")).day == day


def test_an_event_of_an_undated_article_has_no_day() -> None:
    assert of(article("a", "The ferry ran aground on Monday.", None)).day is None


def test_an_article_opens_with_the_sentence_that_its_headline_is_about() -> None:
    text = "Click here for a lite version of this page. The ferry ran aground on Monday near Skerry."
    assert lede(hit(article("a", text, title="Ferry runs aground"))).text.startswith("The ferry")


def hit(of: Article) -> Hit:
    return Hit(split(of)[0], of, 1.0)


def of(told: Article) -> Pick:
    return Pick(hit(told), 0, len(told.text))


def test_articles_of_one_thing_are_grouped_and_those_weeks_apart_are_not(news: Library) -> None:
    again = article("again", AGROUND + " Again.", "2022-08-28", "Skerry ferry accident: ferry aground")
    news.put([(again, split(again))])
    groups = grouped(news.openings())
    assert {each.article_id for each in groups[0].members} >= {"aground", "aground-too"}
    assert all(each.article_id != "again" for each in groups[0].members)
    assert sum(len(group.members) for group in groups) == len(ARTICLES) + 1


def test_what_came_in_since_then_is_told_by_story(news: Library) -> None:
    since = min(entry.ingested_at for entry in news.entries())
    assert arrivals(news, since).articles == 0
    new = arrivals(news, since.replace(year=since.year - 1))
    assert new.articles == len(ARTICLES) and new.more == 0
    assert new.stories[0].articles >= 2 and set(new.stories[0].outlets) == {"Post", "Tribune"}
    alone = [story.pick.hit.article.published_at for story in new.stories if story.articles == 1]
    assert len(alone) > 1 and alone == sorted(alone, key=str, reverse=True)


def test_the_story_of_an_article_leaves_other_stories_out(news: Library) -> None:
    told = [event.hit.article.id for event in story_of(news.article("inquiry"), news).events]
    assert "inquiry" in told and "olive" not in told and "rates" not in told


def test_the_news_on_a_thing_are_of_late_and_from_articles_that_are_about_it(tmp_path: Path) -> None:
    told = [
        article("old", "Twitter was sold for nothing, a court said of Twitter.", "2021-01-03", "Twitter sold"),
        article("new", "Twitter lets users edit what they wrote.", "2022-07-08", "Twitter edits"),
        article("newer", "Twitter locked a rapper out of his account.", "2022-07-09", "Rapper out of Twitter"),
        article(
            "other",
            f"The mayor opened a swimming pool. {'It was warm and the queue was long. ' * 20}He put it on Twitter.",
            "2022-07-09",
            "Pool opens",
        ),
    ]
    with Library(tmp_path / "library", WordEmbedder()) as library:
        library.put([(each, split(each)) for each in told])
        answer = ask(library, "What's the latest on Twitter?")
        assert told_by(answer) == ["newer", "new"]
        assert {*told_by(ask(library, "Timeline of Twitter"))} >= {"old", "new", "newer"}
