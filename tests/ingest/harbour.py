"""Pages about a harbour, put together from the statements that a test is about."""

from __future__ import annotations

import json

from ingest import extract_article
from vectorstore.models import Article

URL = "https://www.bugle.example/2024/harbour"
STORY = [
    f"Councillor {name} told the meeting on Monday that the new pier {claim}, and asked for the plans to be published."
    for name, claim in [
        ("Okafor", "would bring back the night ferry"),
        ("Lindqvist", "costs more than the school it was paid from"),
        ("Marsh", "stands where the old fish market was"),
        ("Abara", "could be finished before the summer"),
    ]
]
SCHEMA: dict[str, object] = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": "Harbour plan passes",
    "datePublished": "2024-03-05T23:30:00-05:00",
    "dateModified": "2024-03-06T09:00:00-05:00",
    "author": [{"@type": "Person", "name": "Jane Doe"}],
    "publisher": {"@type": "Organization", "name": "The Daily Bugle"},
    "inLanguage": "en-GB",
}


def page(head: str = "", body: str = "", story: list[str] = STORY, html: str = "<html>") -> bytes:
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in story)
    return f"<!doctype html>{html}<head>{head}</head><body><article>{body}{paragraphs}</article></body></html>".encode()


def take(head: str = "", body: str = "", url: str = URL) -> Article:
    return extract_article(page(head, body), url)


def schema(data: object = SCHEMA, **changes: object) -> str:
    if isinstance(data, dict):
        data = {**data, **changes}
    return f'<script type="application/ld+json">{data if isinstance(data, str) else json.dumps(data)}</script>'


def metas(**contents: str) -> str:
    return "".join(
        f'<meta property="{name.replace("__", ":")}" content="{content}">' for name, content in contents.items()
    )
