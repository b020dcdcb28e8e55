"""What a reader wants, told by the examples that come nearest: intents.jsonl holds them, one a line.

In an example, brackets mark what it is about: "catch me up on [the trial]". The words outside of all brackets are the
frame of a question. Two texts are near when they mean much the same, by the embedder, and when their frames have words
in common; a question gets the intent that its near examples have most of (kernel ridge regression, Saunders, Gammerman
and Vovk 1998). A new way to ask needs a new line there, in any language, and no code.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from itertools import groupby, pairwise
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Lock
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import regex

from assistant.query.answer_type import asks_what_happened
from assistant.text.words import STOP_WORDS, small_words
from assistant.types import Intent, asks_for_articles
from vectorstore.errors import DatelineError
from vectorstore.indexes.embedding import DEFAULT_MODEL, Embedder
from vectorstore.languages import UNSPACED
from vectorstore.storage.private import make_folder

# Answered without a search: one that is about something that no example names is no such question.
OF_NO_ARTICLE = (Intent.SMALL_TALK, Intent.HELP, Intent.LIBRARY, Intent.INSTRUCTION)

# What is answered in the plainest way: another intent has to stand out from these.
_PLAIN = (Intent.FACT, Intent.YES_NO)

# Chosen on the tuning half of tests/benchmarks/sets/intents.jsonl; tests/benchmarks/intents.py tells the figures.
_MEANING = 0.5
_RIDGE = 0.5
_LEAST = 0.2
_MARGIN = 0.05
_MOST_UNKNOWN = 0.5
# Whoever is meant by these is neither the reader nor the library: "how old are they?"
_OTHERS = frozenset("he him his she her hers they them their theirs".split())
# Libraries, archives and newspapers are in the news too: what no example says of them is asked of an article, unless
# Dateline is spoken to.
_MOST_UNKNOWN_OF_LIBRARY = 0.0
_YOU = frozenset("you your yours du dein deine deiner tienes tu tus vous vos você suas sua hai tue jouw heb".split())
_SEVERAL = 4
_AT_ONCE = 64

# Of a script without spaces each character.
_WORD = regex.compile(rf"(?V1){UNSPACED}|[[^\W_]--{UNSPACED}]+|[?:]")
_AS_TYPED = str.maketrans("？：؟", "?:?")
_BRACKETED = re.compile(r"\[[^\]]*\]")
_SUBJECT = "\N{WHITE SQUARE}"
_WORD_OR_SUBJECT = regex.compile(rf"{_WORD.pattern}|{_SUBJECT}")

Floats = npt.NDArray[np.float32]


class Understood(NamedTuple):
    """`detail` is that of the nearest example: which question about the library, which instruction; "" for most."""

    intent: Intent
    detail: str = ""

    @property
    def about_articles(self) -> bool:
        """Whether articles have to be looked for."""
        return self.intent not in OF_NO_ARTICLE


class _Example(NamedTuple):
    text: str
    frame: tuple[str, ...]
    intent: Intent
    detail: str

    @property
    def kind(self) -> _Class:
        return _Class(self.intent, self.intent is Intent.LIST and asks_for_articles(self.intent, self.detail))


class _Class(NamedTuple):
    """What a question can be taken for. Lists of articles are a class of their own among lists: they are asked for in
    other words, and only by a word for articles."""

    intent: Intent
    of_articles: bool = False


_CLASSES = (*map(_Class, Intent), _Class(Intent.LIST, of_articles=True))
# In the languages that examples are in.
_ARTICLES = re.compile(
    r"\b(?:arti[ckg]|artyku|artíc|стат[ьеяю]|makale)\w*|\b(?:outlets?|story|stories)\b|مقال|लेख|記事|기사|文章", re.I
)


class Intents:
    """Tells intents apart with a library's embedder. The examples are embedded when the first question comes, in some
    seconds; of the default embedder their vectors are kept in the folder `cache`."""

    def __init__(self, embedder: Embedder, cache: Path | None = None) -> None:
        self._embedder, self._cache = embedder, cache
        self._lock = Lock()
        self._fitted: tuple[Floats, Floats] | None = None
        self._closed = False

    def close(self) -> None:
        """Wait until nothing is embedded any more, and let nothing more be."""
        self._closed = True
        with self._lock:
            pass

    def of(self, question: str) -> Understood:
        """A question of fact where nothing speaks for another intent."""
        if not words(question):
            return Understood(Intent.FACT)
        if self._closed:
            return Understood(Intent.FACT)
        vectors, weights = self._ready()
        # Most who ask in lower case put no mark either, and nearly all examples of a question of fact have one.
        marked = [question] if words(question)[-1] == "?" else [question, f"{question}?"]
        near: Floats = np.mean([self._near(vectors, each) for each in marked], axis=0)
        scores: Floats = near @ weights
        plain = max(scores[_CLASSES.index(_Class(each))] for each in _PLAIN)
        for at in np.argsort(-scores):
            kind = _CLASSES[int(at)]
            if kind.intent in _PLAIN:
                return Understood(kind.intent)
            if scores[at] < max(_LEAST, plain + _MARGIN):
                break
            if _may_be(kind, question):
                return Understood(kind.intent, _detail(kind, near))
        return Understood(Intent.FACT)

    def _near(self, vectors: Floats, question: str) -> Floats:
        """How near it is to each example."""
        return _MEANING * (vectors @ self._embedder.query(question)) + (1 - _MEANING) * _sharing(_frame(question))

    def _ready(self) -> tuple[Floats, Floats]:
        with self._lock:
            if self._fitted is None:
                self._fitted = self._fit()
            return self._fitted

    def _embedded(self, texts: list[str]) -> Iterator[Floats]:
        """A few at a time, so that whoever closes it does not wait long."""
        for start in range(0, len(texts), _AT_ONCE):
            if self._closed:
                raise DatelineError("The library was closed.")
            yield self._embedder.passages(texts[start : start + _AT_ONCE])

    def _vectors(self) -> Floats:
        """Of the examples, a row each."""
        texts = [each.text for each in _examples()]
        if self._cache is None or self._embedder.name != DEFAULT_MODEL:
            return np.concatenate([*self._embedded(texts)])
        known = sha256("\n".join([DEFAULT_MODEL, *texts]).encode()).hexdigest()[:16]
        kept = self._cache / "intents" / f"{known}.npy"
        with suppress(OSError, ValueError, EOFError):
            vectors: Floats = np.load(kept)
            if (
                vectors.ndim == 2
                and len(vectors) == len(texts)
                and np.allclose(np.linalg.norm(vectors, axis=1), 1, 0, 0.01)
            ):
                return vectors
        vectors = np.concatenate([*self._embedded(texts)])
        with suppress(OSError):  # where nothing can be kept they are embedded each time
            _keep(kept, vectors)
        return vectors

    def _fit(self) -> tuple[Floats, Floats]:
        examples, vectors = _examples(), self._vectors()
        _, frames = _index()
        kernel = _MEANING * (vectors @ vectors.T) + (1 - _MEANING) * (frames @ frames.T)
        wanted = np.array([[each.kind == kind for kind in _CLASSES] for each in examples], np.float32)
        return vectors, np.linalg.solve(kernel + _RIDGE * np.eye(len(examples), dtype=np.float32), wanted)


def _keep(path: Path, vectors: Floats) -> None:
    """In place of what earlier examples had."""
    make_folder(path.parent)
    with NamedTemporaryFile(dir=path.parent, suffix=".npy", delete=False) as file:
        np.save(file, vectors)
    for older in path.parent.iterdir():
        if older.name != Path(file.name).name:
            older.unlink(missing_ok=True)
    os.replace(file.name, path)


def words(text: str) -> list[str]:
    """In lower case; a question mark and a colon count as words."""
    return [word.lower() for word in _WORD.findall(text.translate(_AS_TYPED))]


@lru_cache(maxsize=32)
def frame_words(intent: Intent | None = None, of_articles: bool = False) -> frozenset[str]:
    """The words outside of the brackets in the examples of an intent, of its lists of articles alone, or of all."""
    told = (each.frame for each in _examples() if intent is None or each.kind == _Class(intent, of_articles))
    return frozenset(word for frame in told for word in frame) - {_SUBJECT}


@lru_cache(maxsize=1)
def _examples() -> tuple[_Example, ...]:
    lines = files(__package__).joinpath("intents.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(
        _Example(
            re.sub(r"[\[\]]", "", row["text"]),
            tuple(word.lower() for word in _WORD_OR_SUBJECT.findall(_marked(row["text"].translate(_AS_TYPED)))),
            Intent(row["intent"]),
            row.get("detail", ""),
        )
        for row in map(json.loads, lines)
    )


def _marked(example: str) -> str:
    return _BRACKETED.sub(f" {_SUBJECT} ", example)


def _frame(question: str) -> tuple[str, ...]:
    """The question with what no example's frame has, which is its subject, drawn together."""
    known = frame_words()
    marked = [word if word in known else _SUBJECT for word in words(question)]
    return tuple(word for word, run in groupby(marked) for _ in (run if word != _SUBJECT else "1"))


