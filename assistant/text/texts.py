"""The texts that a reader sees, in the reader's language: `tr("Removed {title}.", title=...)`.

The English text is the key: the code can be read, and a text that nobody has translated yet is shown in English. The
other languages stand in locale/*.po, read by Babel when they are first wanted. Which one is meant is set at the rim,
for each event and each request (`reading_in`), and is English anywhere else: in the terminal, for programs. A thread
that goes on for a reader gets it with `contextvars.copy_context()`. An answer speaks the language of its question
(`speaking`), whatever the page is in.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from contextvars import ContextVar
from functools import lru_cache
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from gettext import NullTranslations

    from babel import Locale

CATALOGUES = Path(__file__).parent / "locale"
ENGLISH = "en"
T = TypeVar("T")
COOKIE = "dateline-language"
"""In which a browser keeps the reader's own choice: what is drawn first has to know it."""
ZONE_COOKIE = "dateline-zone"
"""In which a browser says which time zone it is in, such as Europe/Berlin."""
_MOST_ASKED = 20
_ZONE_NAME = re.compile(r"[A-Za-z][\w+-]{0,30}(?:/[\w+-]{1,30}){0,2}", re.ASCII)


class Language(NamedTuple):
    """`tag` is for browsers, `locale` for Babel."""

    name: str
    tag: str
    locale: str
    rtl: bool = False


LANGUAGES: Mapping[str, Language] = {
    "en": Language("English", "en", "en"),
    "de": Language("Deutsch", "de", "de"),
    "es": Language("Español", "es", "es"),
    "fr": Language("Français", "fr", "fr"),
    "pt": Language("Português", "pt-BR", "pt_BR"),
    "ar": Language("العربية", "ar", "ar", rtl=True),
    "hi": Language("हिन्दी", "hi", "hi"),
    "ja": Language("日本語", "ja", "ja"),
    "zh": Language("简体中文", "zh-CN", "zh_Hans_CN"),
}
"""Those with a complete catalogue, by ISO 639-1."""

_current: ContextVar[str] = ContextVar("language", default=ENGLISH)
_zone: ContextVar[ZoneInfo | None] = ContextVar("zone", default=None)


@contextmanager
def reading_in(language: str) -> Iterator[None]:
    """Within, texts are in this language; in English where it is none of ours."""
    before = _current.set(language if language in LANGUAGES else ENGLISH)
    try:
        yield
    finally:
        _current.reset(before)


@contextmanager
def reading_at(zone: ZoneInfo | None) -> Iterator[None]:
    """Within, times are those of this zone; with None they are UTC, and say so."""
    before = _zone.set(zone)
    try:
        yield
    finally:
        _zone.reset(before)


def zone() -> ZoneInfo | None:
    """That of the reader for whom something is drawn now, where it is known."""
    return _zone.get()


def zone_of(headers: Mapping[str, str]) -> ZoneInfo | None:
    """The time zone that the browser has named; None for none, and for one that nobody knows."""
    name = _cookie(headers, ZONE_COOKIE)
    if not _ZONE_NAME.fullmatch(name):
        return None
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        return None


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Within, texts are in this language, the reader's where it is none of ours."""
    with reading_in(language if language in LANGUAGES else _current.get()):
        yield


def each_speaking(language: str, steps: Generator[T]) -> Generator[T]:
    """What the steps make, each `speaking` this language; whoever takes them goes on in their own between two."""
    with closing(steps):
        while True:
            try:
                with speaking(language):
                    made = next(steps)
            except StopIteration:
                return
            yield made


def language() -> str:
    """That of the reader for whom something is drawn now."""
    return _current.get()


def chosen(headers: Mapping[str, str]) -> str:
    """What the reader has set in this browser; "" where it is left to the browser."""
    kept = _cookie(headers, COOKIE)
    return kept if kept in LANGUAGES else ""


def _cookie(headers: Mapping[str, str], name: str) -> str:
    try:
        kept = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return ""
    return kept.value if kept else ""


def wanted(headers: Mapping[str, str]) -> str:
    """The language of a request: what the reader has set, else the first of the browser's that is one of ours."""
    return chosen(headers) or next(
        filter(LANGUAGES.__contains__, _accepted(headers.get("accept-language", ""))), ENGLISH
    )


def _accepted(header: str) -> list[str]:
    """`de-AT,de;q=0.9,en;q=0.8` as de, de, en: the most wanted first, without what is not wanted at all."""
    ranked = []
    for part in header.split(",")[:_MOST_ASKED]:
        found = re.fullmatch(r"\s*([a-z]+)(?:-[\w-]*)?\s*(?:;\s*q\s*=\s*([01](?:\.\d*)?)\s*)?", part, re.IGNORECASE)
        if found and float(found[2] or 1):
            ranked.append((-float(found[2] or 1), found[1].lower()))
    return [name for _, name in sorted(ranked, key=lambda each: each[0])]


def tr(message: str, **values: object) -> str:
    """The text in the reader's language, with the values in place of their names."""
    # The empty one is the key of a catalogue's own head.
    told = message if _current.get() == ENGLISH or not message else _catalogue(_current.get()).gettext(message)
    return told.format(**values) if values else told


def tr_plural(one: str, many: str, n: int, **values: object) -> str:
    """The form for so many; `{n}` in it is the number as people write it."""
    told = (one if n == 1 else many) if _current.get() == ENGLISH else _catalogue(_current.get()).ngettext(one, many, n)
    return told.format(n=number(n), **values)


def tr_later(message: str) -> str:
    """As it is: a text that is looked up by `tr` once its reader is known."""
    return message


def tr_line(line: str) -> str:
    """A line of those parts of Dateline that know of no reader, such as why a document was rejected: by its form, which
    stands in elsewhere.txt. As it is where none fits."""
    if _current.get() != ENGLISH:
        for form, pattern in _forms().items():
            if found := pattern.fullmatch(line):
                return tr(form, **found.groupdict())
    return line


def number(value: float, decimals: int = 0) -> str:
    """`12,000`, `12.000`, `1,5`."""
    if _current.get() == ENGLISH:
        return f"{value:,.{decimals}f}"
    from babel.numbers import format_decimal

    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(value, pattern, locale=LANGUAGES[_current.get()].locale)


def locale() -> Locale | None:
    """For what Babel writes; None for English, whose forms are our own."""
    if _current.get() == ENGLISH:
        return None
    from babel import Locale

    return Locale.parse(LANGUAGES[_current.get()].locale)


@lru_cache(maxsize=1)
def _forms() -> dict[str, re.Pattern[str]]:
    forms = (CATALOGUES / "elsewhere.txt").read_text(encoding="utf-8").splitlines()
    return {form: re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+?)", re.escape(form)), re.DOTALL) for form in forms}


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(language: str) -> NullTranslations:
    from gettext import GNUTranslations
    from io import BytesIO

    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=LANGUAGES[language].locale))
    compiled.seek(0)
    return GNUTranslations(compiled)
