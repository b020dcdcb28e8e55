"""What a publisher states about an article, field by field, checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from ingest.dates import parse_date
from ingest.formats.exports import known, language_of
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
