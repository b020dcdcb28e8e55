"""The sentences of the passages found: which are statements, and as spans of their articles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from assistant.evidence.injection_filter import DOUBTFUL, reporting
from assistant.text.names import SAID
from assistant.text.quantities import quantities
from assistant.text.sanitizing import without_marks
from assistant.text.words import ENGLISH, key_stems, length
from assistant.types import Citation, Sentence, Support
from vectorstore.languages import language_of
from vectorstore.models import Article, Hit

_QUESTION = re.compile(r"[?？؟][\"'”’»)\]]*$")
_ENDING = re.compile(r"[.!…。！।۔:;][\"'”’»)」』\]]*$")
_LIST_ITEM = re.compile(r"^(?:[-*•–·]|\d+[.)])\s")
_FIGURE_OR_LABEL = re.compile(r"\d|^\W*(?:\w+ ){0,2}\w+: \S")
_CALL = re.compile(r"[!！][\"'”’»)\]]*$")
# "Subscribe to our newsletter", "Follow us on ...", "Click here": what a page wants of its reader.
_APPEAL = re.compile(
    r"^\W*(?:please )?(?:(?:un)?subscribe\b|sign up\b|follow (?:us|@|our)\b|(?:click|tap)(?: here| on| the)\b"
    r"|(?:read|see|find out|learn) (?:more|also)\b|share this (?:article|story|page)\b"
    r"|abonnieren\b|abonnez|suscr[ií]b|inscreva|iscriviti)|\bour (?:\w+ )?newsletters?\b.{0,60}$",
    re.I,
)
# "PORT ESKER, 12 May (Agency) -": places in capitals or an agency in brackets, before a dash.
_PLACE = r"[A-Z][\w.'’/-]*(?: [A-Z][\w.'’/-]*){0,3}"
_DATELINE = re.compile(
    rf"(?:(?=[^a-z]{{3,}}[,(–—-]){_PLACE}(?:, [^()\n]{{1,30}}?)?(?: \([^()\n]{{1,40}}\))?"
    rf"|{_PLACE}(?:, [^()\n]{{1,30}}?)? \([^()\n]{{1,40}}\)) (?:[-–—]|--) (?=\W?[^\W\d_a-z])"
    rf"|{_PLACE} \([A-Z]{{2,6}}(?: [A-Z]\w+)?\) (?=[A-Z])"
)
# A first word for somebody or something that the sentence before names.
_PRONOUNS = frozenset("he she it they er sie es il elle ils elles él ella ellos ellas ele ela eles elas".split())
_LEANS = _PRONOUNS | frozenset(
    """
    this that these those his her hers its their theirs him them both neither such dies diese dieser dieses ihr sein
    ihre seine ceci cela cette ces esto esta este eso isso lui lei loro questo questa
    """.split()
)
# "...," she said; "...", sagte sie; « ... », a-t-elle dit; That is over, he said: who speaks is named before.
# Beside the mark stands a stop or a comma, which the title of a film has not.
_SPEAKER = re.compile(
    r"(?:[,.!?…][”\"“»]\s*,?|[”\"“»],)\s+"
    r"(?:(?:he|she|they|it)\b|(?:\w+ ){1,2}(?:er|sie|él|ella|lui|lei)\b|\w+(?:-t)?-(?:ils?|elles?)\b)"
    rf"|, (?:he|she|they|it) (?:(?:has|had|also|later) )*{SAID}\b"
)
_FIRST_WORD = re.compile(r"^\W*(\w+)")
# What such words add a sentence to: "The report said that", "He said:" need none.
_LONGEST_JOINT = 500
# It tells what was wrong: alone it would tell the retracted thing as the fact.
_RETRACTS = re.compile(
    r"\b(?:earlier|previous|original|first) (?:versions?|editions?|reports?) of (?:this|the|our)\b"
    r"|\b(?:this|an earlier|our) (?:article|report|story|headline)\b.{0,60}"
    r"\b(?:incorrect|wrong|mis\w+ed\b|in error|corrected\b)"
    r"|\b(?:withdraws?|withdrew|withdrawn|retracts?|retracted|corrects?)\b (?:its|the|a|an|this|our) (?:\w+ )?"
    r"(?:article|report|story|stories|reports|claim)\b",
    re.I,
)
# Behind these words stands what was wrong.
_WRONG = re.compile(
    r"\b(?:versions?|editions?|reports?|article|story)\b.{0,60}?\b(?:said|stated|gave|put|reported|had|named|called)\b"
    r"|\b(?:incorrectly|wrongly|mistakenly|misstated)\b|, not\b|\b(?:rather than|instead of)\b",
    re.I,
)
_WITHDRAWS = re.compile(r"\b(?:withdr[ae]w|retract)", re.I)
_CORRECTION = re.compile(r"^\W*(?:correction|clarification|erratum|berichtigung|korrektur)\b", re.I)
_LEAST_LETTERS, _SHORTEST_CALL = 6, 20
# Where it is not known which words stand for another one, a short sentence leans on the one before.
_SHORT = 60


class Statement(NamedTuple):
    """Offsets into the text: `start` to `end` is shown, and `own` is where the sentence itself begins."""

    start: int
    end: int
    own: int


def statements(text: str, spans: Sequence[tuple[int, int]]) -> list[Statement]:
    """Of the sentences `spans` those that state something, in order, each with the sentence that it leans on or that
    puts it right."""
    found: list[Statement] = []
    foreign = language_of(text) not in ENGLISH
    for number, (start, end) in enumerate(spans):
        sentence = text[start:end]
        if not states(sentence, text[end : end + 1]):
            continue
        start += dateline(sentence)
        own = start
        before = found[-1] if found else None
        hangs = leans(sentence) or (foreign and length(sentence) < _SHORT)
        if before and hangs and _joins(text, before.end, start) and end - before.own <= _LONGEST_JOINT:
            start = before.own
        if corrects(sentence) and number + 1 < len(spans) and _joins(text, end, spans[number + 1][0]):
            end = spans[number + 1][1]
        found.append(Statement(start, end, own))
    return found


def states(sentence: str, following: str = "") -> bool:
    """Whether it may be an answer: no heading, no question, no appeal, and more than a word or two. `following` is the
    character behind it: what ends a line without a stop is a heading."""
    if (
        length(sentence) < (_SHORTEST_CALL if _CALL.search(sentence) else _LEAST_LETTERS)
        or _QUESTION.search(sentence)
        or _APPEAL.search(sentence)
    ):
        return False
    heading = following == "\n" and not _ENDING.search(sentence)
    return not heading or bool(_LIST_ITEM.search(sentence) or _FIGURE_OR_LABEL.search(sentence))


def leans(sentence: str) -> bool:
    """Whether its first word, or who says it, stands for what the sentence before names."""
    return _first_word(sentence) in _LEANS or _SPEAKER.search(sentence) is not None


def nameless(sentence: str) -> bool:
    """Whether it is about him, her, it or them."""
    return _first_word(sentence) in _PRONOUNS


def _first_word(sentence: str) -> str:
    first = _FIRST_WORD.match(sentence)
    return first[1].lower() if first else ""


def dateline(sentence: str) -> int:
    """How many characters of place, day and agency stand before the sentence itself."""
    found = _DATELINE.match(sentence)
    return found.end() if found else 0


def corrects(sentence: str, article: Article | None = None) -> bool:
    """Whether it tells that something published was wrong, or is of a correction of the article."""
    noted = any(sentence in note.text for note in article.corrections) if article else False
    return noted or _CORRECTION.search(sentence) is not None or _RETRACTS.search(sentence) is not None


def retracted(text: str, article: Article, correction: str, by: Article) -> bool:
    """Whether the correction, of the article `by`, takes back what the text says or the report that it stands in."""
    if article.id == by.id and text == correction:
        return False
    wrong = _WRONG.search(correction)
    figures = quantities(correction[wrong.end() :])[:1] if wrong else []
    shared = key_stems(correction) & key_stems(f"{article.title} {text}")
    if shared and any(figure.agrees(each) for figure in figures for each in quantities(text)):
        return True
    older = article.published_at and by.published_at and article.published_at < by.published_at
    withdrawn = bool(older) and article.outlet == by.outlet and _WITHDRAWS.search(correction) is not None
    return withdrawn and len(shared) > 1


def _joins(text: str, end: int, start: int) -> bool:
    """Whether nothing but white space, and no new paragraph with a heading, is between the two."""
    return not text[end:start].strip()


class Span(NamedTuple):
    """A sentence of a hit, with the one that it leans on: the number of its source from 1, its start and end in the
    article's text, and where the sentence itself begins, None for at the start."""

    number: int
    hit: Hit
    start: int
    end: int
    own: int | None = None

    @property
    def text(self) -> str:
        return self.hit.article.text[self.start : self.end]

    @property
    def itself(self) -> str:
        """Without the sentence that it leans on."""
        return self.hit.article.text[self._own : self.end]

    def overlaps(self, other: Span) -> bool:
        """Whether words of the article stand in both."""
        return self.hit.article.id == other.hit.article.id and self.start < other.end and other.start < self.end

    def inside(self, other: Span) -> bool:
        """Whether the sentence itself stands in the other one."""
        return self.overlaps(other) and self._own >= other.start and self.end <= other.end

    @property
    def score(self) -> float:
        """That of the passage in which the sentence was found, of two that are shown as one."""
        own = (score for passage, score in self.hit.parts if passage.start <= self._own < passage.end)
        return max(own, default=self.hit.score)

    @property
    def _own(self) -> int:
        return self.start if self.own is None else self.own

    @property
    def day(self) -> date | None:
        return self.hit.article.day


