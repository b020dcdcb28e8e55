"""Texts saved from LexisNexis, ProQuest and Factiva: several articles in one file, each under its labels."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from ingest.dates import parse_date
from ingest.text import one_line

Fields = dict[str, object]

_LEXIS_HEAD = re.compile(
    r"^[ \t]*(?:\d+ (?:of|de|di|van) \d+ (?:DOCUMENTS?|DOCUMENTOS|DOCUMENTI|DOCUMENTEN)|Dokument \d+ von \d+)[ \t]*$",
    re.M,
)
_LEXIS_END = re.compile(r"^[ \t]*End of Document[ \t]*$", re.M)
_LEXIS_LENGTH = re.compile(r"^[ \t]*Length:[ \t]*\d+ words", re.M | re.I)
_NEXIS_BODY = re.compile(r"^[ \t]*Body[ \t]*$", re.M)
_NEXIS_TAIL = re.compile(r"^[ \t]*(?:Load-Date:|Classification[ \t]*$|Graphic[ \t]*$)", re.M)
_CAPITALS = re.compile(r"[A-Z -]+:")
_PROQUEST_HEAD = re.compile(r"^[ \t]*Document \d+ of \d+[ \t]*$", re.M)
_PROQUEST_LABEL = re.compile(r"^(?:Full ?text|Publication (?:info|date)|ProQuest document ID)\b", re.M | re.I)
_RULE = re.compile(r"^_{20,}[ \t]*$", re.M)
_FACTIVA_END = re.compile(r"^[ \t]*(?:AN[ \t|]+)?Document [A-Z][A-Z0-9]{3,}\d{6,}\S*[ \t]*$", re.M)
_FACTIVA_TAG = re.compile(r"^([A-Z]{2,3})(?:[ \t]*\||\t|[ \t]{2,}|[ \t]*$)[ \t]*(.*?)\|?$")
_WORDS = re.compile(r"^[ \t]*[\d,.]+ (?:words|Wörter|mots|palabras|parole|woorden)[ \t]*$", re.I)
_HOUR = re.compile(r"[ \t]*\d{1,2}:\d{2}(?:[ \t]*[AP]M)?(?:[ \t]+[A-Z]{2,4})?[ \t]*", re.I)
_COPYRIGHT = re.compile(
    r"^[ \t]*(?:(?:\(c\)|©|copyright)[ ,]*){1,2}(?:19|20)\d\d\b"
    r"|^[ \t]*all rights reserved\b|^[ \t]*alle rechte vorbehalten\b",
    re.I,
)
_EDITION = re.compile(r"\b(?:edition|ausgabe|édition|edición)\b.{0,20}$|^correction appended$", re.I)
_DAY = re.compile(r"\b(?:[^\W\d_]{3,10}\.? \d{1,2}, ?\d{4}|\d{1,2}\.? [^\W\d_]{3,10}\.? \d{4})\b")
_TAIL = 12
_PARAGRAPH = re.compile(r"\n[ \t]*\n")


@lru_cache
def _labels(database: str) -> frozenset[str]:
    data = tomllib.loads(Path(__file__).with_name("databases.toml").read_text(encoding="utf-8"))
    return frozenset(data[database])


def articles_in(text: str) -> list[Fields]:
    """The fields of each article in a text saved from one of these archives; nothing for any other text."""
    text = text.replace("\r\n", "\n").replace("\xa0", " ")
    found: list[Fields] = []
    for pieces, read in _databases(text):
        found = [fields for piece in pieces if (fields := read(piece)) and fields["text"]]
        if found:
            break
    return found


def _databases(text: str) -> Iterator[tuple[Sequence[str], Callable[[str], Fields]]]:
    """How the text would be cut, and read, by each archive whose marks it bears."""
    if _LEXIS_HEAD.search(text):
        yield _LEXIS_HEAD.split(text)[1:], _lexis
    if _LEXIS_END.search(text) and _LEXIS_LENGTH.search(text):
        yield _LEXIS_END.split(text), _nexis
    if (_PROQUEST_HEAD.search(text) or _RULE.search(text)) and _PROQUEST_LABEL.search(text):
        yield _RULE.split(text) if _RULE.search(text) else _PROQUEST_HEAD.split(text), _proquest
    if _FACTIVA_END.search(text):
        yield _FACTIVA_END.split(text), _factiva


def _paragraphs(text: str) -> list[str]:
    return list(filter(None, map(one_line, _PARAGRAPH.split(text))))


def _day(text: str) -> datetime | None:
    """The day in a line that states one, however much else it says."""
    found = parse_date(text)
    if not found and (match := _DAY.search(text)):
        found = parse_date(match[0].replace(",", ", "))
    return found and datetime(found.year, found.month, found.day, tzinfo=UTC)


def _label(line: str, database: str) -> tuple[str, str] | None:
    """The label that a line begins with, in small letters, and what follows it."""
    name, colon, rest = line[:200].partition(":")
    name = name.strip().casefold()
    return (name, rest.strip() + line[200:]) if colon and name in _labels(database) else None


def _lexis(piece: str) -> Fields:
    """Outlet, day, headline, labels, text and again labels, as it was until 2020."""
    blocks = _paragraphs(piece)
    at = next((n for n, block in enumerate(blocks[:6]) if _day(block)), None)
    if at is None:
        return {}
    labelled = [n for n, block in enumerate(blocks) if n > at and _label(block, "lexis")]
    first = labelled[0] if labelled else len(blocks)
    titles = [block for block in blocks[at + 1 : first] if not (_EDITION.search(block) or _COPYRIGHT.search(block))]
    labels = dict(filter(None, (_label(block, "lexis") for block in blocks)))
    return {
        "title": next(iter(titles), ""),
        "outlet": next(iter(blocks[:at]), ""),
        "published_at": _day(blocks[at]),
        "authors": next(filter(None, (labels.get(name) for name in ("byline", "autor", "auteur"))), ""),
        "text": _text(block for block in blocks[first:] if not (_label(block, "lexis") and _CAPITALS.match(block))),
    }


def _text(blocks: Iterable[str]) -> str:
    return "\n".join(block for block in blocks if not _COPYRIGHT.search(block))


def _nexis(piece: str) -> Fields:
    """Headline, outlet and day, labels, "Body" and the text, as it is since. The first may follow a cover."""
    head, body, rest = _parted(piece, _NEXIS_BODY)
    lines = list(filter(None, map(one_line, head.split("\n"))))
    at = max((n for n, line in enumerate(lines) if n > 1 and not _label(line, "lexis") and _day(line)), default=None)
    if not body or at is None:
        return {}
    labels = dict(filter(None, (_label(line, "lexis") for line in lines)))
    return {
        "title": lines[at - 2],
        "outlet": lines[at - 1],
        "published_at": _day(lines[at]),
        "authors": next(filter(None, (labels.get(name) for name in ("byline", "autor", "auteur"))), ""),
        "text": _text(_paragraphs(_parted(rest, _NEXIS_TAIL)[0])),
    }


def _parted(text: str, by: re.Pattern[str]) -> tuple[str, bool, str]:
    match = by.search(text)
    return (text[: match.start()], True, text[match.end() :]) if match else (text, False, "")


def _proquest(piece: str) -> Fields:
    """The headline, then everything under a label, the text under "Full text"."""
    title, labels, name = "", dict[str, list[str]](), ""
    lines = _PROQUEST_HEAD.sub("", piece).split("\n")
    for at, line in enumerate(lines):
        labelled = _proquest_label(line)
        if labelled and (name != "full text" or _is_tail(lines[at : at + _TAIL])):
            name = labelled[0]
            labels.setdefault(name, []).append(labelled[1])
        elif name:
            labels[name].append(line)
        else:
            title = title or one_line(line)
    held = {name: one_line(" ".join(lines)) for name, lines in labels.items()}
    info = held.get("publication info", "")
    text = "\n".join(labels.get("full text") or labels.get("abstract", []))
    return {
        "title": held.get("title") or title,
        "outlet": re.split(r"[;:,]", held.get("publication title") or info)[0].strip(),
        "published_at": _day(held.get("publication date", "")) or _day(info),
        "authors": [" ".join(map(str.strip, reversed(each.split(",", 1)))) for each in _people(held.get("author", ""))],
        "text": _text(_paragraphs(text)),
    }


def _proquest_label(line: str) -> tuple[str, str] | None:
    name = line.strip().casefold() if len(line) < 40 else ""
    label = (name, "") if name in ("full text", "abstract") else _label(line, "proquest")
    return (label[0].replace("fulltext", "full text"), label[1]) if label else None


def _is_tail(lines: Sequence[str]) -> bool:
    """Whether this line, the next one and most of those after have labels: a sentence that begins like one is followed
    by more of the text."""
    labelled = [_proquest_label(line) is not None for line in filter(str.strip, lines)]
    return all(labelled[:2]) and 2 * sum(labelled) > len(labelled)


def _people(authors: str) -> list[str]:
    return list(filter(None, map(str.strip, authors.split(";"))))


def _factiva(piece: str) -> Fields:
    """Under labels of two capitals, or in the order that Factiva prints where it leaves these out."""
    labels, name = dict[str, list[str]](), ""
    for line in piece.split("\n"):
        match = _FACTIVA_TAG.match(line.strip())
        if match and match[1].casefold() in _labels("factiva"):
            name = match[1]
            labels.setdefault(name, []).append(match[2])
        elif name:
            labels[name].append(line.strip(" |"))
    if not {"HD", "PD"} <= labels.keys():
        return _printed(piece)
    held = {name: one_line(" ".join(lines)) for name, lines in labels.items()}
    text = "\n\n".join("\n".join(labels.get(name, [])) for name in ("LP", "TD"))
    return {
        "title": held["HD"],
        "outlet": held.get("SN", ""),
        "published_at": _day(held["PD"]),
        "authors": held.get("BY", ""),
        "text": _text(_paragraphs(text)),
    }


def _printed(piece: str) -> Fields:
    """Headline, perhaps a byline, the number of words, the day, the outlet, its codes, a copyright line, the text."""
    lines = enumerate(piece.split("\n"))
    rows = [(n, one_line(line)) for n, line in lines if line.strip() and not _HOUR.fullmatch(line)]
    at = next((n for n, (_, row) in enumerate(rows) if _WORDS.match(row)), None)
    day = _day(rows[at + 1][1]) if at is not None and at + 3 < len(rows) else None
    if at is None or day is None:
        return {}
    mark = next((n for n, row in rows[at:] if _COPYRIGHT.search(row)), rows[at + 3][0])
    return {
        "title": next((row for _, row in rows[:at]), ""),
        "outlet": rows[at + 2][1],
        "published_at": day,
        "authors": rows[at - 1][1] if at > 1 else "",
        "text": _text(_paragraphs("\n".join(piece.split("\n")[mark:]))),
    }
