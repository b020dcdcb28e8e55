"""What is answered without a question of fact being asked, in a real library with the embedder that comes with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from threading import Event

import pytest
from newsroom import ScriptedChat, article, says

from assistant.answering.assistant import Assistant
from assistant.answering.listing import tells_number_of
from assistant.conversations.notebook import Notebook
from assistant.generation.odds import Messages
from assistant.presentation.terminal_text import answer_as_text
from assistant.text.words import stem
from assistant.types import Answer, AnswerKind, Exchange, Intent, Support, Turn
from assistant.ui.answer_view import past_html
from ingest.splitting import split
from vectorstore.errors import ModelUnavailable
from vectorstore.indexes.embedding import SentenceEmbedder
from vectorstore.library import Library

AS_OF = date(2022, 7, 20)
ARTICLES = [
    article(
        "mill",
        "The Norvale paper mill will cut 120 jobs [9] in autumn, its owner said on Monday.",
        "2022-06-28",
        "Mill",
    ),
    article(
        "bank",
        "Skerry Bank is to cut 80 jobs at its head office by the end of the year.",
        "2022-07-02",
        "Bank",
        "Tribune",
    ),
    article(
        "fire", "A fire broke out in the Norvale paper mill on Tuesday. Nobody was hurt.", "2022-07-06", "Mill fire"
    ),
    article(
        "shut",
        "The Norvale paper mill closed for good on Friday. The last roll went to Skerry.",
        "2022-07-09",
        "Mill shut",
    ),
    article(
        "goat", "A goat was crowned queen of the Skerry summer fair before 900 visitors.", "2022-06-25", "Goat queen"
    ),
]
ASKED = Turn("Was anybody hurt in the fire in the Norvale paper mill?", "Nobody was hurt.")


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library(tmp_path_factory.mktemp("news") / "library", SentenceEmbedder()) as library:
        library.put([(each, split(each)) for each in ARTICLES])
        yield library


@pytest.fixture(scope="module")
def assistant(news: Library) -> Assistant:
    return Assistant(news, None)


def shown_by(answer: Answer) -> set[str]:
    return {citation.article.id for citation in answer.citations}


@pytest.mark.parametrize("typed", ["hello", "thanks!", "ok", "good morning", "what can you do?", "help"])
def test_small_talk_gets_our_own_words_and_no_article(assistant: Assistant, typed: str) -> None:
    answer = assistant.answer(typed, as_of=AS_OF, turns=(ASKED,))
    assert not answer.refused and not answer.citations and not answer.nearest
    assert {each.support for each in answer.sentences} == {Support.OWN}


def test_help_tells_what_this_library_holds_and_what_can_be_asked_of_it(assistant: Assistant) -> None:
    told = assistant.answer("what can I ask you?", as_of=AS_OF).text
    assert "5 articles" in told and "Post (4), Tribune (1)" in told and "9 July 2022" in told
    assert "What happened on 9 July 2022?" in told


def test_the_library_is_told_of_as_it_was_on_the_readers_day(assistant: Assistant) -> None:
    assert "2 articles" in assistant.answer("How many articles do you have?", as_of=date(2022, 6, 30)).text


@pytest.mark.parametrize(
    ("typed", "day", "id"), [("newest", "9 July 2022", "shut"), ("oldest", "25 June 2022", "goat")]
)
def test_the_first_and_the_last_article_are_quoted(assistant: Assistant, typed: str, day: str, id: str) -> None:
    answer = assistant.answer(f"What is the {typed} article?", as_of=AS_OF)
    assert day in answer.sentences[0].text and shown_by(answer) == {id}


def test_an_empty_library_says_so_to_whoever_greets_it(tmp_path: Path) -> None:
    with Library(tmp_path / "empty", SentenceEmbedder()) as empty:
        assert "library is empty" in Assistant(empty, None).answer("hello", as_of=AS_OF).text


def test_a_list_has_a_row_for_each_and_says_how_many_articles_were_looked_at(assistant: Assistant) -> None:
    answer = assistant.answer("List all companies that cut jobs", as_of=AS_OF)
    assert answer.kind is AnswerKind.LIST and {"mill", "bank"} <= shown_by(answer) and "goat" not in shown_by(answer)
    assert "articles that come nearest" in answer.sentences[0].text


def days(answer: Answer) -> list[str]:
    return [f"{each.article.day}" for each in answer.citations]


def test_articles_about_something_are_listed_with_their_outlets_the_newest_first(assistant: Assistant) -> None:
    newest = assistant.answer("newest article about the Norvale paper mill", as_of=AS_OF)
    assert shown_by(newest) == {"mill", "fire", "shut"} and newest.sentences[0].text.startswith("3 of 5 articles")
    assert [each.citations[0] for each in newest.sentences[1:]] and days(newest)[0] == "2022-07-09"
    oldest = assistant.answer("oldest article about the Norvale paper mill", as_of=AS_OF)
    assert days(oldest) == [*reversed(days(newest))]
    of_july = assistant.answer("articles about the paper mill in July", as_of=AS_OF)
    assert shown_by(of_july) == {"fire", "shut"} and "July" not in of_july.sentences[0].text
    alone = assistant.answer("articles about goats", as_of=AS_OF)
    assert shown_by(alone) == {"goat"} and alone.kind is AnswerKind.LIST


def test_articles_of_an_outlet_are_those_that_it_published(assistant: Assistant) -> None:
    answer = assistant.answer("newest article from the Tribune", as_of=AS_OF)
    assert shown_by(answer) == {"bank"} and answer.sentences[0].text == "1 article."


def test_of_articles_about_something_that_is_in_none_there_are_none(assistant: Assistant) -> None:
    answer = assistant.answer("articles about wolves", as_of=AS_OF)
    assert answer.text.startswith("0 of 5 articles mention “wolves”") and not answer.citations


def in_a_row(assistant: Assistant, *typed: str) -> list[Answer]:
    """The answers to questions of one conversation."""
    turns: tuple[Turn, ...] = ()
    answers = []
    for question in typed:
        answers.append(assistant.answer(question, as_of=AS_OF, turns=turns))
        turns = (*turns, Turn(question, answers[-1].text))
    return answers


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        (("articles about goats", "and about the mill?"), {"mill", "fire", "shut"}),
        (("articles about the mill", "what about banks", "and about goats?"), {"goat"}),
        (("articles about the paper mill", "and in June?"), {"mill"}),
        (("articles about the paper mill in June", "and in July?"), {"fire", "shut"}),
        (("what happened in June?", "and in July?"), {"bank", "shut"}),  # the fire and the closing are one story
        (("what happened in July?", "and on 25 June?", "And on 28 June?"), {"mill"}),
        (("how many articles do you have", "how many about the mill?", "and goats?"), {"goat"}),
    ],
)
def test_another_thing_and_other_days_are_asked_for_in_the_same_way(
    assistant: Assistant, typed: tuple[str, ...], shown: set[str]
) -> None:
    last = in_a_row(assistant, *typed)[-1]
    assert shown_by(last) == shown and last.kind in (AnswerKind.LIST, AnswerKind.DIGEST)
    assert last.question == typed[-1]


def test_what_asks_for_itself_and_what_follows_a_fact_is_not_asked_for_in_the_way_of_the_one_before(
    assistant: Assistant,
) -> None:
    hurt = in_a_row(assistant, "what happened in July?", "and was anybody hurt in the fire?")[-1]
    assert hurt.kind is AnswerKind.FACT and "Nobody was hurt" in hurt.text
    fact = in_a_row(assistant, "Was anybody hurt in the fire in the mill?", "and in June?")[-1]
    assert fact.kind is AnswerKind.FACT


def test_the_day_is_told_with_what_the_library_covers(assistant: Assistant) -> None:
    told = [each.text for each in assistant.answer("what date is it today", as_of=AS_OF).sentences]
    assert told[0].startswith("Today is 20 July 2022") and "holds 5 articles" in told[1]
    assert told[2].startswith("They were published from 25 June 2022")


def test_a_list_of_one_is_told_as_a_fact(assistant: Assistant) -> None:
    asked = "Which companies have crowned goats at the summer fair?"
    assert assistant.request(asked, assistant.moment(AS_OF)).intent is Intent.LIST
    answer = assistant.answer(asked, as_of=AS_OF)
    assert answer.kind is AnswerKind.FACT and "goat was crowned queen" in answer.sentences[0].text


def test_a_question_that_leans_on_one_before_asks_of_nothing_else(tmp_path: Path) -> None:
    told = {
        "post": "Skerry elected Ada Lind as harbour master on Monday. The sailor, 54, takes office in May.",
        "swim": "The swimmer Ada Lind won in Norvale on Sunday. The 19-year-old needed four minutes.",
        "stork": "Forty storks were ringed in Norvale. Five of them hatched on the chimney of the old cannery.",
    }
    with Library(tmp_path / "library", SentenceEmbedder()) as library:
        library.put(
            [(each, split(each)) for id, text in told.items() for each in [article(id, text, "2022-07-01", id)]]
        )
        turns = (Turn("Who is the new harbour master?", "Ada Lind was elected on Monday."),)
        follow_up = Assistant(library, None).answer("how old is she?", as_of=AS_OF, turns=turns)
        in_a_row = Assistant(library, None).answer("Who is the new harbour master? How old is she?", as_of=AS_OF)
    assert "The sailor, 54" in follow_up.sentences[0].text
    assert shown_by(follow_up) == shown_by(in_a_row) == {"post"}
    assert "The sailor, 54" in in_a_row.text


class KnowsJobs(ScriptedChat):
    """Judges that sentences with jobs in them belong in every list, and nothing else; gone where it is `down`."""

    down: bool = False

    def odds(self, material: Messages, questions: Sequence[str], left: Event | None = None) -> list[float]:
        if self.down:
            raise ModelUnavailable("The chat model is not there.")
        assert all(question.endswith("Answer Yes or No.") for question in questions)
        assert "[9]" not in material[-1][1]
        return [0.9 if "jobs" in material[-1][1] else 0.1 for _ in questions]


def test_a_judge_says_what_belongs_in_a_list_whatever_its_words(news: Library) -> None:
    answer = Assistant(news, KnowsJobs(words=[])).answer("List all lay-offs", as_of=AS_OF)
    assert answer.kind is AnswerKind.LIST and shown_by(answer) == {"mill", "bank"}
    assert answer.sentences[0].text.startswith("2 reports of it, in the 3 articles")


def test_what_is_near_in_its_words_stands_until_the_judge_has_read_and_where_it_cannot(news: Library) -> None:
    asked = "List all companies that cut jobs"
    first, *_, last = Assistant(news, KnowsJobs(words=[])).stream(asked, as_of=AS_OF)
    without = Assistant(news, None).answer(asked, as_of=AS_OF)
    assert shown_by(first) == shown_by(without) and shown_by(last) == {"mill", "bank"}
    failing = Assistant(news, KnowsJobs(words=[], down=True)).answer(asked, as_of=AS_OF)
    assert [each.text for each in failing.sentences] == [each.text for each in without.sentences]


@pytest.mark.parametrize(
    ("text", "counted", "told"),
    [
        ("Two fires broke out.", "fires", True),
        ("The number of fires in Norvale rose to 12 last year.", "fires", True),
        ("The number of people hurt in the tram crash was 41.", "people", True),
        ("Fires in Norvale: 12 since January.", "fires", True),
        ("Jobs cut by the company reached 1,400.", "jobs", True),
        ("140 of 610 jobs will go.", "jobs", True),
        ("The fire destroyed twelve brand-new electric delivery vans.", "vans", True),
        ("It raised its rate for the third time.", "rate", True),
        ("It raised its rate three times.", "rate", True),
        ("Police held 12 male suspects after fires in Norvale.", "fires", False),
        ("A fire in Norvale destroyed 12 homes.", "fires", False),
        ("Three boats burned in a fire on 21 July.", "fires", False),
    ],
)
def test_whether_a_sentence_tells_the_number_of_a_thing(text: str, counted: str, told: bool) -> None:
    assert tells_number_of(text, {stem(counted)}) is told


COUNTED = [
    article(
        "vans", "A fire in a warehouse in Norvale destroyed twelve vans on 3 July.", "2022-07-04", "Fire in Norvale"
    ),
    article("school", "A fire broke out in a school in Norvale on 9 July.", "2022-07-10", "Second fire in Norvale"),
    article(
        "boats", "Three boats burned in a fire at Norvale harbour on 11 July.", "2022-07-12", "Fire at the harbour"
    ),
    article("rates", "The Bank of Norvale raised its rate for the third time this year.", "2022-07-13", "Rates"),
    article("march", "In Halden wurden am Freitag 52 Demonstranten festgenommen.", "2022-07-14", "Protest in Halden"),
    article("quiet", "Nobody was killed in the school fire in Sandrey.", "2022-07-16", "Fire in Sandrey"),
    article(
        "works", "Fueron despedidos 85 trabajadores de la fábrica de Sella, según el comité.", "2022-07-15", "Despidos"
    ),
]


@pytest.fixture(scope="module")
def counting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with Library(tmp_path_factory.mktemp("counted") / "library", SentenceEmbedder()) as library:
        library.put([(each, split(each)) for each in COUNTED])
        yield Assistant(library, None)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("How many fires were there in Norvale?", "3 reports"),
        ("How many vans did the fire in Norvale destroy?", "twelve vans"),
        ("How many times did the Bank of Norvale raise its rate this year?", "third time"),
        ("How many people were killed in the school fire in Sandrey?", "Nobody was killed"),
        ("Wie viele Demonstranten wurden in Halden festgenommen?", "52"),
        ("¿Cuántos trabajadores fueron despedidos en la fábrica de Sella?", "85"),
    ],
)
def test_a_number_answers_how_many_only_where_it_counts_what_is_asked_for(
    counting: Assistant, asked: str, told: str
) -> None:
    assert told in counting.answer(asked, as_of=AS_OF).sentences[0].text


def test_articles_that_mention_a_thing_are_counted_all(assistant: Assistant) -> None:
    answer = assistant.answer("How many articles mention the Norvale paper mill?", as_of=AS_OF)
    assert answer.sentences[0].text.startswith("3 of 5 articles mention") and shown_by(answer) == {
        "mill",
        "fire",
        "shut",
    }


def test_two_events_are_put_in_order_by_the_days_of_their_articles(assistant: Assistant) -> None:
    asked = "Which came first, the fire in the Norvale paper mill or the goat of the Skerry fair?"
    answer = assistant.answer(asked, as_of=AS_OF)
    assert [each.label for each in answer.sentences[1:]] == ["25 June 2022", "5 July 2022"]


def test_a_week_without_articles_gets_the_newest_there_are_and_says_so(assistant: Assistant) -> None:
    answer = assistant.answer("What happened this week?", as_of=AS_OF)
    assert "shut" in shown_by(answer) and "goat" not in shown_by(answer)
    assert "Nothing was published" in answer.notice and "9 July 2022" in answer.notice


def test_an_answer_is_made_shorter_or_a_list_without_a_model(assistant: Assistant) -> None:
    short = assistant.answer("shorter please", as_of=AS_OF, turns=(ASKED,))
    points = assistant.answer("in two bullet points", as_of=AS_OF, turns=(ASKED,))
    assert len(short.sentences) == 1 and "fire" in shown_by(short)
    assert points.kind is AnswerKind.LIST and len(points.sentences) == 2


def test_without_a_model_a_post_is_not_written_and_it_says_so(assistant: Assistant) -> None:
    answer = assistant.answer("write it as a tweet", as_of=AS_OF, turns=(ASKED,))
    assert "Only a chat model" in answer.notice and {each.support for each in answer.sentences} == {Support.QUOTED}


def test_nothing_is_reworded_before_there_is_an_answer(assistant: Assistant) -> None:
    answer = assistant.answer("make it shorter", as_of=AS_OF, turns=(Turn("hello", "Hello."),))
    assert "no answer yet" in answer.text and not answer.refused


def test_what_a_model_rewords_is_kept_where_the_articles_bear_it_out(news: Library) -> None:
    model = says("A fire broke out in the Norvale paper mill. [1] Nine firemen died in it. [1]")
    answer = Assistant(news, model).answer("explain it in simple words", as_of=AS_OF, turns=(ASKED,))
    assert "A fire broke out" in answer.text and "firemen" not in answer.text
    assert "Nobody was hurt." in model.asked[0] and "in simple words" in model.asked[0]


def test_more_is_something_that_was_not_told(assistant: Assistant) -> None:
    first = assistant.answer(ASKED.question, as_of=AS_OF)
    more = assistant.answer("tell me more", as_of=AS_OF, turns=(Turn(ASKED.question, first.text),))
    assert not {each.text for each in first.sentences} & {each.text for each in more.sentences}


def test_what_is_doubted_is_looked_for_again(assistant: Assistant) -> None:
    assert "fire" in shown_by(assistant.answer("are you sure?", as_of=AS_OF, turns=(ASKED,)))


def test_our_own_words_come_back_from_the_notebook_and_are_drawn_without_a_mark(
    assistant: Assistant, news: Library
) -> None:
    answer = assistant.answer("How many articles do you have?", as_of=AS_OF)
    notebook = Notebook(news.conversations, news.find)
    notebook.ask("talk", Exchange(1, answer.question))
    notebook.finish("talk", Exchange(1, answer.question, answer))
    [kept] = notebook.read("talk")
    assert kept.answer and kept.answer.sentences == answer.sentences
    page = past_html([kept])
    assert "The library holds 5 articles." in page and "unsupported" not in page and 'class="doubt"' not in page
    assert "not supported" not in answer_as_text(kept.answer)
