"""A conversation as blocks of text with footnotes, which Markdown, Word and PDF are written from. Pure.

Everything in it is text: what a form of file takes for markup is for its writer to undo.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from unicodedata import bidirectional

from assistant.answering.provenance import aged, basis, reports_differ
from assistant.presentation.layout import CLOSEST, openers, origin, paragraphs
from assistant.text.labels import day
from assistant.text.sanitizing import without_addresses
from assistant.text.texts import language, speaking, tr
from assistant.types import Answer, AnswerKind, Conversation, Exchange, Sentence, Support
from assistant.ui.render import headline, is_web_address, legible
from vectorstore.models import Article


class Role(StrEnum):
    QUESTION = "question"
    TEXT = "text"
    QUOTE = "quote"
    ENTRY = "entry"
    NOTICE = "notice"
    PROBLEM = "problem"
    SMALL = "small"


@dataclass(frozen=True, slots=True)
class Source:
    """An article as it is named: its headline, then whatever is known of `outlet`, `date` and `address`."""

    headline: str
    outlet: str
    date: str
    address: str

    @classmethod
    def of(cls, article: Article) -> Source:
        address = article.url if is_web_address(article.url) else ""
        return cls(line(headline(article)), line(article.outlet), line(day(article.published_at)), address)

    @property
    def named(self) -> str:
        return ", ".join(filter(None, (self.headline, self.outlet, self.date)))


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote. `key` is `exchange-number`; `quotes` are the exact words that are cited, `gone` says so where the
    article was removed since."""

    key: str
    source: Source
    quotes: tuple[str, ...] = ()
    gone: str = ""

    @property
    def quoted(self) -> str:
        return " … ".join(f"“{words}”" for words in self.quotes)


@dataclass(frozen=True, slots=True)
class Span:
    """Words in one hand, with the footnotes behind them."""

    text: str
    notes: tuple[Note, ...] = ()
    strong: bool = False
    slanted: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """`source` is the article that an entry names in place of spans; `speaks` is the language, "" for one unknown."""

    role: Role
    spans: tuple[Span, ...] = ()
    source: Source | None = None
    speaks: str = ""


@dataclass(frozen=True, slots=True)
class Transcript:
    title: str
    blocks: tuple[Block, ...]

    @property
    def notes(self) -> tuple[Note, ...]:
        """Each once, in the order in which they are cited first."""
        cited = (note for block in self.blocks for span in block.spans for note in span.notes)
        return tuple({note.key: note for note in cited}.values())


def transcript(title: str, conversation: Conversation) -> Transcript:
    return Transcript(line(title), tuple(block for exchange in conversation for block in _told(exchange)))


def line(text: str) -> str:
    return " ".join(legible(text).split())


def right_to_left(text: str) -> bool:
    """By the first letter that has a direction."""
    directions = map(bidirectional, text)
    return next((each for each in directions if each in ("L", "R", "AL")), "L") != "L"


def _told(exchange: Exchange) -> list[Block]:
    with speaking(exchange.answer.language if exchange.answer else ""):
        return [*_exchange(exchange)]


def _exchange(exchange: Exchange) -> Iterator[Block]:
    answer = exchange.answer
    yield _block(Role.QUESTION, exchange.question)
    if answer and (old := aged(answer)):
        yield _block(Role.SMALL, old)
    if answer:
        yield from _said(exchange, answer)
    if exchange.stopped:
        yield _block(Role.TEXT, tr("(stopped)"))
    if exchange.problem:
        yield _block(Role.PROBLEM, exchange.problem)
    if answer:
        yield from _beside(answer)


def _beside(answer: Answer) -> Iterator[Block]:
    if differing := reports_differ(answer.differing):
        yield _block(Role.TEXT, differing)
    if answer.notice:
        yield _block(Role.NOTICE, answer.notice)
    if answer.nearest:
        yield _block(Role.TEXT, tr("Nearest in the library:"))
    yield from (Block(Role.ENTRY, source=Source.of(each), speaks=language()) for each in answer.nearest)
    yield _block(Role.SMALL, basis(answer))


def _said(exchange: Exchange, answer: Answer) -> Iterator[Block]:
    """Paragraphs, or an entry a line; see assistant.presentation.layout."""
    notes = {note.key: note for note in _notes(exchange, answer)}
    said = [_spans(each, exchange.number, answer, notes) for each in answer.sentences]
    if answer.kind in (AnswerKind.FACT, AnswerKind.SUMMARY):
        if answer.closest:
            yield _block(Role.TEXT, tr(CLOSEST))
        numbered = [str(at) for at in range(len(said))]
        for quotation, numbers in paragraphs(answer, numbered):
            spans = [span for number in numbers.split() for span in said[int(number)]]
            yield Block(Role.QUOTE if quotation else Role.TEXT, _spaced(spans), speaks=language())
        return
    opening = openers(answer)
    if opening:
        yield Block(Role.TEXT, _spaced([span for spans in said[:opening] for span in spans]), speaks=language())
    for sentence, spans in [*zip(answer.sentences, said, strict=True)][opening:]:
        lead = Span(line(origin(sentence, answer)), strong=True)
        yield Block(Role.ENTRY, (lead, Span(":"), Span(" "), *_spaced(spans)), speaks=language())


def _spans(sentence: Sentence, exchange: int, answer: Answer, notes: dict[str, Note]) -> list[Span]:
    keys = (f"{exchange}-{number}" for number in sentence.citations)
    said = [Span(line(sentence.text), tuple(notes[key] for key in keys if key in notes))]
    if sentence.support is Support.UNSUPPORTED and not answer.refused:
        said.append(Span(tr("(not confirmed by the sources)"), slanted=True))
    return said


def _spaced(spans: Sequence[Span]) -> tuple[Span, ...]:
    between = [each for span in spans for each in (Span(" "), span)]
    return tuple(between[1:])


def _notes(exchange: Exchange, answer: Answer) -> Iterator[Note]:
    for number in sorted({number for each in answer.sentences for number in each.citations}):
        if 1 <= number <= len(answer.sources):
            quotes = (line(without_addresses(each.quote)) for each in answer.citations if each.number == number)
            gone = tr("(no longer in the library)") if number in exchange.removed else ""
            source = Source.of(answer.sources[number - 1].article)
            yield Note(f"{exchange.number}-{number}", source, tuple(quotes), gone)


def _block(role: Role, text: str) -> Block:
    return Block(role, (Span(line(text)),), speaks=language())
