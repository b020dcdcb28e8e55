"""Where sentences begin and end, as offsets, so that nothing downstream has to search for its own text again."""

from __future__ import annotations

import re
from collections.abc import Iterator

# A full stop after one of these ends a name or a short form, not a sentence.
_SHORT_FORMS = frozenset(
    "mr mrs ms dr prof st sr jr gen col lt sgt capt cmdr adm rev hon gov sen rep pres nos vs etc inc ltd co corp "
    "dept est fig al approx jan feb mar apr jun jul aug sep sept oct nov dec mt ft ave blvd rd u.s u.k u.n e.u d.c a.m "
    "p.m e.g i.e ph.d".split()
)
_CLOSERS = "\"'”’»)]"
_BREAK = re.compile(
    # A stop, what closes a quotation, then space. No run of stops is read twice, or a page of dots would take minutes.
    rf"(?<![.!?…])(?P<stop>[.!?…]++)[{re.escape(_CLOSERS)}]*+(?=\s)"
    r"|[。！？]+[」』”’）]*"  # scripts that put no space after a stop
    r"|\n\s*\n|\n(?=\s*[-*•]\s)|\n"  # a line of its own is a sentence of its own: headings, list items
)
_LAST_WORD = re.compile(r"[\w.]+$")


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Offsets `(start, end)` of each sentence in order, without surrounding space; never empty ones.

    Every character that is not white space lies in exactly one span.
    """
    spans = []
    start = 0
    for end in [*_ends(text), len(text)]:
        stripped = text[start:end].strip()
        if stripped:
            begin = start + text[start:end].index(stripped)
            spans.append((begin, begin + len(stripped)))
        start = end
    return spans


def _ends(text: str) -> Iterator[int]:
    for match in _BREAK.finditer(text):
        if _ends_line(text, match) if match["stop"] is None else _ends_sentence(text, match):
            yield match.end()


def _ends_line(text: str, match: re.Match[str]) -> bool:
    """Whether a line ends a sentence too: not where an editor broke it and the next goes on in lower case."""
    return match.group() != "\n" or not text[match.end() : match.end() + 1].islower()


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    following = text[match.end() : match.end() + 40].lstrip(" \t" + _CLOSERS + "“‘«([")
    if following[:1].islower():
        return False  # "what do you mean?" she asked; the U.S. economy
    if match.group() != ".":
        return True  # a question mark, an ellipsis, or a stop that closes a quotation
    word = _LAST_WORD.search(text[max(0, match.start() - 20) : match.start()])
    if word is None:
        return True
    last = word.group().lower()
    if last == "no":
        return not following[:1].isdigit()  # "No. 5"
    initial = len(last) == 1 and last.isalpha() and last != "i"
    return not (initial or last in _SHORT_FORMS)
