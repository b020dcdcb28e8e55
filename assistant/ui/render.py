"""The ground of everything drawn: text that stays text, dates, links and counts. Pure.

Whatever comes from an article, a reader or a model passes through `shown` (or `href`) on its way to the page,
and every page fragment is built from what is here.
"""

from __future__ import annotations

import re
from datetime import datetime
from html import escape
from urllib.parse import urlsplit

from assistant.text.labels import clock, day, marks
from assistant.text.labels import count as count
from assistant.text.texts import tr
from vectorstore.characters import without_hidden
from vectorstore.models import Article, Entry

# Control characters, the bidi characters that turn the order of letters around, and lone surrogates (which
# cannot be sent as UTF-8 at all). Tabs and line ends are text.
SUBSTITUTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_NOT_IN_AN_ADDRESS = re.compile(r"[\s\x00-\x20\x7f-\x9f\\]")


def shown(text: str) -> str:
    """Text as HTML that a browser shows letter for letter, also inside an attribute's double quotes; what nobody would
    see is left out."""
    return escape(legible(text))


def legible(text: str) -> str:
    """Text without the characters that do something unseen."""
    return without_hidden(SUBSTITUTED.sub("\N{REPLACEMENT CHARACTER}", text))


def isolated(text: str) -> str:
    """Text inside a line of other text, so that a right-to-left headline does not reorder what follows it."""
    return f"<bdi>{shown(text)}</bdi>"


def is_web_address(url: str) -> bool:
    """Whether an address may become a link: http or https, with a host."""
    if _NOT_IN_AN_ADDRESS.search(url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme.lower() in {"http", "https"} and bool(parts.netloc)


def link(url: str, text: str) -> str:
    """A link to an article's own address that tells the other side nothing; empty when the address is none."""
    if not is_web_address(url):
        return ""
    return f'<a href="{shown(url)}" target="_blank" rel="noopener noreferrer nofollow">{shown(text)}</a>'


def headline(article: Article | Entry) -> str:
    return article.title or tr("Untitled article")


def byline(article: Article | Entry) -> str:
    """Outlet and date as one line of plain text; the date is the publisher's, never that of fetching."""
    return " · ".join(filter(None, (article.outlet, day(article.published_at))))


def byline_html(article: Article | Entry) -> str:
    return beside(article.outlet, day(article.published_at))


def beside(*parts: str) -> str:
    """Those that say something, each in the direction of its own words: an Arabic date beside an English name."""
    return " · ".join(isolated(part) for part in parts if part)


def time_html(moment: datetime, words: str) -> str:
    """Words for a time, with the whole of it for who points at them."""
    return f'<time datetime="{moment.isoformat()}" title="{shown(clock(moment))}">{shown(words)}</time>'


def marks_html(article: Article | Entry) -> str:
    """What to know before relying on an article; empty for most."""
    return "".join(map(label_html, marks(article)))


def label_html(words: str) -> str:
    return f' <span class="label">{shown(words)}</span>'


def link_html(leads: str, answer: int = 0) -> str:
    """What copies the link to a part of the page; to an answer of the conversation that is shown by its number."""
    to = f' data-answer="{answer}"' if answer else ""
    return (
        f'<button type="button" class="quiet" data-link="{shown(leads)}"{to} data-copied="{tr("Copied")}">'
        f"{tr('Copy link')}</button>"
    )
