"""A PDF to the fields of its article, and its pages to lines in the order in which they are read."""

from __future__ import annotations

import io
import re
import time
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import pairwise
from pathlib import Path
from statistics import median

from ingest.text import one_line, word_count
from vectorstore.errors import RejectedDocument

_MOST_PAGES = 200
_MOST_CHARACTERS = 2_000_000
_SECONDS = 6.0
_FEWEST_WORDS = 25
# What word processors write where nobody gave a title.
_NO_TITLE = re.compile(r"^(untitled|microsoft word\b.*|document\d*|.*\.(docx?|pdf|indd|qxd|tex))$", re.IGNORECASE)


def read_pdf(content: bytes) -> dict[str, object]:
    """The title and the text of at most 200 pages. Its dates stay unknown: those of a PDF are those of the file.

    Raises RejectedDocument, also when its pages take more than 6 seconds of the processor. A single page can take for
    ever: callers read what strangers wrote through ingest.formats.sandbox.
    """
    import logging

    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        raise RejectedDocument("is locked with a password; save it without")
    if len(reader.pages) > _MOST_PAGES:
        raise RejectedDocument(f"has {len(reader.pages)} pages, and {_MOST_PAGES} is the most that is read")
    text = _text(reader.pages)
    if word_count(text) < _FEWEST_WORDS:
        raise RejectedDocument("holds no text to speak of; a scan must be put through text recognition first")
    title = one_line(str((reader.metadata and reader.metadata.title) or ""))
    return {"title": "" if _NO_TITLE.match(title) else title, "text": text}


def _text(pages: object) -> str:
    deadline = time.process_time() + _SECONDS
    held: list[str] = []
    for page in pages:  # type: ignore[attr-defined]
        fragments: list[Fragment] = []
        text = page.extract_text(visitor_text=partial(_note, fragments))
        held.append(in_reading_order(text, fragments))
        if time.process_time() > deadline or sum(map(len, held)) > _MOST_CHARACTERS:
            raise RejectedDocument(f"was given up after {len(held)} pages: reading it takes too long")
    return flowing("\n".join(without_running_heads(held)))


def _note(
    fragments: list[Fragment], text: str, page: list[float], line: list[float], font: object, size: float
) -> None:
    """Where a piece of text stands: its place in the line's own measure, moved and scaled as the page is."""
    if text.strip():
        x = line[4] * page[0] + line[5] * page[2] + page[4]
        y = line[4] * page[1] + line[5] * page[3] + page[5]
        fragments.append(Fragment(text, x, y, abs(size * line[3] * page[3]) or size))


