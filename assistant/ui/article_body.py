"""The text of an article as it is read: tables as tables, cited words and the reader's own marks in it. Pure.

Every stretch that is shown carries the offset at which it stands in the article's text (`data-at`), so that a browser
can say which words of the article were selected, whatever is left out between them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from itertools import pairwise

from assistant.text.texts import tr
from assistant.ui.render import SUBSTITUTED, shown
from assistant.ui.render_sources import Span, joined
from vectorstore.characters import hidden_in
from vectorstore.models import Article
from vectorstore.storage.annotations import Mark

_RTL = {"ar", "arc", "ckb", "dv", "fa", "he", "ks", "ku", "ps", "sd", "ug", "ur", "yi"}
_LONGEST_CELL = 160
_RULE = re.compile(r"[\s|:-]*-{3}[\s|:-]*")
_CELL = re.compile(r"[^|]+")
_DIGIT = re.compile(r"\d")
_FULL_STOPS = (".", "!", "?", "…", "。", "।", "؟", "۔")

Own = Sequence[tuple[Span, Mark]]
Row = list[Span]


def body_html(article: Article, cited: Sequence[Span] = (), own: Own = ()) -> str:
    """`own` are the reader's marks, each where it stands in this version."""
    drawing, text = _Drawing(article.text, joined(cited), own), article.text
    parts, at = [], 0
    for start, end, rows in tables(text):
        before = len(text[:start].rstrip("\n"))
        parts += [drawing.stretch(at, max(at, before)), _table(drawing, text, rows)]
        at = end + len(text[end:]) - len(text[end:].lstrip("\n"))  # the table keeps its own distance
    parts.append(drawing.stretch(at, len(text)))
    return f'<div class="text" {directed(article)}>{"".join(parts)}</div>'


def directed(article: Article) -> str:
    """The attributes of what is in the article's language."""
    language = article.language.partition("-")[0].lower()
    if not re.fullmatch(r"[a-z]{2,3}", language):
        return 'dir="auto"'
    return f'lang="{shown(article.language)}" dir="{"rtl" if language in _RTL else "ltr"}"'


def tables(text: str) -> Iterator[tuple[int, int, list[Row]]]:
    """Where lines of cells between pipes stand, from and to, with their rows; each cell is its stretch of the text.

    A row begins and ends with a pipe, or has pipes between short cells; blank lines may stand between rows. None begins
    a table that ends as a sentence does.
    """
    run: list[tuple[int, int, Row]] = []
    for start, end in [*_lines(text), (len(text), len(text))]:
        row = _row(text, start, end)
        if row is None and start < len(text) and not text[start:end].strip():
            continue
        if row is not None and run and len(row) == len(run[0][2]):
            run.append((start, end, row))
            continue
        if len(run) > 1:
            yield run[0][0], run[-1][1], [cells for _, _, cells in run]
        run = [(start, end, row)] if row is not None and not text[start:end].rstrip().endswith(_FULL_STOPS) else []


def _lines(text: str) -> Iterator[Span]:
    at = 0
    for line in text.split("\n"):
        yield at, at + len(line)
        at += len(line) + 1


def _row(text: str, start: int, end: int) -> Row | None:
    line = text[start:end]
    if "|" not in line:
        return None
    fenced = line.strip().startswith("|") and line.strip().endswith("|")
    cells = [(match.start(), match.end()) for match in _CELL.finditer(line)]
    if fenced:
        cells = [each for each in cells if line[: each[0]].strip() and line[each[1] :].strip()]
    if len(cells) < 2 or any(last - first > _LONGEST_CELL for first, last in cells):
        return None
    return [(start + first, start + last) for first, last in cells]


def _table(drawing: _Drawing, text: str, rows: list[Row]) -> str:
    """The first row heads the columns where a rule follows it, or where it has no figure and others do."""
    kept = [row for row in rows if not _RULE.fullmatch(text[row[0][0] : row[-1][1]])]
    figures = [bool(_DIGIT.search(text[row[0][0] : row[-1][1]])) for row in kept]
    heads = len(kept) < len(rows) or (not figures[0] and any(figures[1:]))
    drawn = [_cells(drawing, text, row, heads and number == 0) for number, row in enumerate(kept)]
    table = f"<table><tbody>{''.join(drawn)}</tbody></table>"
    return f'<div class="table" tabindex="0" role="region" aria-label="{tr("Table")}">{table}</div>'


def _cells(drawing: _Drawing, text: str, row: Row, heads: bool) -> str:
    opened, closed = ('<th scope="col">', "</th>") if heads else ("<td>", "</td>")
    return f"<tr>{''.join(f'{opened}{drawing.stretch(*_stripped(text, *cell))}{closed}' for cell in row)}</tr>"


def _stripped(text: str, start: int, end: int) -> Span:
    cell = text[start:end]
    left = len(cell) - len(cell.lstrip())
    return start + left, start + max(left, len(cell.rstrip()))


class _Drawing:
    def __init__(self, text: str, cited: Sequence[Span], own: Own) -> None:
        self._text = SUBSTITUTED.sub("\N{REPLACEMENT CHARACTER}", text)  # a letter for a letter
        self._hidden = hidden_in(self._text)
        self._cited, self._own = cited, own
        spans = [*cited, *(span for span, _ in own), *self._hidden]
        self._cuts = sorted({place for span in spans for place in span})

    def stretch(self, start: int, end: int) -> str:
        cuts = [start, *(cut for cut in self._cuts if start < cut < end), end]
        return "".join(self._piece(*each) for each in pairwise(cuts) if each[0] < each[1])

    def _piece(self, start: int, end: int) -> str:
        """Between two of the places at which something begins or ends."""
        if any(first <= start and end <= last for first, last in self._hidden):
            return ""
        html = f'<span data-at="{start}">{escape(self._text[start:end])}</span>'
        for (first, last), mark in self._own:
            if first <= start and end <= last:
                told = tr("Marked by you: {note}", note=mark.note) if mark.note else tr("Marked by you")
                html = f'<span class="own" data-mark="{mark.key}" title="{shown(told)}">{html}</span>'
        for first, last in self._cited:
            if first <= start and end <= last:
                html = f'<mark data-start="{first}" data-end="{last}">{html}</mark>'
        return html


def placed(article: Article, marks: Sequence[Mark]) -> tuple[list[tuple[Span, Mark]], list[Mark]]:
    """The marks that can be shown in this version, with their places; and those whose words are not in it, or in it
    several times."""
    here: list[tuple[Span, Mark]] = []
    elsewhere = []
    for mark in marks:
        at = mark.start if mark.version == article.version else article.text.find(mark.words)
        end = at + len(mark.words)
        again = mark.version != article.version and article.text.find(mark.words, at + 1) >= 0
        if at < 0 or again or article.text[at:end] != mark.words:
            elsewhere.append(mark)
        else:
            here.append(((at, end), mark))
    return here, elsewhere