def _grams(frame: Iterable[str]) -> set[str]:
    held = ["^", *frame, "$"]
    return {*held[1:-1], *map(" ".join, pairwise(held))}


@lru_cache(maxsize=1)
def _index() -> tuple[dict[str, tuple[int, float]], Floats]:
    """Each word and each two in a row of the frames with its column and what it tells, and the examples as rows."""
    grams = [_grams(each.frame) for each in _examples()]
    held = Counter(gram for each in grams for gram in each)
    columns = {gram: (at, np.log(1 + len(grams) / count)) for at, (gram, count) in enumerate(held.items())}
    return columns, np.stack([_weighed(each, columns) for each in grams])


def _weighed(grams: Iterable[str], columns: dict[str, tuple[int, float]]) -> Floats:
    row = np.zeros(len(columns), np.float32)
    for gram in grams:
        if gram in columns:
            at, weight = columns[gram]
            row[at] = weight
    return row / (np.linalg.norm(row) or 1.0)


def _sharing(frame: Iterable[str]) -> Floats:
    """How much the frame shares with that of each example: the cosine of their words, rare ones counting for more."""
    columns, rows = _index()
    shared: Floats = rows @ _weighed(_grams(frame), columns)
    return shared


def _may_be(kind: _Class, question: str) -> bool:
    """Whether what the examples of the class have in common is in the question too."""
    if kind.of_articles and not _ARTICLES.search(question) or _length(question) > _longest(kind.intent):
        return False
    if kind.intent not in OF_NO_ARTICLE:
        return True
    if kind.intent is Intent.LIBRARY and asks_what_happened(question):
        return False  # to Dateline's own nothing does
    of_news = kind.intent is Intent.LIBRARY and not _YOU & set(words(question))
    return _unknown(question, kind.intent) <= (_MOST_UNKNOWN_OF_LIBRARY if of_news else _MOST_UNKNOWN)