# Printed units, of which an inch has 72. Lines of one row, and starts of one column, differ by less.
_SAME_ROW, _SAME_START = 3.0, 3.0
_NARROWEST = 80.0
_FEWEST_ROWS, _ROW_WORDS = 4, 3.0
# The width of a character as a share of its height, for telling how far a line reaches.
_CHARACTER = 0.45
_BEYOND = 1.2
# Letters by which a line has to reach over a gutter to run through it, its width being told from their number alone.
_CROSSING, _MOST = 4, 0.7
# How much larger a letter is than the text that it opens.
_DROP_CAP = 1.8
# Characters by which a piece of text is found again.
_TELLING = 20
# Lines at the ends of a page among which its number and a running head are looked for.
_MARGIN = 2
_HYPHEN = re.compile(r"([^\W_]+(?:-[^\W_]+)*)([-\u00ad\u2010])\n\s*([^\W\d_]+)")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_PARAGRAPH = re.compile(r"\n\s*\n|(?<=[.!?:\"”])[ \t]*\n(?=\s*[A-Z\"“])")


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of text as it was printed: where it begins, and how high its letters are."""

    text: str
    x: float
    y: float
    size: float

    @property
    def end(self) -> float:
        return self.x + _CHARACTER * self.size * len(self.text)


def in_reading_order(text: str, fragments: Sequence[Fragment]) -> str:
    """`text` as the file has it, or column by column where it was written row by row over them."""
    starts = _columns(fragments)
    if len(starts) > 1 and _is_interleaved(fragments, starts):
        text = _by_columns(fragments, starts)
    return _with_drop_caps(text, fragments)


def _columns(fragments: Sequence[Fragment]) -> list[float]:
    """Where columns of prose begin, from left to right."""
    begun: Counter[float] = Counter()
    words: Counter[float] = Counter()
    start = -_NARROWEST
    for each in sorted(fragments, key=lambda fragment: fragment.x):
        start = start if each.x - start < _SAME_START else each.x
        begun[start] += 1
        words[start] += len(each.text.split())
    usual = [x for x, times in begun.items() if times >= _FEWEST_ROWS and words[x] >= _ROW_WORDS * times]
    starts: list[float] = []
    rows = _rows(fragments)
    for x in sorted(usual):
        if not starts or (x - starts[-1] > _NARROWEST and _is_gutter(x, rows)):
            starts.append(x)
    return starts


def _is_gutter(x: float, rows: Sequence[Sequence[Fragment]]) -> bool:
    """Whether prose stands on both sides of what begins at `x`, row for row, and hardly a line runs through."""
    beside = crossing = prose = 0
    for row in rows:
        left = [each for each in row if each.x < x - _SAME_START]
        right = [each for each in row if each.x >= x - _SAME_START]
        crossing += any(each.end > x + _CROSSING * each.size for each in left)
        if left and right and right[0].x < x + _SAME_START:
            beside += 1
            prose += min(_words_in(left), _words_in(right)) >= _ROW_WORDS
    return prose >= _FEWEST_ROWS and prose >= _MOST * beside and crossing <= (1 - _MOST) * beside


def _words_in(row: Sequence[Fragment]) -> int:
    return sum(len(each.text.split()) for each in row)


def _column(x: float, starts: Sequence[float]) -> int:
    return max((n for n, start in enumerate(starts) if start <= x + _SAME_START), default=0)


def _is_interleaved(fragments: Sequence[Fragment], starts: Sequence[float]) -> bool:
    """Whether the file goes from a column to one on its left again and again on the way down."""
    back = sum(
        _column(after.x, starts) < _column(before.x, starts) and after.y < before.y
        for before, after in pairwise(fragments)
    )
    return back >= _FEWEST_ROWS - 1


def _by_columns(fragments: Sequence[Fragment], starts: Sequence[float]) -> str:
    """Rows from the top; one that reaches over several columns ends what stands in them before it."""
    lines: list[str] = []
    held: list[list[str]] = [[] for _ in starts]
    for row in _rows(fragments):
        cells: list[list[Fragment]] = [[] for _ in starts]
        for each in row:
            cells[_column(each.x, starts)].append(each)
        if _spans(row, starts):
            lines += [line for column in held for line in column]
            held = [[] for _ in starts]
            lines += [" ".join(one_line(each.text) for each in row), ""]
            continue
        for column, cell in zip(held, cells, strict=True):
            column += [" ".join(one_line(each.text) for each in cell)] if cell else []
    return "\n".join([*lines, *(line for column in held for line in column)])


def _rows(fragments: Sequence[Fragment]) -> list[list[Fragment]]:
    rows: list[list[Fragment]] = []
    for each in sorted(fragments, key=lambda fragment: -fragment.y):
        if rows and abs(rows[-1][0].y - each.y) < _SAME_ROW:
            rows[-1].append(each)
        else:
            rows.append([each])
    return [sorted(row, key=lambda fragment: fragment.x) for row in rows]


def _spans(row: Sequence[Fragment], starts: Sequence[float]) -> bool:
    """Whether the row is one line over several columns: nothing begins where the second does, and it reaches there."""
    if any(_column(each.x, starts) for each in row):
        return False
    return row[-1].end > starts[0] + _BEYOND * (starts[1] - starts[0])


def _with_drop_caps(text: str, fragments: Sequence[Fragment]) -> str:
    """A large first letter and the rest of its word, which stands at its right, as one word."""
    letters = [each for each in fragments if len(each.text.strip()) == 1 and each.text.strip().isalpha()]
    if not letters:
        return text
    usual = median(each.size for each in fragments for _ in range(min(len(each.text), 50)))
    for cap in letters:
        rest = _beside(cap, fragments) if cap.size > _DROP_CAP * usual else None
        if rest:
            text = _moved(text, cap.text.strip(), _after(cap, fragments), rest.text.strip())
    return text


def _beside(cap: Fragment, fragments: Sequence[Fragment]) -> Fragment | None:
    """The uppermost of the lines that a large letter reaches over."""
    beside = [
        each
        for each in fragments
        if each.size * _DROP_CAP < cap.size
        and cap.x < each.x < cap.x + 2 * cap.size
        and cap.y - _SAME_ROW < each.y < cap.y + cap.size
    ]
    return max(beside, key=lambda each: each.y, default=None)


def _after(cap: Fragment, fragments: Sequence[Fragment]) -> str:
    """The text that follows it in the file."""
    return next((after.text.strip() for before, after in pairwise(fragments) if before is cap), "")


def _moved(text: str, letter: str, after: str, rest: str) -> str:
    """The text with the letter taken from before `after` to the word that it begins."""
    taken = (
        re.compile(rf"(?<!\w){letter}\s*(?={re.escape(after[:_TELLING])})") if after else re.compile(rf"{letter}\s*\Z")
    )
    without = taken.sub("", text, count=1)
    if without == text or rest[:_TELLING] not in without:
        return text
    space = " " if _is_word(letter, rest.split()[0], text) else ""
    return without.replace(rest[:_TELLING], letter + space + rest[:_TELLING], 1)


def _is_word(letter: str, rest: str, text: str) -> bool:
    """Whether the letter is a word itself, as in "A ferry": then the other one stands elsewhere too."""
    return letter in "AIOY" and len(re.findall(rf"(?<!\w){re.escape(rest)}(?!\w)", text)) > 1


def without_running_heads(pages: Sequence[str]) -> list[str]:
    """The pages without the lines that stand at the top or the bottom of several, whatever their numbers."""
    if len(pages) < 2:
        return list(pages)
    ends = Counter(mark for page in pages for mark in {_mark(line) for line in _ends(page)})
    repeated = {mark for mark, times in ends.items() if times > 1 and times >= len(pages) / 3}
    return ["\n".join(_kept(page.split("\n"), repeated)) for page in pages]


def _ends(page: str) -> list[str]:
    lines = list(filter(str.strip, page.split("\n")))
    return lines[:_MARGIN] + lines[max(_MARGIN, len(lines) - _MARGIN) :]


def _kept(lines: Sequence[str], repeated: set[str]) -> list[str]:
    filled = [n for n, line in enumerate(lines) if line.strip()]
    ends = {*filled[:_MARGIN], *filled[-_MARGIN:]}
    return [line for n, line in enumerate(lines) if not (n in ends and _mark(line) in repeated)]


def _mark(line: str) -> str:
    """What two running heads have in common: all but their figures."""
    return re.sub(r"\d+", "#", one_line(line)).casefold()


def flowing(lines: str) -> str:
    """Printed lines as paragraphs: words cut at a line's end are joined, lines of one paragraph become one."""
    lines = lines.replace("\r\n", "\n")
    words = Counter(word.casefold() for word in _WORD.findall(_HYPHEN.sub(" ", lines)))
    whole = _HYPHEN.sub(lambda cut: _joined(cut, words), lines)
    return "\n".join(filter(None, map(one_line, _PARAGRAPH.split(whole))))


@lru_cache
def _compounds() -> frozenset[str]:
    data = tomllib.loads(Path(__file__).with_name("pdf.toml").read_text(encoding="utf-8"))
    return frozenset(data["compounds"])


def _joined(cut: re.Match[str], words: Mapping[str, int]) -> str:
    """With its hyphen where that belongs to the word: as the text has it elsewhere, or as such words are written."""
    first, hyphen, second = cut.groups()
    both, joined = f"{first}-{second}", f"{first}{second}"
    if hyphen == "\u00ad" or joined.casefold() in words:
        return joined
    kept = both.casefold() in words or not second[0].islower() or "-" in first or first[-1].isdigit()
    return both if kept or first.casefold() in _compounds() else joined
