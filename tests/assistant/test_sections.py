"""A newspaper's sections, asked for by name, in a real library with the embedder that comes with Dateline."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from newsroom import article

from assistant.answering.assistant import Assistant
from assistant.query.sections import belonging, sections_of
from assistant.types import Answer, AnswerKind, Turn
from ingest.splitting import split
from vectorstore.indexes.embedding import SentenceEmbedder
from vectorstore.library import Library

AS_OF = date(2022, 7, 20)
ARTICLES = [
    article(
        "cup",
        "Lindow United beat Harrow 2-1 on Saturday. Kit Odell scored both goals before 20,000 fans.",
        "2022-05-28",
        "United win the cup",
    ),
    article(
        "tennis",
        "Ana Brandt lost the final in three sets. She had not lost a match on grass since 2020.",
        "2022-07-16",
        "Brandt beaten in the final",
        "Tribune",
    ),
    article(
        "rates",
        "The central bank raised its key rate to 2.5 percent. Shares of two lenders fell.",
        "2022-07-18",
        "Central bank raises rates",
    ),
    article(
        "vote",
        "The opposition asked for an early election after the prime minister lost a vote in parliament.",
        "2022-07-17",
        "Opposition calls for an election",
    ),
    article(
        "ward",
        "Doctors at Skerry hospital were told to see patients in a sporting manner, a joke in bad taste.",
        "2022-07-11",
        "Hospital says sorry to patients",
    ),
]


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with Library(tmp_path_factory.mktemp("sections") / "library", SentenceEmbedder()) as library:
        library.put([(each, split(each)) for each in ARTICLES])
        yield Assistant(library, None)


def shown_by(answer: Answer) -> list[str]:
    return [citation.article.id for citation in answer.citations]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("sports news", {"cup", "tennis"}),
        ("Sport", {"cup", "tennis"}),
        ("any sport news?", {"cup", "tennis"}),
        ("what's happening in sports", {"cup", "tennis"}),
        ("sports news this week", {"tennis"}),
        ("sport from the Tribune", {"tennis"}),
        ("noticias de deportes", {"cup", "tennis"}),
        ("latest business news", {"rates"}),
        ("what's new in politics?", {"vote"}),
        ("the economy", {"rates"}),
        ("sports and business news", {"cup", "tennis", "rates"}),
        ("latest news in business & politics", {"rates", "vote"}),
        ("noticias de deportes y economía", {"cup", "tennis", "rates"}),
        ("sports, business, and politics", {"cup", "tennis", "rates", "vote"}),
        ("the sports section", {"cup", "tennis"}),
        ("the business pages", {"rates"}),
    ],
)
def test_the_news_of_a_section_are_what_belongs_there_whatever_its_words(
    assistant: Assistant, typed: str, shown: set[str]
) -> None:
    answer = assistant.answer(typed, as_of=AS_OF)
    assert answer.kind is AnswerKind.DIGEST and {*shown_by(answer)} == shown


def test_where_the_days_asked_about_have_nothing_of_it_the_newest_of_it_are_told(assistant: Assistant) -> None:
    answer = assistant.answer("sports news on 18 July", as_of=AS_OF)
    assert {*shown_by(answer)} == {"cup", "tennis"}
    assert answer.notice.startswith("Nothing that belongs there was published")  # an outlet published other news


def test_the_newest_stories_of_a_section_come_first(assistant: Assistant) -> None:
    assert shown_by(assistant.answer("sports news", as_of=AS_OF)) == ["tennis", "cup"]


def test_articles_of_a_section_are_counted_and_listed(assistant: Assistant) -> None:
    answer = assistant.answer("articles about sports", as_of=AS_OF)
    assert shown_by(answer) == ["tennis", "cup"] and answer.kind is AnswerKind.LIST
    assert answer.sentences[0].text.startswith("2 of 5 articles belong to “sports”")
    assert shown_by(assistant.answer("oldest sports article", as_of=AS_OF))[0] == "cup"


def test_one_section_after_another(assistant: Assistant) -> None:
    of_july = Turn("sports news in July", "Brandt lost the final.")
    assert shown_by(assistant.answer("and business?", as_of=AS_OF, turns=(of_july,))) == ["rates"]
    assert shown_by(assistant.answer("and in May?", as_of=AS_OF, turns=(of_july,))) == ["cup"]


def test_a_section_that_no_article_is_of_is_not_made_up(assistant: Assistant) -> None:
    assert assistant.answer("weather", as_of=AS_OF).refused
    assert assistant.answer("articles about food", as_of=AS_OF).text.startswith("0 of 5")


def test_what_only_has_the_name_of_a_section_in_it_asks_for_no_section(assistant: Assistant) -> None:
    assert not sections_of("sports minister") and not sections_of("US economy") and not sections_of("the")
    assert not sections_of("sport and the minister") and not sections_of("pages") and not sections_of("and")
    answer = assistant.answer("Who lost the tennis final?", as_of=AS_OF)
    assert answer.kind is AnswerKind.FACT and shown_by(answer)[0] == "tennis"


@pytest.mark.parametrize(
    "typed",
    [
        "How is her health?",
        "How was the weather?",
        "and the economy?",
        "What did she say about the economy?",
        "Who made politics?",
        "articles about the US economy",
        "US economy",
        "news from Essen",
    ],
)
def test_a_question_in_which_a_section_is_named_asks_for_what_it_asks(assistant: Assistant, typed: str) -> None:
    assert not assistant.request(typed, AS_OF).sections


def names() -> list[str]:
    file = files("assistant.query").joinpath("sections.toml")
    return [name for each in tomllib.loads(file.read_text(encoding="utf-8")).values() for name in each["names"]]


@pytest.mark.parametrize("name", names())
def test_every_name_asks_for_its_section(assistant: Assistant, name: str) -> None:
    assert assistant.request(name, AS_OF).sections == sections_of(name) != frozenset()


def test_what_waits_for_its_vector_belongs_nowhere() -> None:
    embedder = SentenceEmbedder()
    vectors = np.stack([np.zeros(384, np.float32), embedder.passages(["Striker scores twice in the final"])[0]])
    assert belonging(vectors, {"sport"}, embedder).tolist() == [False, True]
    assert belonging(np.zeros((2, 0), np.float32), {"sport"}, embedder).tolist() == [False, False]


def test_while_all_articles_wait_for_their_vectors_no_section_has_any(tmp_path: Path) -> None:
    with Library(tmp_path / "library", SentenceEmbedder(), works=False) as library:
        library.store([(each, split(each)) for each in ARTICLES])
        assert Assistant(library, None).answer("sports news", as_of=AS_OF).kind is not AnswerKind.DIGEST
