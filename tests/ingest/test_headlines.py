"""The headline that a person would copy from a page, in the layouts of many publishers."""

from __future__ import annotations

import pytest
from harbour import STORY

from ingest import extract_article

HEAD = "North quay to close for six weeks"
PARAGRAPHS = "".join(f"<p>{each}</p>" for each in STORY)


def headline(head: str = "", body: str = f"<h1>{HEAD}</h1>", title: str = "", before: str = "") -> str:
    page = f"<html><title>{title}</title>{head}<body>{before}<article>{body}{PARAGRAPHS}</article></body></html>"
    return extract_article(page.encode(), "https://www.harbourpost.example/2026/11/story").title


def og(text: str) -> str:
    return f'<meta property="og:title" content="{text}">'


def node(text: str) -> str:
    return f'<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "{text}"}}</script>'


LOGO = '<header><h1><a href="/">Harbour Post</a></h1></header>'


@pytest.mark.parametrize(
    ("head", "body", "title", "before"),
    [
        (og(HEAD), f'<h1><span class="kicker">Harbour</span> {HEAD}</h1>', f"{HEAD} | Harbour Post", ""),
        ("", f'<p class="kicker">Harbour</p><h1>{HEAD}</h1>', f"Harbour: {HEAD} - Harbour Post", ""),
        *((og(f"{HEAD} {sign} Norvale Courier"), f"<h1>{HEAD}</h1>", "", "") for sign in "|-:–—·"),
        (og(f"{HEAD} | Local news | Norvale Courier"), f"<h1>{HEAD}</h1>", "", ""),
        (og(f"Norvale Courier: {HEAD}"), f"<h1>{HEAD}</h1>", "", ""),
        ("", f"<h1>{HEAD}</h1>", f"{HEAD} | Local news | Harbour Post", ""),
        ("", f"<h2>{HEAD}</h2>", f"{HEAD} | Local | Harbour Post", ""),
        ("", f"<h1>{HEAD}</h1>", "Harbour Post", LOGO),
        (og(HEAD), f"<h2>{HEAD}</h2>", f"{HEAD} - Harbour Post", LOGO),
        ("", f"<h2>{HEAD}</h2>", f"Harbour Post » {HEAD}", LOGO),
        (node(f"<b>{HEAD}</b>"), f"<h1>{HEAD}</h1>", "", ""),
        (node(f"{HEAD} | Norvale Courier"), f"<h1>{HEAD}</h1>", "", ""),
        ("", "<h1>North quay<br>to close for six weeks</h1>", f"{HEAD} | HP", ""),
    ],
)
def test_a_headline_is_without_kicker_section_and_outlet(head: str, body: str, title: str, before: str) -> None:
    assert headline(head, body, title, before) == HEAD


@pytest.mark.parametrize(
    ("stated", "shown"),
    [
        ("Quay closed - for now", "Quay closed - for now"),
        ("Opinion | The quay must not close", "Opinion | The quay must not close"),
        ("Mayor: the quay will close", "The quay"),
        ("The quay will close - an obituary", "Obituaries"),
    ],
)
def test_a_part_of_the_headline_stays(stated: str, shown: str) -> None:
    assert headline(og(stated), f"<h1>{shown}</h1>", f"{stated} - Harbour Post") == stated


@pytest.mark.parametrize("written", ["Mayor &amp; council", "Mayor &amp;amp; council", "Mayor &#38;amp; council"])
def test_a_headline_that_was_escaped_twice_is_read(written: str) -> None:
    assert (
        headline(node(f"{written} say no to the quay"), "<h1>Another line</h1>") == "Mayor & council say no to the quay"
    )