def _unknown(question: str, intent: Intent) -> float:
    """The share of the words that carry the question that no example of the intent has. What stands in the examples of
    several intents carries nothing, in whatever language: "wer hat", "qué es"."""
    others = _OTHERS if intent is Intent.LIBRARY else frozenset()
    asked = set(words(question)) - {"?", ":"} - ((small_words(question) | _of_several()) - others)
    return len(asked - _vocabulary(intent)) / (len(asked) or 1)


@lru_cache(maxsize=32)
def _longest(intent: Intent) -> int:
    """As many words that carry a question as the examples of the intent have at most: who tells much in a question asks
    for one thing."""
    return max(_length(each.text) for each in _examples() if each.intent is intent)


def _length(text: str) -> int:
    """Words between spaces, but for the small ones of English; those of scripts without spaces are no measure."""
    return sum(len(word) > 1 or word.isascii() for word in set(words(text)) - {"?", ":"} - STOP_WORDS)


@lru_cache(maxsize=1)
def _of_several() -> frozenset[str]:
    held = Counter(word for intent in Intent for word in _vocabulary(intent))
    return frozenset(word for word, count in held.items() if count >= _SEVERAL)


@lru_cache(maxsize=32)
def _vocabulary(intent: Intent) -> frozenset[str]:
    return frozenset(word for each in _examples() if each.intent is intent for word in words(each.text))


def _detail(kind: _Class, near: Floats) -> str:
    of_it = [(near[at], each.detail) for at, each in enumerate(_examples()) if each.kind == kind]
    return max(of_it)[1]
