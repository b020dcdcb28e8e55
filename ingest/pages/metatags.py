"""What a page states about its article in its head: OpenGraph, Dublin Core and the many names of the same thing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import unescape

from lxml.html import HtmlElement

from ingest.text import one_line

# In order of trust. OpenGraph's title is written for sharing, Dublin Core's for the library.
TITLE = "dc.title dcterms.title dcterm.title og.title headline parsely-title weibo.article.title twitter.title".split()
OUTLET = "og.site_name dc.publisher dcterms.publisher publisher application-name".split()
AUTHOR = (
    "author article.author parsely-author dc.creator dcterms.creator dcterm.creator byl sailthru.author citation_author"
).split()
PUBLISHED = (
    "article.published_time og.article.published_time og.published_time article.published parsely-pub-date"
    " rnews.datepublished datepublished dcterms.issued dc.date.issued dcterms.created dc.date.created"
    " originalpublicationdate publishdate publish-date publication_date pubdate citation_publication_date"
).split()
UPDATED = (
    "article.modified_time og.article.modified_time og.updated_time article.modified datemodified dcterms.modified"
    " dc.date.modified last-modified"
).split()
LANGUAGE = ["og.locale", "content-language", "dc.language", "language"]

Tags = Mapping[str, tuple[str, ...]]

_LONGEST = 2000
_NAMED = "property", "name", "itemprop", "http-equiv"
_PARSELY = {"title": "parsely-title", "pub_date": "parsely-pub-date", "author": "parsely-author"}


def read_tags(tree: HtmlElement) -> Tags:
    """Contents by name, written "og.title", in the order of the page. One tag may state several names."""
    found: dict[str, tuple[str, ...]] = {}
    for tag in tree.iter("meta"):
        content = one_line(unescape(tag.get("content") or "")[:_LONGEST])
        stated = {name.replace(":", "."): content for key in _NAMED for name in tag.get(key, "").lower().split()}
        for name, value in (stated | _parsely(content) if "parsely-page" in stated else stated).items():
            if value:
                found[name] = (*found.get(name, ()), value)
    return found


def first(tags: Tags, names: list[str]) -> str:
    """The first content of the first of the names that the page states, else ""."""
    return next((tags[name][0] for name in names if name in tags), "")


def every(tags: Tags, names: list[str]) -> tuple[str, ...]:
    """All contents of the first of the names that the page states."""
    return next((tags[name] for name in names if name in tags), ())


def _parsely(content: str) -> dict[str, str]:
    """An older form of the parsely tags: all of them as JSON in one."""
    try:
        fields = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    stated = fields if isinstance(fields, dict) else {}
    return {name: one_line(str(stated[key])) for key, name in _PARSELY.items() if stated.get(key)}
