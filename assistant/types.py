"""What a question, an answer and a conversation are made of. Frozen values; nothing here reads or decides.

Comes in: nothing. Goes out: the types that every stage of an answer hands on. May be imported by all of assistant/.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import NamedTuple

from vectorstore.models import Article, Copy, Hit, Passage


@dataclass(frozen=True, slots=True)
class Window:
    """Days from `first` to `last`, UTC, both included; None is open."""

    first: date | None = None
    last: date | None = None

    @property
    def opens(self) -> datetime | None:
        """The first moment within."""
        return None if self.first is None else datetime.combine(self.first, time(), UTC)

    @property
    def closes(self) -> datetime | None:
        """The last moment within."""
        return None if self.last is None else datetime.combine(self.last, time.max, UTC)

    def holds(self, moment: datetime | None) -> bool:
        """Whether it lies within; an unknown moment never does."""
        if moment is None:
            return False
        return not (self.opens and moment < self.opens) and not (self.closes and moment > self.closes)

    def __str__(self) -> str:
        """`1-7 July 2022`, `since 3 July 2022`, `until 3 July 2022`, as people write it."""
        if self.first and self.last:
            return _days_as_text(self.first, self.last)
        if self.first:
            return f"since {_day(self.first)}"
        return f"until {_day(self.last)}" if self.last else "any time"


def _days_as_text(first: date, last: date) -> str:
    if first == last:
        return _day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{_day(last)}"
    if first.year == last.year:
        return f"{first.day} {first:%B} – {_day(last)}"
    return f"{_day(first)} – {_day(last)}"


def _day(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else ""


class Intent(StrEnum):
    """What a question is for."""

    SMALL_TALK = "small_talk"
    HELP = "help"
    LIBRARY = "library"  # of the collection itself: how many articles, which outlets
    INSTRUCTION = "instruction_on_answer"  # to put the answer before into another form
    FACT = "fact"
    YES_NO = "yes_no"
    LIST = "list"
    COUNT = "count"
    ROUNDUP = "roundup"
    TIMELINE = "timeline"
    COMPARISON = "comparison"
    ORDER = "order"  # which of two things came first
    SUMMARY = "summary"
    FOLLOW_UP = "follow_up"


class AnswerKind(StrEnum):
    """How an answer is put together and laid out."""

    FACT = "fact"  # a few sentences
    DIGEST = "digest"  # a sentence for each of several stories
    TIMELINE = "timeline"  # a sentence for each event, by day
    COMPARISON = "comparison"  # sentences for each part
    SUMMARY = "summary"  # the sentences that carry one article
    LIST = "list"  # a sentence for each thing asked for


class Request(NamedTuple):
    """`subject` is what is left of the question without the words that name the kind; "" when nothing is. `broad` says
    that it asks for the news as such, of whichever days: "What happened this week?". `detail` is that of the intent,
    and `most` how many sentences are wanted, 0 where the question names no number. `sections` are those of a newspaper
    whose news or articles are asked for, "sport" say; none for all else."""

    kind: AnswerKind
    subject: str
    broad: bool = False
    intent: Intent = Intent.FACT
    detail: str = ""
    most: int = 0
    sections: frozenset[str] = frozenset()

    @property
    def of_articles(self) -> bool:
        """Whether it asks for articles themselves, and not for what they say."""
        return asks_for_articles(self.intent, self.detail)


OF_ARTICLES, OLDEST_FIRST = "articles", "oldest"
"""The details of a list or a count of articles; those of the first begin with the newest."""


def asks_for_articles(intent: Intent, detail: str) -> bool:
    return intent in (Intent.LIST, Intent.COUNT) and detail in (OF_ARTICLES, OLDEST_FIRST)


FEWEST, MOST = 3, 8
"""Sources that a reader can ask for."""


class Recency(StrEnum):
    """How much newer articles come before older ones."""

    OFF = "off"
    NORMAL = "normal"
    STRONG = "strong"


@dataclass(frozen=True, slots=True)
class Manner:
    """`sources` are those that an answer may rest on; a list, which has an entry for each, has its own number. `model`
    is "" for the one that is set, `quote` for none, else a name that assistant.generation.model_menu offers."""

    sources: int = 5
    recency: Recency = Recency.NORMAL
    model: str = ""


AS_SET = Manner()


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier exchange of a conversation; the answer is its plain text, without citation marks."""

    question: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Citation:
    """The exact words that a sentence rests on, and always `article.text[start:end] == quote`.

    `number` is that of the passage among the answer's sources, from 1. A passage cited for two different
    stretches of it appears as two citations with one number. `copies` are the other articles of the same story.
    """

    number: int
    article: Article
    passage: Passage
    quote: str
    start: int
    end: int
    copies: tuple[Copy, ...] = ()


