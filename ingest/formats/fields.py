"""What a publisher states about an article, field by field, checked; rows of exports and data sets too, whatever their
columns are called: exports.toml has the names."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from html import unescape
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ingest.dates import parse_date
from ingest.documents import Link, Listed, Record, Rejection
from ingest.formats.sandbox import bounded
from ingest.identity import host_name, web_address
from ingest.text import one_line, tidy
from vectorstore.errors import RejectedDocument
from vectorstore.languages import resolved
from vectorstore.models import Article, Correction

FIELDS = ("id", "title", "outlet", "authors", "published_at", "updated_at", "url", "language", "text", "corrections")
_BETWEEN_NAMES = re.compile(r"[;,]|\band\b")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?![a-z0-9])")
_LONGEST_ID = 200
_KINDS: dict[type, str] = {dict: "an object", list: "a list", bool: "true or false", int: "a number", float: "a number"}


def stated(fields: Mapping[str, object]) -> Article:
    """The article that the fields describe; `id`, `title` and `outlet` stay "" where they are not given.

    Names are `id, title, outlet, authors, published_at, updated_at, url, language, text` or one of those that exports
    have for them (exports.toml); only `text` is required, unknown ones are ignored. Raises RejectedDocument naming the
    field that is wrong.
    """
    article = described(fields)
    if not article.text:
        raise RejectedDocument('there is no text in it; give the article in "text"')
    return article


def described(fields: Mapping[str, object]) -> Article:
    """As `stated`, but the text may be missing."""
    given = known(fields)
    return Article(
        id=_identifier(given.get("id")),
        text=tidy(_string(given, "text")),
        title=one_line(_string(given, "title")),
        outlet=one_line(_string(given, "outlet")),
        authors=_authors(given.get("authors")),
        url=web_address(_string(given, "url")),
        published_at=_date(given, "published_at"),
        updated_at=_date(given, "updated_at"),
        language=_language(_string(given, "language")),
        corrections=_corrections(given.get("corrections")),
    )


def completed(read: Article, known: Article) -> Article:
    """What was read, with what only `known` states of the same article; headline and text stay those read."""
    nameless = read.outlet in (host_name(read.url), urlsplit(read.url).netloc)
    return replace(
        read,
        outlet=known.outlet if nameless and known.outlet else read.outlet,
        authors=read.authors or known.authors,
        published_at=read.published_at or known.published_at,
        updated_at=read.updated_at or known.updated_at,
        language=read.language or known.language,
        corrections=read.corrections or known.corrections,
    )


def _string(given: Mapping[str, object], name: str) -> str:
    value = given.get(name, "")
    if isinstance(value, str):
        return value
    raise _wrong(name, value, "text")


def _identifier(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str | None):
        raise _wrong("id", value, "text or a whole number")
    identifier = one_line(value or "")
    if len(identifier) > _LONGEST_ID:
        raise RejectedDocument(f'"id" is longer than {_LONGEST_ID} characters')
    return identifier


def _authors(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        value = _BETWEEN_NAMES.split(re.sub(r"^\s*by\s", "", value, flags=re.IGNORECASE))
    if not isinstance(value, list | None):
        raise _wrong("authors", value, "a list of names or one text")
    names = value or []
    if not all(isinstance(name, str) for name in names):
        raise RejectedDocument('"authors" must hold names as text')
    unique: dict[str, str] = {}
    for name in filter(None, map(one_line, names)):
        unique.setdefault(name.casefold(), name)
    return tuple(unique.values())


def _corrections(value: object) -> tuple[Correction, ...]:
    """Those that an export wrote, each an object with "date" and "text", or that a page has, each a pair; or a text."""
    value = [(None, value)] if isinstance(value, str) else value
    if not isinstance(value, list | None):
        raise _wrong("corrections", value, "a list or one text")
    pairs = [(each.get("date"), each.get("text")) if isinstance(each, dict) else each for each in value or []]
    if not all(isinstance(pair, tuple) and isinstance(pair[1], str) for pair in pairs):
        raise RejectedDocument('"corrections" must hold objects with "date" and "text"')
    return tuple(Correction(parse_date(date), text) for date, said in pairs if (text := one_line(str(said))))


def _language(value: str) -> str:
    """ "en" of "en-GB"; "" for what is no language tag."""
    match = _LANGUAGE.match(language_of(value))
    return match.group() if match else ""


def _date(given: Mapping[str, object], name: str) -> datetime | None:
    """An unreadable date is unknown; only what cannot be a date at all is an error. Months have their names in the
    language of the article, stated or seen."""
    value = given.get(name)
    if isinstance(value, bool | list | dict):
        raise _wrong(name, value, "a date")
    found = parse_date(value)
    if found or not isinstance(value, str) or not value.strip():
        return found  # to see a language takes milliseconds
    return parse_date(value, resolved(_language(_string(given, "language")), _string(given, "text")))


def _wrong(name: str, value: object, expected: str) -> RejectedDocument:
    return RejectedDocument(f'"{name}" must be {expected}, not {_KINDS.get(type(value), type(value).__name__)}')


_ALIKE = re.compile(r"[^a-z0-9.]+")
_MARKUP = re.compile(
    r"</?(?:p|br|div|h[1-6]|ul|ol|li|a|span|em|strong|b|i|blockquote|figure|img)(?:\s[^<>]*)?/?>", re.I
)
_QUOTED_NAME = re.compile(r"'([^']+)'|\"([^\"]+)\"")
_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_MOST_NAMED = 12
_LONGEST_NOTHING = 30
_PARTS_OF_A_DAY = 3


@lru_cache
def _data() -> Mapping[str, Any]:
    data: dict[str, Any] = tomllib.loads(Path(__file__).with_name("exports.toml").read_text(encoding="utf-8"))
    data["cut_short"] = [re.compile(each) for each in data["cut_short"]]
    return data


def rows_in(loaded: object) -> list[object] | None:
    """The list of articles that a JSON file holds under one of the names for it, or None."""
    if not isinstance(loaded, dict):
        return loaded if isinstance(loaded, list) else None
    lists = (found for name in _data()["lists"] if isinstance(found := _within(loaded, name), list))
    singles = ([found] for name in _data()["single"] if isinstance(found := _within(loaded, name), dict))
    rows = next(chain(lists, singles), None)
    rows = rows and [_unwrapped(row) for row in rows]
    if rows is None or "jsonfeed.org" not in str(loaded.get("version")):
        return rows
    about = {name: loaded[own] for name, own in (("outlet", "title"), ("language", "language")) if own in loaded}
    return [{**about, **row} if isinstance(row, dict) else row for row in rows]


def _unwrapped(row: object) -> object:
    held = row.get(_data()["wrapper"]) if isinstance(row, dict) else None
    return held if isinstance(held, dict) else row


def _within(held: object, path: str) -> object:
    for name in path.split("."):
        held = held.get(name) if isinstance(held, dict) else None
    return held


def row(name: str, identity: str, fields: Mapping[str, object]) -> Record | Link | Listed | Rejection:
    """The article that a row holds; or the address at which it is to be read, with what the row says of it."""
    given = known(fields)
    summary = given.pop("summary", "")
    if text := given.get("text"):
        # Dateline's own rows are text as it stands, also where that is about markup.
        marked = "text" not in fields and isinstance(text, str) and _MARKUP.search(text)
        if not marked:
            return Record(name, identity, fields)
        title = {"title": unescape(headline)} if isinstance(headline := given.get("title"), str) else {}
        return Record(name, identity, {**given, **title, "text": _plain(str(text))})
    summary, url = _plain(str(summary or _cut_text(fields))), given.get("url")
    address = web_address(url) if isinstance(url, str) else ""
    told = Record(address or name, identity, {**given, "text": summary})
    if address:
        return Link(address, told)
    return Listed(name, told, None) if summary else Rejection(name, f"has {without_text(fields)}")


def _plain(text: str) -> str:
    from ingest.formats.markup import plain_text

    return bounded(plain_text, text) if _MARKUP.search(text) else text


def _cut_text(fields: Mapping[str, object]) -> str:
    """As much of a text as a service gave away, without the mark that says so."""
    given = dict(_flat(fields))
    texts = (value for name in _data()["names"]["text"] if isinstance(value := given.get(name), str))
    cut = next((text for text in texts if not web_address(text)), "")
    for mark in _data()["cut_short"]:
        cut = mark.split(cut)[0]
    return cut


def without_text(names: Iterable[str]) -> str:
    """What is wrong with columns or fields of which none is a text or an address."""
    found = [str(name).strip() or '""' for name in names]
    shown = ", ".join(found[:_MOST_NAMED]) + (" ..." if len(found) > _MOST_NAMED else "")
    return f'no "text" and no "url" (it has: {shown or "nothing"}); name the one with the article or its address so'


def names_an_article(names: Iterable[str]) -> bool:
    """Whether a column of these can hold a text, or the address of one."""
    asked = {_alike(name) for name in names}
    return any(asked & set(_data()["names"][field]) for field in ("text", "summary", "url"))


def known(fields: Mapping[str, object]) -> dict[str, object]:
    """The fields that have a value, under Dateline's names, with `summary` for a text that is not the whole.

    An id is that of Dateline's own rows; of a row whose text has another name it is the number in somebody's list.
    """
    given = _as_published(dict(_flat(fields)))
    found = {field: value for field, names in _data()["names"].items() if (value := _first(field, names, given))}
    if "text" in found and "text" not in given:
        found.pop("id", None)
    return found | _outlet_of(found, given)


def _as_published(given: dict[str, object]) -> dict[str, object]:
    """Without the dates of whoever kept the row, and with the names of people as they are spoken."""
    for rule in _data()["kept"]:
        if given.keys() & set(rule["beside"]):
            given = {name: value for name, value in given.items() if name not in rule.get("not", ())}
            if rule.get("family_first"):
                given |= {name: _given_name_first(given[name]) for name in ("author", "authors") if name in given}
    return given


def _outlet_of(found: Mapping[str, object], given: Mapping[str, object]) -> dict[str, object]:
    """An outlet that is an address is that of the article, and one that is a host is named as a reader does."""
    outlet = found.get("outlet")
    if not isinstance(outlet, str):
        return {}
    about = {}
    if web_address(outlet):
        others = [name for name in _data()["names"]["outlet"] if name != "source"]
        page = outlet if urlsplit(outlet).path.strip("/") else ""  # else it is the outlet's own
        about = {"url": found.get("url") or page}
        outlet = _first("outlet", others, given) or host_name(outlet)
    return about | {
        "outlet": outlet.removeprefix("www.") if isinstance(outlet, str) and _HOST.fullmatch(outlet) else outlet
    }


def _flat(fields: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """The names alike, those of objects within with a dot, without what has no value; the first of each wins."""
    seen = set()
    for name, value in fields.items():
        inner = value.items() if isinstance(value, dict) else ()
        for each, held in [(_alike(name), value), *((f"{_alike(name)}.{_alike(key)}", of) for key, of in inner)]:
            if held not in (None, "", [], {}) and each not in seen and not _is_nothing(held):
                seen.add(each)
                yield each, held


def _is_nothing(value: object) -> bool:
    return isinstance(value, str) and len(value) < _LONGEST_NOTHING and value.strip().lower() in _data()["nothing"]


def language_of(name: str) -> str:
    """The code of a language that has another name, such as "English" or "eng"; else the name."""
    name = name.strip().lower()
    return next((code for code, names in _data()["languages"].items() if name in names), name)


def _alike(name: object) -> str:
    return _ALIKE.sub("", str(name).lower())


def _first(field: str, names: list[str], given: Mapping[str, object]) -> object:
    """The value under the first of the names that has one of the right kind; else what is wrong, under the own name."""
    for name in names:
        value = _READ[field](given.get(name)) if field in _READ else given.get(name)
        if value is not None and _fits(field, value, name == names[0]):
            return value
    wrong = given.get(names[0])
    return None if field == "text" and isinstance(wrong, str) else wrong


def _fits(field: str, value: object, own: bool) -> bool:
    """Whether it can be the field's: under an own name all but an object, which is told to be wrong."""
    if field == "summary":
        return isinstance(value, str)
    if field == "text" and isinstance(value, str):
        return not (web_address(value) or any(mark.search(value) for mark in _data()["cut_short"]))
    if own or field in ("published_at", "updated_at"):
        return not isinstance(value, dict)
    return isinstance(value, str | list) if field == "authors" else isinstance(value, str)


