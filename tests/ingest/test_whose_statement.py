"""Of all that a page states, only what it states of its own article counts; and each article keeps its own address."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from harbour import STORY, page, schema

from ingest import extract_article
from vectorstore.models import Article

URL = "https://www.bugle.example/2026/11/night-ferry-returns"
OWN = {
    "@type": "NewsArticle",
    "headline": "All about the ferry that is back",
    "url": URL,
    "datePublished": "2026-11-10T08:30:00+01:00",
    "author": {"@type": "Person", "name": "Ida Brandt"},
}
RELATED = {
    "@type": "NewsArticle",
    "headline": "Pier burns down",
    "url": "https://www.bugle.example/2019/pier-burns-down",
    "datePublished": "2019-01-01",
    "author": {"@type": "Person", "name": "Olle Rask"},
}
SHOWN = "<title>Night ferry returns | Bugle</title>", "<h1>Night ferry returns</h1>"


def take(*nodes: object, head: str = "", url: str = URL) -> Article:
    blocks = "".join(schema(node) for node in nodes)
    return extract_article(page(SHOWN[0] + head + blocks, SHOWN[1]), url)


@pytest.mark.parametrize(
    "own",
    [
        OWN,
        {**OWN, "url": URL + "?utm_source=feed#top"},
        {**OWN, "url": None, "mainEntityOfPage": {"@type": "WebPage", "@id": URL}},
        {**OWN, "url": None, "mainEntityOfPage": URL + "/"},
        {**OWN, "url": None, "@id": URL + "#article"},
        {**OWN, "url": URL.replace("https://www.", "http://")},
    ],
    ids=["url", "tracking", "main entity", "text", "id", "without www"],
)
def test_the_node_with_the_address_of_the_page_is_its_own(own: dict[str, object]) -> None:
    article = take(RELATED, own)
    assert article.authors == ("Ida Brandt",) and "night-ferry-returns" in article.url
    assert article.published_at == datetime(2026, 11, 10, 7, 30, tzinfo=UTC)
    assert article.title != "Pier burns down"


def test_without_an_address_the_shown_headline_tells() -> None:
    own = {**OWN, "url": None, "headline": "Night ferry returns"}
    assert take(RELATED, own).authors == ("Ida Brandt",)


@pytest.mark.parametrize("nodes", [[RELATED], [RELATED, {**RELATED, "headline": "Fog", "url": None}]])
def test_a_node_of_another_story_states_nothing(nodes: list[object]) -> None:
    article = take(*nodes)
    assert (article.title, article.authors, article.published_at) == ("Night ferry returns", (), None)
    assert article.url == URL


def test_the_only_node_is_believed_where_it_names_no_other_page() -> None:
    assert take({**OWN, "url": None}).authors == ("Ida Brandt",)
    assert take({**OWN, "url": "https://www.bugle.example/"}).authors == ("Ida Brandt",)


@pytest.mark.parametrize("canonical", ["/news/", "/home", "/index.php", "/2026/", "/article"])
def test_a_canonical_address_that_names_no_article_is_distrusted(canonical: str) -> None:
    assert take(head=f'<link rel="canonical" href="{canonical}">').url == URL


@pytest.mark.parametrize(
    "canonical", ["/2026/11/night-ferry-returns.html", "/story/4711203", "/ferry", "/what-comes-back-at-night"]
)
def test_a_canonical_address_that_can_be_the_articles_is_taken(canonical: str) -> None:
    assert take(head=f'<link rel="canonical" href="{canonical}">').url == f"https://www.bugle.example{canonical}"


def test_the_section_that_a_page_stands_in_is_not_its_address() -> None:
    url = "https://www.bugle.example/harbour/2026/11/a7"
    head = '<link rel="canonical" href="/harbour/">'
    assert take(head=head, url=url).url == url


@pytest.mark.parametrize("query", ["id=4711", "art=471", "sid=9&lang=en", "newsid=x12"])
def test_a_path_that_shows_every_article_of_a_site_is_not_the_address_of_one(query: str) -> None:
    url = f"https://www.bugle.example/show.php?{query}"
    own = {**OWN, "url": None}
    assert take(own, head='<link rel="canonical" href="/show.php">', url=url).url == url
    pretty = '<link rel="canonical" href="/2026/11/night-ferry-returns">'
    assert take(own, head=pretty, url=url).url == URL
    tracked = f"{URL}?ref=front&sort=1"
    assert take(own, head=CANONICAL, url=tracked).url == URL


def test_relative_addresses_stand_under_the_base_of_the_page() -> None:
    head = '<base href="https://www.bugle.example/"><link rel="canonical" href="2026/11/night-ferry-returns">'
    assert take(head=head).url == URL
    assert take(head=head, url="").url == URL


CANONICAL = f'<link rel="canonical" href="{URL}">'


@pytest.mark.parametrize(
    ("read_from", "head", "address"),
    [
        (URL + "?page=2", CANONICAL, URL + "?page=2"),
        (URL + "/3", CANONICAL, URL + "/3"),
        (URL, CANONICAL + f'<link rel="next" href="{URL}?page=3">', URL + "?page=2"),
        (URL, CANONICAL + f'<link rel="next" href="{URL}?page=2">', URL),
        (URL + "?page=1", CANONICAL, URL),
        (URL + "?page=all", CANONICAL, URL),
        (URL, CANONICAL + '<link rel="next" href="/2026/11/fog-stays">', URL),
    ],
)
def test_a_later_page_is_kept_apart_from_the_first(read_from: str, head: str, address: str) -> None:
    assert take(head=head, url=read_from).url == address


def test_of_stories_that_follow_each_other_as_one_scrolls_only_the_first_is_taken() -> None:
    others = "".join(
        f"<article><h1>Story {n}</h1>{''.join(f'<p>{n}: {text}</p>' for text in STORY)}</article>" for n in (2, 3)
    )
    content = page(SHOWN[0], SHOWN[1]).replace(b"</body>", others.encode() + b"</body>")
    assert extract_article(content, URL).text.split("\n") == STORY


def test_the_updates_of_a_live_report_are_no_stories_of_their_own() -> None:
    updates = "".join(f"<article><h2>Update {n}</h2><p>{text}</p></article>" for n, text in enumerate(STORY))
    content = f"<html><head>{SHOWN[0]}</head><body><main>{SHOWN[1]}{updates}</main></body></html>"
    assert all(text in extract_article(content.encode(), URL).text for text in STORY)