class Support(StrEnum):
    """How far a sentence of an answer is borne out by the passages it cites."""

    QUOTED = "quoted"  # the sentence stands word for word in a cited passage
    SUPPORTED = "supported"  # its facts are all in the cited passages, in other words
    UNSUPPORTED = "unsupported"  # something in it is not
    OWN = "own"  # Dateline's own words, of itself or of the library: no claim of an article


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer, without its citation marks; `citations` are numbers of sources. `doubt` says in a few
    words why an unsupported one is: "the number 45 is not in the passage". `label` stands before it where an answer is
    laid out as a list: the day of a timeline's entry, the part of a comparison; it is no part of what is quoted."""

    text: str
    citations: tuple[int, ...]
    support: Support
    doubt: str = ""
    label: str = ""


def own(text: str) -> Sentence:
    """A sentence of Dateline's own, which rests on no article."""
    return Sentence(text, (), Support.OWN)


@dataclass(frozen=True, slots=True)
class Account:
    """What one source says on a point on which another says otherwise: `says` is the figure, the date or the name as it
    stands in the citation's words."""

    says: str
    citation: Citation


class Stage(StrEnum):
    """Where an answer stands while it grows."""

    SEARCHED = "searched"  # the sources are known, nothing is written yet
    WRITING = "writing"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds since the question was asked; None for what has not happened (yet)."""

    sources: float | None = None
    first_token: float | None = None
    total: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, or a growing snapshot of one.

    `sources` are the passages that were read, in the order of their numbers, from the first snapshot on: those that
    are cited in the order in which a reader meets them, then the others, best first. A number once shown keeps its
    source while the answer grows. `citations` are those that the sentences written so far rest on; `writing` is the
    sentence that the model has not finished yet, which nobody has judged. A refused answer has sentences that say so,
    `nearest` articles, and neither sources nor citations; the sentences of one that is the `closest` are quotations
    that do not say directly what is asked, which presentation/layout.py puts in words. `window` and `outlets` are those
    that the question names or that were set, and whose articles come first. `kind` is what the question asks for, and
    how the sentences are to be laid out. `notice` is for the reader about the answer, for example that the chat model
    could not be reached and the answer is quoted instead. `language` is the one that it speaks, where it quotes
    nothing, "" for its reader's. `differing` are the sources' own words where they differ on what is asked, the newest
    first, each cited too; nothing where they agree. `newest_article` is when the newest article of the library was
    published, of those until `as_of`. `read` is what a model reads of the sources, or would read of them if the
    question were not refused.

    `quoted` are the quotations that stand there from the first while a model writes, in their order: the page keeps
    them in their place, and says which of them the answer does not use. Nothing where no model writes.
    """

    question: str
    standalone_question: str
    as_of: datetime
    stage: Stage = Stage.SEARCHED
    kind: AnswerKind = AnswerKind.FACT
    window: Window | None = None
    outlets: tuple[str, ...] = ()
    sources: tuple[Hit, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    writing: str = ""
    citations: tuple[Citation, ...] = ()
    quoted: tuple[Citation, ...] = ()
    refused: bool = False
    closest: bool = False
    nearest: tuple[Article, ...] = ()
    newest_source: datetime | None = None
    differing: tuple[Account, ...] = ()
    newest_article: datetime | None = None
    notice: str = ""
    language: str = ""
    read: str = ""
    timings: Timings = field(default_factory=Timings)

    @property
    def text(self) -> str:
        """The sentences as running text, without citation marks."""
        return " ".join(sentence.text for sentence in self.sentences)


class Thumb(StrEnum):
    """What a reader thought of an answer."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what came of it; `number` counts from 1 within its conversation.

    `removed` are the numbers of those sources whose article is in the library no more; they hold the passage alone.
    `reason` is what the reader wrote beside the thumb.
    """

    number: int
    question: str
    answer: Answer | None = None
    problem: str = ""
    stopped: bool = False
    thumb: Thumb | None = None
    reason: str = ""
    removed: frozenset[int] = frozenset()

    @property
    def over(self) -> bool:
        """Nothing more will come."""
        finished = self.answer is not None and self.answer.stage is Stage.DONE
        return finished or self.stopped or bool(self.problem)


Conversation = tuple[Exchange, ...]
