"""Pages made to keep a reader busy: each is done with, taken or rejected, in a time that a batch can bear."""

from __future__ import annotations

import time

import pytest

from ingest import extract_article
from vectorstore.errors import RejectedDocument

STORY = "<p>" + "The council voted on Monday to build a longer pier for the ferries, its mayor said. " * 6 + "</p>"
BEARABLE_SECONDS = 10  # most take a tenth of one; without limits, several take minutes


def block(json: str) -> str:
    return f'<script type="application/ld+json">{json}</script>'


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("", "<div>" * 50_000 + STORY),
        ("", '<article><div class="article-body"><p>x</p>' * 20_000 + STORY),
        ("", STORY + "<p>" + "<a href=x>Read more</a>" * 200_000),
        ("", f'<div class="{"article-" * 600_000}">{STORY}</div>'),
        ("", f'<div data-x="{"a" * 5_000_000}">{STORY}</div>'),
        (f"<title>{'a - ' * 1_000_000}</title>", STORY),
        (f'<meta property="og:title" content="{"a | " * 1_000_000}">', STORY),
        ('<meta name="author" content="Jane Doe">' * 40_000, STORY),
        ("", STORY + '<time itemprop="datePublished">5 March 2024</time>' * 10_000),
        ("", STORY + "&amp;lol;&#38;lol;" * 200_000),
        (block("[" * 200_000 + "]" * 200_000), STORY),
        (block('{"@type":"NewsArticle","wordCount":' + '{"a":' * 900 + "1" + "}" * 901), STORY),
        (block("/*\n" * 700_000), STORY),
        (block(", " * 1_000_000), STORY),
    ],
    ids="deep bodies links class attribute title og authors times entities json count comments commas".split(),
)
def test_a_hostile_page_is_done_with(head: str, body: str) -> None:
    started = time.perf_counter()
    try:
        article = extract_article(
            f"<!doctype html><html><head>{head}</head><body>{body}".encode(), "https://b.example/a"
        )
        assert article.text
    except RejectedDocument as reason:
        assert str(reason)
    assert time.perf_counter() - started < BEARABLE_SECONDS


def test_entities_that_a_page_defines_are_not_expanded() -> None:
    bomb = '<!DOCTYPE html [<!ENTITY a "boom boom boom"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    article = extract_article(f"{bomb}<html><body><article>{STORY}<p>&b;&b;</p></article></body></html>".encode(), "")
    assert "boom boom boom boom" not in article.text