def _names_in(value: object) -> object:
    """Names given as objects, or as a list that somebody printed into a cell."""
    if isinstance(value, list):
        names = [_spoken(each) if isinstance(each, dict) else each for each in value]
        return [name for name in names if name]
    if isinstance(value, str) and value.startswith("[") and value.endswith("]"):
        return [one or other for one, other in _QUOTED_NAME.findall(value)]
    return value


def _spoken(person: Mapping[str, object]) -> object:
    parts = [person.get("given") or person.get("firstName"), person.get("family") or person.get("lastName")]
    return person.get("name") or person.get("literal") or " ".join(part for part in parts if isinstance(part, str))


def _day_in(value: object) -> object:
    """A day whose parts are given as a list, `[[2026, 11, 12]]`, as text; nothing for a month alone."""
    parts = value[0] if isinstance(value, list) and value else None
    if not isinstance(parts, list):
        return value
    return "-".join(str(part).zfill(2) for part in parts) if len(parts) == _PARTS_OF_A_DAY else None


_READ: Mapping[str, Callable[[object], object]] = {"authors": _names_in, "published_at": _day_in}


def _given_name_first(value: object) -> object:
    """`Tolvanen, Mira; Reke, Jonas` as a list of names as they are spoken."""
    if not isinstance(value, str):
        return value
    return [" ".join(part.strip() for part in reversed(name.split(",", 1))) for name in value.split(";")]
