"""The bytes of a JSON Feed (https://jsonfeed.org/version/1.1) to what it lists."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ingest.dates import parse_date
from ingest.feeds.entries import MOST_TITLE, Feed, FeedEntry
from ingest.formats.fragments import plain_text
from ingest.identity import web_address
from ingest.text import one_line
from vectorstore.errors import RejectedDocument

_BOM = b"\xef\xbb\xbf"


def is_json(content: bytes) -> bool:
    """Whether it begins like an object of JSON, which no XML does."""
    return content.removeprefix(_BOM).lstrip().startswith(b"{")


def parse_json_feed(content: bytes) -> Feed:
    """Items that are none are left out. Raises RejectedDocument for what is no JSON."""
    try:
        about = json.loads(content.removeprefix(_BOM).decode("utf-8", "replace"), strict=False)
    except (ValueError, RecursionError) as error:
        raise RejectedDocument(f"is not a JSON Feed that can be read ({type(error).__name__})") from error
    items = about.get("items")
    return Feed(
        title=_line(about.get("title")),
        link=_text(about.get("home_page_url")),
        language=_text(about.get("language")),
        entries=tuple(_entry(item, about) for item in items if isinstance(item, dict)) if items else (),
        dialect="json" if isinstance(items, list) else "",
    )


def _entry(item: Mapping[str, Any], feed: Mapping[str, Any]) -> FeedEntry:
    """`external_url` is what a list of links is about, and `url` then its remark on it: that is the item's own."""
    address = next((url for name in ("url", "external_url") if (url := web_address(_text(item.get(name))))), "")
    told = (_text(item.get("content_text")), *(plain_text(_text(item.get(n))) for n in ("content_html", "summary")))
    identifier = item.get("id")
    return FeedEntry(
        id=str(identifier) if isinstance(identifier, str | int) else "",
        url=address or web_address(_text(identifier)),
        title=_line(item.get("title"))[:MOST_TITLE],
        published_at=parse_date(_text(item.get("date_published"))),
        updated_at=parse_date(_text(item.get("date_modified"))),
        authors=_authors(item) or _authors(feed),
        text=max(told, key=len),
    )


def _authors(given: Mapping[str, Any]) -> tuple[str, ...]:
    """One `author` in its first version, several in the next."""
    listed = given.get("authors")
    people = listed if isinstance(listed, list) else [given.get("author")]
    names = (_line(person.get("name")) for person in people if isinstance(person, dict))
    return tuple(dict.fromkeys(filter(None, names)))


def _line(value: object) -> str:
    return one_line(plain_text(_text(value)))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
