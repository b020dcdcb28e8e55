"""A sitemap's bytes to what it lists. News sitemaps state headline, outlet and date; plain ones only addresses."""

from __future__ import annotations

from datetime import UTC, datetime

from ingest.dates import parse_date
from ingest.feeds.parsing import Entry, Feed
from ingest.formats.xml import local_name, parse_xml, texts
from ingest.identity import web_address
from ingest.text import one_line

# The protocol's own limit for news; of a plain sitemap, which may list a whole archive, as many of the newest.
_MOST = 1000
_NEVER = datetime.min.replace(tzinfo=UTC)


def parse_sitemap(content: bytes) -> tuple[Feed, tuple[str, ...]]:
    """The articles that it lists, and the addresses of further sitemaps, newest first. Raises RejectedDocument."""
    root = parse_xml(content)
    entries: list[Entry] = []
    further: list[tuple[datetime, str]] = []
    for element in root:
        name, held = local_name(element), texts(element)
        address = web_address(held.get("loc", ""))
        if name == "url" and address:
            entries.append(_entry(address, held))
        elif name == "sitemap" and address:
            further.append((parse_date(held.get("lastmod")) or _NEVER, address))
    if len(entries) > _MOST:
        entries.sort(key=lambda entry: entry.published_at or entry.updated_at or _NEVER, reverse=True)
    further.sort(key=lambda each: each[0], reverse=True)
    return Feed("", "", "", tuple(entries[:_MOST])), tuple(address for _, address in further)


def _entry(address: str, held: dict[str, str]) -> Entry:
    """`lastmod` is when the page was touched, be it by a new advertisement: it is nobody's date of an update."""
    return Entry(
        id=address,
        url=address,
        title=one_line(held.get("title", "")) if "publication_date" in held else "",
        published_at=parse_date(held.get("publication_date")),
    )
