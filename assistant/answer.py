"""The Assistant: a question in, growing snapshots of its answer out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from time import perf_counter
from typing import TYPE_CHECKING

from assistant import refusal
from assistant.basis import cites, speaks_of
from assistant.dates import Window
from assistant.differences import with_differing
from assistant.evidence import quote, weigh
from assistant.excerpts import excerpts
from assistant.finding import Finder, Grounds
from assistant.kinds import AnswerKind, Request, requested
from assistant.llm import none_offered
from assistant.manner import AS_SET, Manner
from assistant.models import Answer, Sentence, Stage, Support, Timings, Turn
from assistant.retrieve import Rerank
from assistant.rewrite import topic
from assistant.roundup import put_together
from assistant.streaming import PATIENCE
from assistant.writer import Writer
from vectorstore.library import Library
from vectorstore.listing import Listing
from vectorstore.models import EVERYTHING, Hit, Scope, heading

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_NEAREST = 3
_REFUSAL = "The library holds no answer to this question."
_EMPTY = "The library is empty. Add articles first: on the Library page, or with `dateline ingest`."


class Assistant:
    """Answers from a library, with a LangChain chat model or, without one, by quoting."""

    def __init__(
        self,
        library: Library,
        model: BaseChatModel | None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        rerank: Rerank | None = None,
        rewording: BaseChatModel | None = None,
        models: Callable[[str], BaseChatModel | None] = none_offered,
        patience: float = PATIENCE,
    ) -> None:
        """`rewording` is the model that puts follow-ups into other words before the search, none for doing without;
        `models` opens one that a reader names; `patience` is how many seconds a server of models may be silent."""
        self._library = library
        self._finder = Finder(library, rerank, rewording)
        self._writer = Writer(model, models, patience)
        self._now = now

    def search(
        self,
        question: str,
        *,
        as_of: date | datetime | None = None,
        turns: Sequence[Turn] = (),
        scope: Scope = EVERYTHING,
        top: int = 10,
    ) -> list[Hit]:
        """The passages that an answer to the question would be looked for in, best first; see `stream`."""
        return self._finder.search(question, turns, self.moment(as_of), scope, top)[1].hits

    def answer(
        self,
        question: str,
        *,
        as_of: date | datetime | None = None,
        turns: Sequence[Turn] = (),
        scope: Scope = EVERYTHING,
    ) -> Answer:
        """The last snapshot of `stream`."""
        *_, last = self.stream(question, as_of=as_of, turns=turns, scope=scope)
        return last

    def stream(
        self,
        question: str,
        *,
        as_of: date | datetime | None = None,
        turns: Sequence[Turn] = (),
        scope: Scope = EVERYTHING,
        manner: Manner = AS_SET,
    ) -> Iterator[Answer]:
        """Growing snapshots: first the sources, then the answer as it is written, then its final state.

        `as_of` is the reader's today: a date means its end, UTC; a time without a zone is UTC; None is now. Nothing
        published after it is used, and nothing outside `scope`; times in a scope stand above those that the question
        names. Closing the iterator ends generation in the model.
        """
        started = perf_counter()
        today = self.moment(as_of)
        request = requested(question, today.date())
        grounds = self._finder.grounds(question, request, turns, today, scope, manner)
        answer = Answer(
            question,
            grounds.asked,
            today,
            kind=request.kind,
            window=grounds.reading.window,
            outlets=scope.outlets or grounds.reading.outlets,
            notice=_outside(grounds.reading.window, grounds.found.hits),
            newest_article=self._library.newest(today),
            read=_read(grounds) if request.kind is AnswerKind.FACT else "",
            timings=Timings(sources=perf_counter() - started),
        )
        if request.kind is not AnswerKind.FACT:
            yield _finished(self._listed(answer, request, grounds, scope), started)
        elif not grounds.known:
            yield _finished(self._refused(answer, grounds.found.hits), started)
        else:
            yield from self._told(answer, grounds, topic(question, turns), started, manner)

    def tells_more(self, question: str, answer: Answer, turns: Sequence[Turn]) -> bool:
        """Whether a follow-up to an answer would not be refused, and rest first of all on words of the answer's sources
        that it does not cite and that speak of what is asked. No chat model is asked."""
        today = self.moment(None)
        shown = {hit.article.id for hit in answer.sources}
        reading, found = self._finder.search(question, turns, today)
        if shown.isdisjoint(hit.article.id for hit in found.hits):
            return False  # before its sentences are embedded, which takes longest
        evidence = weigh(reading.standalone, found.hits, self._library.embedder)
        if not self._finder.known(reading, found, evidence, today):
            return False
        first, *_ = quote(evidence).citations or (None,)
        return (
            first is not None and first.article.id in shown and not cites(answer, first) and speaks_of(first, question)
        )

    def moment(self, as_of: date | datetime | None) -> datetime:
        """The reader's today as a moment in UTC."""
        if as_of is None:
            return self._now()
        if isinstance(as_of, datetime):
            return as_of.astimezone(UTC) if as_of.tzinfo else as_of.replace(tzinfo=UTC)
        return datetime.combine(as_of + timedelta(days=1), time(), UTC) - timedelta(microseconds=1)

    def _listed(self, answer: Answer, request: Request, grounds: Grounds, scope: Scope) -> Answer:
        """An answer that is put together without a model."""
        if grounds.known or request.broad:
            answer = put_together(answer, request, grounds.found, self._library, scope)
        return answer if answer.sentences else self._refused(answer, grounds.found.hits)

    def _told(self, answer: Answer, grounds: Grounds, earlier: str, started: float, manner: Manner) -> Iterator[Answer]:
        answer = replace(answer, sources=tuple(grounds.found.hits[: manner.sources]))
        yield answer
        for snapshot in self._writer.written(answer, grounds.evidence, earlier, started, manner.model):
            answer = snapshot
            yield snapshot
        own_words = " ".join(each.text for each in answer.sentences if each.support is not Support.QUOTED)
        if not answer.sentences or refusal.says_not_found(own_words):
            answer = self._refused(answer, grounds.found.hits)
        else:
            answer = with_differing(answer)
        yield _finished(answer, started)

    def _refused(self, answer: Answer, hits: Sequence[Hit]) -> Answer:
        nearest = {hit.article.id: hit.article for hit in hits}
        text = f"{_REFUSAL} {self._ahead(answer)}".strip() if nearest or self._library.counts()[0] else _EMPTY
        return Answer(
            question=answer.question,
            standalone_question=answer.standalone_question,
            as_of=answer.as_of,
            window=answer.window,
            outlets=answer.outlets,
            notice=answer.notice,
            sentences=(Sentence(text, (), Support.UNSUPPORTED),),
            refused=True,
            nearest=tuple(nearest.values())[:_NEAREST],
            newest_article=answer.newest_article,
            read=answer.read,
            timings=answer.timings,
        )

    def _ahead(self, answer: Answer) -> str:
        """What to know where every article that has a date lies ahead of the reader's today."""
        if answer.newest_article is not None:
            return ""
        tally = self._library.listings.tally(Listing())
        return refusal.all_ahead(sum(tally.days.values()), tally.undated, answer.as_of)


def _outside(window: Window | None, hits: Sequence[Hit]) -> str:
    """What the reader should know when nothing found is of the days that the question names."""
    if window is None or not hits or any(window.holds(hit.article.published_at) for hit in hits):
        return ""
    return f"Nothing that fits was published {window.spoken}; this is the nearest outside of it."


def _read(grounds: Grounds) -> str:
    return "\n\n".join(f"{heading(each.hit.article)}.\n{each.text}" for each in excerpts(grounds.evidence))


def _finished(answer: Answer, started: float) -> Answer:
    return replace(answer, stage=Stage.DONE, timings=replace(answer.timings, total=perf_counter() - started))