@lru_cache(maxsize=256)
def reported(hit: Hit) -> tuple[tuple[int, int], ...]:
    """Offsets into the passage's text of the sentences that report something: of a hit, these alone are quoted."""
    return reporting(hit.passage.text)


@lru_cache(maxsize=256)
def bearing(hit: Hit) -> tuple[tuple[int, int], ...]:
    """Those of `reported` that may bear something out: none with as many signs of an order as few reports have."""
    return reporting(hit.passage.text, DOUBTFUL)


def cite(number: int, hit: Hit, start: int, end: int) -> Citation:
    """A citation of the article's text from `start` to `end`."""
    return Citation(number, hit.article, hit.passage, hit.article.text[start:end], start, end, hit.copies)


def quotation(citation: Citation, label: str = "") -> Sentence:
    """The words of a citation as a sentence of an answer."""
    return Sentence(without_marks(citation.quote), (citation.number,), Support.QUOTED, label=label)


def spans_of(hits: Sequence[Hit]) -> list[Span]:
    """Every sentence that states something, once, with the one that it leans on."""
    found: dict[str, Span] = {}
    for number, hit in enumerate(hits, start=1):
        for at, (start, end, own) in _told(hit):
            span = Span(number, hit, at + start, at + end, at + own)
            found.setdefault(span.itself, span)
    return [*found.values()]


def _told(hit: Hit) -> Iterator[tuple[int, Statement]]:
    """What a hit states, and the corrections of its article wherever they stand, with the offset of each."""
    yield from ((hit.passage.start, told) for told in statements(hit.passage.text, reported(hit)))
    for note in hit.article.corrections:
        if (at := hit.article.text.find(note.text)) >= 0:
            yield from ((at, told) for told in statements(note.text, reporting(note.text)))
