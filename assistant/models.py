"""What a conversation and an answer are made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from assistant.dates import Window
from assistant.kinds import AnswerKind
from vectorstore.models import Article, Copy, Hit, Passage


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
class Report:
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

    `sources` are the passages that were read, in the order of their numbers, from the first snapshot on.
    `citations` are those that the sentences written so far rest on; `writing` is the sentence that the model has
    not finished yet, which nobody has judged. A refused answer has sentences that say so, `nearest` articles, and
    neither sources nor citations; the sentences of one that is the `closest` are quotations that do not say
    directly what is asked, which assistant.layout puts in words. `window` and `outlets` are those that the question
    names or that were set, and whose articles come first. `kind` is what the question asks for, and how the
    sentences are to be laid out. `notice` is for the reader about the answer, for example that the chat model could
    not be reached and the answer is quoted instead. `differing` are the sources' own words where they differ on
    what is asked, the newest first, each cited too; nothing where they agree. `newest_article` is when the newest
    article of the library was published, of those until `as_of`. `read` is what a model reads of the sources, or
    would read of them if the question were not refused.

    Sentences in stage SEARCHED are quotations for the time until the model writes: they are taken back then.
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
    refused: bool = False
    closest: bool = False
    nearest: tuple[Article, ...] = ()
    newest_source: datetime | None = None
    differing: tuple[Report, ...] = ()
    newest_article: datetime | None = None
    notice: str = ""
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
