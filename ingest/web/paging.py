"""The pages that one story goes on over: which of the links of a page lead to them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from urllib.parse import parse_qsl, urljoin, urlsplit

from ingest.identity import host_name
from ingest.web.fetch import FetchedPage
from vectorstore.errors import PageGone

MOST_PAGES = 20
_LINK = re.compile(rb"<(?:a|link)\b[^>]{0,500}>", re.IGNORECASE)
_STATED = re.compile(r"""\b(rel|href)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
_RELATIONS = "next", "prev", "canonical"
_MENTIONED = re.compile(rb"""\brel\s*=\s*(?:["']\s*)?(?:next|prev)\b""", re.IGNORECASE)
# What may stand behind the path of the first page: "/2", "/page/2", "/seite-2", "_2" before the suffix. With a hyphen,
# it is the name of another story: so many sites tell two apart that have one headline.
_IN_PATH = re.compile(r"(?:/(?:[a-z]{1,10}[/-]?)?|[_,])(\d{1,2})/?")
_AT_END = tuple(re.compile(rf"{mark}\d{{1,2}}(?=/?$|\.\w{{2,5}}$)") for mark in ("[/_,]", "/[a-z]{1,10}[/-]?"))

Get = Callable[[str], FetchedPage]


def whole_story(page: FetchedPage, get: Get) -> tuple[FetchedPage, ...]:
    """The first page of the story that the page belongs to, and those that follow it, 20 at most.

    Only what is numbered as a page of the same address belongs to it: most sites link stories with each other by the
    same relations. Raises FetchFailed where one of the pages cannot be read now.
    """
    pages = [_first(page, get)]
    while len(pages) < MOST_PAGES:
        following = _links(pages[-1]).get("next", "")
        if number_of(following, pages[0].url) != len(pages) + 1:
            break
        try:
            pages.append(get(following))
        except PageGone:
            break  # it says that there is more, and there is not
    return tuple(pages)


def _first(page: FetchedPage, get: Get) -> FetchedPage:
    """The page itself, unless it is a later one: then the one that it calls canonical, or what stands before it all."""
    for _ in range(MOST_PAGES):
        links = _links(page)
        named = [links[name] for name in ("canonical", "prev") if name in links]
        if first := next((base for base in named if _is_later(page.url, base, links)), ""):
            return get(first)
        if "prev" not in links or not any(_is_later(page.url, base, links) for base in _guessed(page.url)):
            break
        page = get(links["prev"])
    return page


def number_of(url: str, base: str) -> int:
    """Of the story that begins at `base`, the page that the address names by its number; 0 where it names none."""
    try:
        asked, first = urlsplit(url), urlsplit(base)
    except ValueError:
        return 0
    if not url or host_name(url) != host_name(base):
        return 0
    if asked.path.rstrip("/") == first.path.rstrip("/"):
        known = parse_qsl(first.query, keep_blank_values=True)
        more = [each for each in parse_qsl(asked.query, keep_blank_values=True) if each not in known]
        fits = len(more) == 1 and len(parse_qsl(asked.query, keep_blank_values=True)) == len(known) + 1
        return _counted(more[0][1]) if fits else 0
    return _counted_in(asked.path, first.path) if asked.query == first.query else 0


def _counted_in(path: str, first: str) -> int:
    stem, dot, suffix = first.rpartition(".")
    if dot and "/" not in suffix and path.endswith(f".{suffix}") and path.startswith(stem):
        found = _IN_PATH.fullmatch(path[len(stem) : -len(suffix) - 1])
    else:
        plain = first.rstrip("/")
        found = _IN_PATH.fullmatch(path[len(plain) :]) if plain and path.startswith(plain) else None
    return _counted(found[1]) if found else 0


def _counted(digits: str) -> int:
    number = int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 3 else 0
    return number if 1 < number <= MOST_PAGES else 0


def _guessed(url: str) -> Iterator[str]:
    """Where the story of this page could begin."""
    parts = urlsplit(url)
    given = parts.query.split("&")
    yield from (parts._replace(query="&".join(each for each in given if each != left)).geturl() for left in given)
    yield from (parts._replace(path=pattern.sub("", parts.path)).geturl() for pattern in _AT_END)


def _is_later(url: str, base: str, links: dict[str, str]) -> bool:
    """Whether it is a later page of what begins at `base`: the pages beside it have the numbers beside its own."""
    number = number_of(url, base)
    before, after = links.get("prev", ""), links.get("next", "")
    begins = number == 2 and before.rstrip("/") == base.rstrip("/")
    return number > 0 and (begins or number_of(before, base) == number - 1 > 0 or number_of(after, base) == number + 1)


def _links(page: FetchedPage) -> dict[str, str]:
    """The first address of each relation."""
    found: dict[str, str] = {}
    if not _MENTIONED.search(page.content):
        return found
    for tag in _LINK.finditer(page.content):
        stated = {each[1].lower(): each[2] or each[3] or each[4] or "" for each in _attributes(tag[0])}
        for relation in stated.get("rel", "").lower().split():
            if relation in _RELATIONS and stated.get("href"):
                found.setdefault(relation, _absolute(page.url, unescape(stated["href"])))
    return found


def _attributes(tag: bytes) -> Iterator[re.Match[str]]:
    return _STATED.finditer(tag.decode("utf-8", "replace"))


def _absolute(base: str, address: str) -> str:
    try:
        return urljoin(base, address.strip()).partition("#")[0]
    except ValueError:
        return ""
