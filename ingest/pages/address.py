"""Which address a page has: the one that it states for itself, where it may and where that is believable."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from lxml.html import HtmlElement

from ingest.identity import canonical_url, host_name, web_address

_TWIN_HOSTS = re.compile(r"^(?:m|amp|mobile)\.")
_TELLING = re.compile(r"[^\W\d_]{4,}|\d{5,}")
# What names an article without a word of its headline: an identifier, or a slug of so many words.
_IDENTIFIER = re.compile(r"\d{5,}|(?!(?:19|20)\d\d)\d{4}|[0-9a-f]{8,}")
_WORDS_OF_A_SLUG = 3
# In the query of a path that shows every article of its site, which one: id=7.
_NUMBER_OF_ONE = re.compile(r"(?:^|&)(?:\w*id|art|article|story|news|nr|no)=\w*\d", re.IGNORECASE)
# Of a page in a file nothing else is known: there an address of so many parts is believed.
_DEEP = 3
_FRONT = re.compile(r"/(?:index|default)\.\w{3,5}$", re.IGNORECASE)
_PAGE = re.compile(r"page|pg|p|seite|pagina|página|sida|str|strona", re.IGNORECASE)
_PAGE_IN_PATH = re.compile(r"/(?:(?:page|seite|pagina)[/-]?)?(\d{1,2})/?$")
_MOST_PAGES = 99


def base(tree: HtmlElement, read_from: str) -> str:
    """What relative addresses of the page stand under: its <base>, else where it was read."""
    stated = next((each.get("href", "") for each in tree.iter("base") if each.get("href")), "")
    return absolute(read_from, stated) or read_from


def absolute(under: str, address: str) -> str:
    try:
        return urljoin(under, address.strip()) if address else ""
    except ValueError:
        return ""


def link(tree: HtmlElement, relation: str, *tags: str) -> str:
    """The address of the first <link>, or one of the other tags, with this relation; "" for none."""
    links = (each for each in tree.iter("link", *tags) if relation in each.get("rel", "").lower().split())
    return next((each.get("href", "") for each in links), "")


def own_address(read_from: str, canonical: str, headline: str) -> str:
    """The canonical address, unless it is another site's, a front page's or one that many pages have."""
    canonical = web_address(canonical)
    if not canonical or not _names_an_article(canonical, read_from, headline):
        return read_from
    if not read_from:
        return canonical
    own = _twinless(canonical) == _twinless(read_from)
    names_a_page = _FRONT.sub("", urlsplit(canonical).path).strip("/") or not urlsplit(read_from).path.strip("/")
    return canonical if own and names_a_page else read_from


def _names_an_article(canonical: str, read_from: str, headline: str) -> bool:
    path = _FRONT.sub("", urlsplit(canonical).path).rstrip("/")
    own = urlsplit(read_from)
    if not path or (not read_from and path.count("/") >= _DEEP):
        return True  # of a path that is empty the rest decides
    if path == own.path.rstrip("/"):
        return not _NUMBER_OF_ONE.search(own.query) or _NUMBER_OF_ONE.search(urlsplit(canonical).query) is not None
    last = path.rsplit("/", 1)[-1].casefold()
    # Of an address within the section that is said to be the page's, the section says nothing of the story.
    within = own.path.startswith(f"{path}/")
    known = set(_TELLING.findall(f"{'' if within else own.path} {own.query} {headline}".casefold()))
    long = len(re.findall(r"[^\W_]+", last)) >= _WORDS_OF_A_SLUG
    parts = set(_TELLING.findall(last)) & known
    return long or bool(parts) or bool(_IDENTIFIER.search(urlsplit(canonical).query + last))


def _twinless(url: str) -> str:
    return _TWIN_HOSTS.sub("", host_name(url))


def of_page(address: str, read_from: str, following: str) -> str:
    """The address of a later page of a story: each of them states the first page's for its own.

    `following` is the page that it says comes next."""
    number, first = _numbered(read_from)
    if number > 1 and first == _numbered(address)[1] and _numbered(address)[0] < number:
        return read_from
    after, of_story = _numbered(following)
    if after > 2 and _numbered(address) == (1, of_story):
        return _renumbered(following, after, after - 1)
    return address


def _numbered(url: str) -> tuple[int, str]:
    """Which page of a story an address is, from 1, and the address of the whole."""
    if not url:
        return 0, ""
    parts = urlsplit(canonical_url(url))
    query = parse_qsl(parts.query, keep_blank_values=True)
    number = next(iter(_numbers(query)), 0)
    if number:
        rest = [(name, value) for name, value in query if not (_PAGE.fullmatch(name) and value == str(number))]
        return number, urlunsplit(parts._replace(query=urlencode(rest)))
    in_path = _PAGE_IN_PATH.search(parts.path)
    if in_path:
        return int(in_path[1]), urlunsplit(parts._replace(path=parts.path[: in_path.start()]))
    return 1, urlunsplit(parts)


def _numbers(query: list[tuple[str, str]]) -> Iterator[int]:
    for name, value in query:
        if _PAGE.fullmatch(name) and value.isdecimal() and 0 < int(value) <= _MOST_PAGES:
            yield int(value)


def _renumbered(url: str, old: int, new: int) -> str:
    parts = urlsplit(url)
    query = re.sub(rf"((?:{_PAGE.pattern})=){old}(?!\d)", rf"\g<1>{new}", parts.query, flags=re.IGNORECASE)
    if query != parts.query:
        return urlunsplit(parts._replace(query=query))
    return urlunsplit(parts._replace(path=re.sub(rf"{old}(/?)$", rf"{new}\1", parts.path)))
