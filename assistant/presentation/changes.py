"""What changed between two versions of an article, word by word. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby, pairwise

from assistant.text.labels import clock, day
from assistant.text.texts import number, tr, tr_later
from vectorstore.languages import count_of_words
from vectorstore.models import Article
from vectorstore.sentences import sentence_spans

# Characters of scripts that put no space between words: each is a word of its own.
_HAN = "\u3040-\u30ff\u3400-\u9fff"
_LETTER = rf"[^\W{_HAN}]"
# A word or a mark, with the white space after it; a text may begin with some.
_TOKEN = re.compile(rf"(?:{_LETTER}+(?:['’.,:-]{_LETTER}+)*|[{_HAN}]|[^\w\s])\s*|^\s+")
# Two stretches that share nothing but common words would take minutes to compare, and come out as confetti.
_MOST_PAIRS = 4_000_000
_SHOWN_AROUND = 25

Opcode = tuple[str, int, int, int, int]
Opcodes = Sequence[Opcode]


class ChangeKind(StrEnum):
    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"
    LEFT_OUT = "left out"  # kept words that are not shown; see `around`


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of text with one fate."""

    kind: ChangeKind
    text: str


Inside = Callable[[str, str], Iterator[Stretch]]


@dataclass(frozen=True, slots=True)
class Changes:
    """From `earlier` to `later`. `fields` holds what changed beside the text by its name, such as "Headline"."""

    earlier: Article
    later: Article
    fields: tuple[tuple[str, tuple[Stretch, ...]], ...]
    text: tuple[Stretch, ...]


def changes(earlier: Article, later: Article) -> Changes:
    """What a reader of the earlier version has missed. A change of white space is none."""
    fields = (
        (tr_later("Headline"), earlier.title, later.title),
        (tr_later("Outlet"), earlier.outlet, later.outlet),
        (tr_later("Authors"), ", ".join(earlier.authors), ", ".join(later.authors)),
        (tr_later("Published"), *_moments(earlier.published_at, later.published_at)),
        (tr_later("Updated"), *_moments(earlier.updated_at, later.updated_at)),
    )
    changed = tuple((name, word_runs(before, after)) for name, before, after in fields if before != after)
    return Changes(earlier, later, changed, word_runs(earlier.text, later.text, later.language))


def word_runs(before: str, after: str, language: str = "") -> tuple[Stretch, ...]:
    """The fate of each word: removed ones stand before those that were put in their place.

    What is kept and what is added make up `after`, letter for letter.
    """
    old, new = _sentences(before, language), _sentences(after, language)
    runs = (run for run in _compared(old, new, _opcodes(old, new, junk_popular=True), _words_of) if run.text)
    return tuple(Stretch(kind, "".join(run.text for run in same)) for kind, same in groupby(runs, lambda run: run.kind))


def around(runs: Sequence[Stretch], words: int = _SHOWN_AROUND) -> tuple[Stretch, ...]:
    """The changes with so many kept words before and after each; the rest is told by its number of words."""
    shown: list[Stretch] = []
    for position, run in enumerate(runs):
        before, after = words if position else 0, words if position < len(runs) - 1 else 0
        tokens = _TOKEN.findall(run.text)
        if run.kind is not ChangeKind.KEPT or len(tokens) <= before + after + words:
            shown.append(run)
            continue
        cut = len(tokens) - after
        head, tail = "".join(tokens[:before]), "".join(tokens[cut:])
        words_left = number(count_of_words("".join(tokens[before:cut])))
        left_out = f"… {tr('{n} words unchanged', n=words_left)} … "
        shown += [Stretch(ChangeKind.KEPT, head)] * bool(head) + [Stretch(ChangeKind.LEFT_OUT, left_out)]
        shown += [Stretch(ChangeKind.KEPT, tail)] * bool(tail)
    return tuple(shown)


def _moments(before: datetime | None, after: datetime | None) -> tuple[str, str]:
    same_day = before and after and before.date() == after.date()
    named: Callable[[datetime], str] = clock if same_day else day
    return named(before) if before else "", named(after) if after else ""


def _compared(before: Sequence[str], after: Sequence[str], opcodes: Opcodes, inside: Inside) -> Iterator[Stretch]:
    """What is kept, and of what was replaced the runs that are found `inside` it."""
    for tag, i1, i2, j1, j2 in opcodes:
        if tag == "equal":
            yield Stretch(ChangeKind.KEPT, "".join(after[j1:j2]))
        else:
            yield from inside("".join(before[i1:i2]), "".join(after[j1:j2]))


def _words_of(before: str, after: str) -> Iterator[Stretch]:
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    if len(old) * len(new) > _MOST_PAIRS:
        return _replaced(before, after)
    return _compared(old, new, _legible(_opcodes(old, new, junk_popular=False)), _replaced)


def _replaced(before: str, after: str) -> Iterator[Stretch]:
    yield Stretch(ChangeKind.REMOVED, before)
    yield Stretch(ChangeKind.ADDED, after)


def _opcodes(before: Sequence[str], after: Sequence[str], junk_popular: bool) -> Opcodes:
    """Those of difflib, white space aside."""
    old, new = ([" ".join(piece.split()) for piece in pieces] for pieces in (before, after))
    return SequenceMatcher(None, old, new, autojunk=junk_popular).get_opcodes()


def _legible(opcodes: Opcodes) -> list[Opcode]:
    """A kept stretch that is shorter than the changes on both sides of it is made part of them.

    After the semantic clean-up in Neil Fraser's diff-match-patch: a rewritten sentence is not read as scattered words
    that happen to be in both.
    """
    legible: list[Opcode] = []
    for opcode in opcodes:
        legible.append(opcode)
        while len(legible) > 2 and legible[-2][0] == "equal" and _size(legible[-2]) < min(map(_size, legible[-3::2])):
            (_, i1, _, j1, _), _, (_, _, i2, _, j2) = legible[-3:]
            legible[-3:] = [("replace", i1, i2, j1, j2)]
    return legible


def _size(opcode: Opcode) -> int:
    _, i1, i2, j1, j2 = opcode
    return max(i2 - i1, j2 - j1)


def _sentences(text: str, language: str) -> list[str]:
    """Each with the white space up to the next."""
    starts = [start for start, _ in sentence_spans(text, language)]
    cuts = [0, *starts[1:], len(text)]
    return [text[start:end] for start, end in pairwise(cuts)]
