"""Copies of real articles and synthetic articles made of their paragraphs; the same ones each time."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from vectorstore.sentences import sentence_spans

OUTLETS = ("Harbour Gazette", "The Norvale Post", "Channel 9 News", "Valley Herald")
EVERY = 10


class Forger:
    """Makes copies of texts as other outlets print them. `words` are those that edits put in."""

    def __init__(self, words: Sequence[str], seed: str) -> None:
        self._words = words
        self._draw = random.Random(seed)
        self.kinds: dict[str, Callable[[str], str]] = {
            "header": self.header,
            "trimmed": self.trimmed,
            "edited": self.edited,
            "all": lambda text: self.header(self.edited(self.trimmed(text))),
        }

    def header(self, text: str) -> str:
        outlet = self._draw.choice(OUTLETS)
        above = f"{outlet} | By our staff and wire services | Updated {self._draw.randint(1, 12)}:30 p.m. ET\n\n"
        below = f"\n\nCopyright {outlet}. All rights reserved. Sign up for our morning newsletter."
        return above + text + below

    def trimmed(self, text: str) -> str:
        wanted = self._draw.uniform(0.5, 0.8) * len(text)
        return next((text[:end] for _, end in sentence_spans(text) if end >= wanted), text)

    def edited(self, text: str) -> str:
        straight = text.translate(str.maketrans("“”’", '""\''))
        return "".join(map(self._edit, re.split(r"(\s+)", straight)))

    def _edit(self, word: str) -> str:
        if not word.strip() or self._draw.random() > 0.05:
            return word
        return self._draw.choice(["", f"{word} {word}", self._draw.choice(self._words)])


class Synthetic:
    """Articles by number: paragraphs drawn from the given ones until the length of one of them is reached.

    Nine in ten are such; each tenth is a copy, of the four kinds in turn, of the one that `original` names.
    """

    def __init__(self, rows: Sequence[dict[str, Any]], words: Sequence[str]) -> None:
        self._texts = [row["text"] for row in rows]
        self._words = words

    @cached_property
    def _paragraphs(self) -> list[str]:
        return [line for text in self._texts for line in text.split("\n") if line.strip()]

    def original(self, number: int) -> int | None:
        """The number of the article that this one copies; None when it copies none."""
        if number % EVERY != EVERY - 1:
            return None
        return random.Random(f"original {number}").randrange(0, number, EVERY)

    def text(self, number: int) -> str:
        original = self.original(number)
        if original is not None:
            kinds = list(Forger(self._words, f"copy {number}").kinds.values())
            return kinds[number // EVERY % len(kinds)](self.text(original))
        draw = random.Random(f"article {number}")
        length, text = len(draw.choice(self._texts)), ""
        while len(text) < length:
            text += f"{draw.choice(self._paragraphs)}\n\n"
        return text
