"""What a site prints around every story is shown with it and found by no question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from following import CountingEmbedder

from ingest.pipeline import take_in
from ingest.sources import Extracted
from ingest.splitting import own_stretch
from vectorstore.library import Library
from vectorstore.models import Article
from vectorstore.reports import Report

FOOT = "The Norvale Post is owned by its readers. Its board is elected each spring."
TERMS = "Registered in Norvale under number 81 204."
STORIES = (
    "The ferry to Skerry Island was cancelled on Monday because of a storm.",
    "Lakemont's council voted for a new library on Tuesday.",
    "A lorry with eleven tonnes of apples overturned on the ring road.",
    "Brannock Rovers signed the goalkeeper Ilse Marr for two years.",
    "The price of a tram ticket rises to 2.40 pounds in January.",
    "Divers found the bell of the Annie Merrow off the north pier.",
)


def article(number: int, text: str, outlet: str = "Norvale Post", host: str = "post.example") -> Article:
    return Article(f"a{number}", text, f"Story {number}", outlet, url=f"https://{host}/{number}")


def texts(foot: Sequence[str] = (FOOT, TERMS), head: Sequence[str] = ()) -> list[str]:
    return ["\n\n".join([*head, story, f"More on story {n}.", *foot]) for n, story in enumerate(STORIES)]


def take(shelf, *articles: Article) -> Report:
    now = datetime(2026, 11, 1, tzinfo=UTC)
    reports = [take_in([Extracted(each.url, each)], shelf, now=lambda: now) for each in articles]
    return reports[-1]


def searched(shelf, article_id: str) -> str:
    return "\n\n".join(passage.text for passage in shelf.passages[article_id])


def test_lines_that_a_site_prints_under_every_story_are_not_searched_from_the_fourth_on(shelf) -> None:
    take(shelf, *(article(n, text) for n, text in enumerate(texts())))
    assert searched(shelf, "a2").endswith(TERMS)
    for n in (3, 4, 5):
        assert searched(shelf, f"a{n}") == f"{STORIES[n]}\n\nMore on story {n}."
        assert shelf.find(f"a{n}").text == texts()[n]
        for passage in shelf.passages[f"a{n}"]:
            assert shelf.find(f"a{n}").text[passage.start : passage.end] == passage.text


def test_those_above_are_not_either(shelf) -> None:
    take(shelf, *(article(n, text) for n, text in enumerate(texts(head=("Home of the harbour since 1874",)))))
    assert searched(shelf, "a5").startswith(STORIES[5])


def test_the_same_again_is_unchanged(shelf) -> None:
    articles = [article(n, text) for n, text in enumerate(texts())]
    take(shelf, *articles)
    for each in articles:
        assert [row.outcome.value for row in take(shelf, each).rows] == ["unchanged"]


@pytest.mark.parametrize(
    "others",
    [
        [article(n, f"{STORIES[n]}\n\n{FOOT}") for n in range(2)],
        [article(n, f"{STORIES[n]}\n\n{FOOT if n < 2 else 'The end.'}") for n in range(5)],
        [article(n, f"{STORIES[n]}\n\n{FOOT}", host="other.example") for n in range(5)],
        [article(n, f"{STORIES[n]} {FOOT}") for n in range(5)],
    ],
    ids=["two others", "fewer than three", "another site", "within a paragraph"],
)
def test_what_is_not_printed_under_most_stories_is_news(others: Sequence[Article]) -> None:
    text = f"{STORIES[5]}\n\n{FOOT}"
    assert own_stretch(article(9, text), others) == (0, len(text))


def test_background_of_a_running_story_is_searched_in_each_of_its_reports() -> None:
    background = "The bridge was closed in May after a crack was found in its third pier."
    others = [article(n, f"{STORIES[n % 6]} {n}\n\n{background if n % 3 == 0 else 'The end.'}") for n in range(12)]
    text = f"{STORIES[5]}\n\n{background}"
    assert own_stretch(article(99, text), others) == (0, len(text))


def test_a_text_that_is_nothing_else_stays_whole() -> None:
    others = [article(n, f"{STORIES[n]}\n\n{FOOT}") for n in range(5)]
    assert own_stretch(article(9, FOOT), others) == (0, len(FOOT))


def test_what_stands_between_them_and_the_end_keeps_them() -> None:
    others = [article(n, f"{STORIES[n]}\n\n{FOOT}\n\nPublished on day {n}.") for n in range(5)]
    text = f"{STORIES[5]}\n\n{FOOT}\n\nPublished on day 9."
    assert own_stretch(article(9, text), others) == (0, len(text))


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "library", CountingEmbedder()) as library:
        yield library


def test_a_library_tells_the_outlets_last_articles(library: Library) -> None:
    take(library, *(article(n, text) for n, text in enumerate(texts())), article(9, STORIES[0], "Bugle"))
    assert [each.id for each in library.latest_of("Norvale Post", 4)] == ["a5", "a4", "a3", "a2"]
    assert library.latest_of("norvale post", 4) == [] == library.latest_of("", 4)
    assert FOOT not in "".join(each.text for each in library.passages_of("a5"))
    assert FOOT in "".join(each.text for each in library.passages_of("a0"))
