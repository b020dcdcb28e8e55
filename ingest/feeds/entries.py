"""What feeds list, however they are written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from ingest.identity import canonical_url, web_address

MOST_TITLE = 500


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One item of a feed. `id`, `url` and the dates are as the feed states them, the rest is plain text.

    `text` is the longest that the feed itself has of the article, which may be all of it, a teaser or "". `shared` is
    an address that other items have too, so that what stands there is none of them.
    """

    id: str
    url: str
    title: str = ""
    published_at: datetime | None = None
    updated_at: datetime | None = None
    authors: tuple[str, ...] = ()
    text: str = ""
    shared: str = ""

    @property
    def address(self) -> str:
        """The canonical form of its address, "" where it has none of the web."""
        return canonical_url(self.url) if web_address(self.url) else ""


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed or a sitemap lists, in its order. `link` is the site that it belongs to; `dialect` is feedparser's
    name for how it is written, "" for what is no feed at all. What is `damaged` may end before its last entries."""

    title: str
    link: str
    language: str
    entries: tuple[FeedEntry, ...]
    dialect: str = ""
    damaged: bool = False


def told_apart(feed: Feed) -> Feed:
    """Items of different names with one address for all, as of a page on how a service does, are items of their own:
    at the address that is such a name, or without any. Places on one page are of that page."""
    named: dict[str, list[FeedEntry]] = defaultdict(list)
    for entry in feed.entries:
        named[entry.address].append(entry)
    shared = {address for address, entries in named.items() if address and _differ(entries)}
    return replace(feed, entries=tuple(_on_its_own(each) if each.address in shared else each for each in feed.entries))


def _differ(entries: Iterable[FeedEntry]) -> bool:
    ids, titles, urls = ({getattr(each, name) for each in entries} for name in ("id", "title", "url"))
    return len(ids) > 1 and len(titles) > 1 and len(urls) == 1 and "" not in ids


def _on_its_own(entry: FeedEntry) -> FeedEntry:
    own = web_address(entry.id)
    if own and canonical_url(own) != entry.address:
        return replace(entry, url=own)
    return replace(entry, url="", shared=entry.url)
