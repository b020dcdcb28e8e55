"""The Assistant: a question in, growing snapshots of its answer out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from time import perf_counter
from typing import TYPE_CHECKING

from assistant import refusal
from assistant.basis import cites, speaks_of
from assistant.dates import Window
from assistant.differences import with_differing
from assistant.draft import Asked, Draft, judge
from assistant.evidence import Evidence, quote, weigh
from assistant.excerpts import READ_BY_THE_MODEL, excerpts
from assistant.kinds import AnswerKind, requested
from assistant.llm import QUOTE, none_offered, unavailable
from assistant.manner import AS_SET, Manner, Recency
from assistant.models import Answer, Sentence, Stage, Support, Timings, Turn
from assistant.neighbours import joined
from assistant.parts import interleaved, parts
from assistant.reading import Reading, read
from assistant.retrieve import Found, Rerank, retrieve
from assistant.rewording import reworded
from assistant.rewrite import topic
from assistant.roundup import LOOKED_AT, put_together
from assistant.votes import beside
from assistant.writing import messages, pieces
from vectorstore.errors import DatelineError
from vectorstore.library import Library
from vectorstore.models import EVERYTHING, Hit, Scope, heading

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

logger = logging.getLogger(__name__)

_NEAREST = 3
_OF_A_PART = 5
# The hits that are re-ranked, and twice those wanted: each could join with a neighbour and leave its place.
_LOOKED_AT = 20
_ROOM_TO_JOIN = 2
_LONGEST_QUESTION = 2000
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
    ) -> None:
        """`rewording` is the model that puts follow-ups into other words before the search, none for doing without;
        `models` opens one that a reader names."""
        self._library = library
        self._model = model
        self._rerank = rerank
        self._rewording = rewording
        self._models = models
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
        return self._searched(question, turns, self.moment(as_of), scope, top)[1].hits

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
        listed = request.kind is not AnswerKind.FACT
        sought = question if request.broad or not listed else request.subject or topic(question, turns) or question
        named = listed and request.kind is not AnswerKind.COMPARISON  # what it is of: no earlier question counts
        top, turns_read = LOOKED_AT if listed else 10, () if named else turns
        reading, found = self._searched(sought, turns_read, today, scope, top, manner.recency)
        asked = question if reading.standalone == request.subject else reading.standalone
        evidence = weigh(asked, found.hits, self._library.embedder, manner.sources)
        known = self._holds_an_answer(reading, found, evidence, today)
        if not known and request.kind is AnswerKind.COMPARISON:
            known = all(self._tells_of(part, today, scope) for part in parts(sought))
        timings = Timings(sources=perf_counter() - started)
        answer = Answer(
            question,
            asked,
            today,
            kind=request.kind,
            window=reading.window,
            outlets=scope.outlets or reading.outlets,
            notice=_outside(reading.window, found.hits),
            newest_article=self._library.newest(today),
            timings=timings,
        )
        if listed:
            if known or request.broad:
                answer = put_together(answer, request, found, self._library, scope)
            yield _finished(answer if answer.sentences else self._refused(answer, found.hits), started)
            return
        if not known:
            yield _finished(self._refused(answer, found.hits), started)
            return
        read = "\n\n".join(f"{heading(each.hit.article)}.\n{each.text}" for each in excerpts(evidence))
        answer = replace(answer, sources=tuple(found.hits[: manner.sources]), read=read)
        yield answer
        for snapshot in self._written(answer, evidence, topic(question, turns), started, manner.model):
            answer = snapshot
            yield snapshot
        own_words = " ".join(each.text for each in answer.sentences if each.support is not Support.QUOTED)
        if not answer.sentences or refusal.says_not_found(own_words):
            answer = self._refused(answer, found.hits)
        else:
            answer = with_differing(answer)
        yield _finished(answer, started)

    def tells_more(self, question: str, answer: Answer, turns: Sequence[Turn]) -> bool:
        """Whether a follow-up to an answer would not be refused, and rest first of all on words of the answer's sources
        that it does not cite and that speak of what is asked. No chat model is asked."""
        today = self.moment(None)
        shown = {hit.article.id for hit in answer.sources}
        reading, found = self._searched(question, turns, today, EVERYTHING, top=10)
        if shown.isdisjoint(hit.article.id for hit in found.hits):
            return False  # before its sentences are embedded, which takes longest
        evidence = weigh(reading.standalone, found.hits, self._library.embedder)
        rarity = self._library.rarity(refusal.words_asked(reading))
        if not refusal.answerable(reading, found, evidence, rarity, today):
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

    def _searched(
        self,
        question: str,
        turns: Sequence[Turn],
        today: datetime,
        scope: Scope,
        top: int,
        newer: Recency = Recency.NORMAL,
    ) -> tuple[Reading, Found]:
        """How the question is read, and what is found for it, part by part where it asks for several things."""
        outlets, question = self._library.outlets(), _checked(question)
        if self._rewording:
            question = reworded(self._rewording, question, turns)
        until = min(scope.until, today) if scope.until else today

        def within(asked: str) -> Reading:
            return replace(read(asked, turns, today.date(), outlets), recency=newer).within(scope, today)

        inside, room = replace(scope, until=until), max(_LOOKED_AT, _ROOM_TO_JOIN * top)
        searched = [
            retrieve(self._library, within(part), until, inside, room, self._rerank) for part in parts(question)
        ]
        hits = {hit.passage.id: hit for hit in interleaved([found.hits for found in searched])}
        return within(question), Found(joined(hits.values(), top), max(found.similarity for found in searched))

    def _holds_an_answer(self, reading: Reading, found: Found, evidence: Evidence, today: datetime) -> bool:
        rarity = self._library.rarity(refusal.words_asked(reading))
        return refusal.answerable(reading, found, evidence, rarity, today)

    def _tells_of(self, part: str, today: datetime, scope: Scope) -> bool:
        """The two parts of a comparison may stand in different articles."""
        reading, found = self._searched(part, (), today, scope, top=_OF_A_PART)
        return self._holds_an_answer(reading, found, weigh(part, found.hits, self._library.embedder, _OF_A_PART), today)

    def _written(
        self, answer: Answer, evidence: Evidence, earlier: str, started: float, chosen: str
    ) -> Iterator[Answer]:
        """The answer as the model writes it; quoted when there is no model or when it fails."""
        quoted = _quoted(answer, evidence)
        yield quoted  # something to read while the model reads
        try:
            if model := self._chosen(chosen):
                yield from self._by_the_model(model, quoted, evidence, earlier, started)
        except Exception as error:  # every provider raises its own classes, and the reader gets an answer all the same
            logger.warning("the chat model failed", exc_info=error)
            notice = f"{unavailable(error)} These are the sentences that come nearest, quoted. {answer.notice}"
            yield replace(quoted, notice=notice.strip())

    def _chosen(self, name: str) -> BaseChatModel | None:
        if name == QUOTE:
            return None
        return self._models(name) if name else self._model

    def _by_the_model(
        self, model: BaseChatModel, answer: Answer, evidence: Evidence, earlier: str, started: float
    ) -> Iterator[Answer]:
        sources = answer.sources[:READ_BY_THE_MODEL]
        asked = Asked(answer.standalone_question, answer.as_of.date())
        text = ""
        with closing(pieces(model, messages(answer, excerpts(evidence), earlier))) as arriving:
            for piece in arriving:
                if not text and not piece:  # still reading: whoever watches may want no more
                    yield answer
                    continue
                if not text:
                    first = perf_counter() - started
                    answer = replace(answer, stage=Stage.WRITING, timings=replace(answer.timings, first_token=first))
                text += piece
                draft = judge(text, sources, asked, finished=False)
                if draft.full:
                    break
                yield _with(answer, draft)
        draft = judge(text, sources, asked, finished=True)
        if text.strip() and not draft.sentences:  # nothing in it was fit to be shown
            yield _quoted(answer, evidence)
            return
        yield _with(answer, draft if refusal.says_not_found(text) else beside(draft, quote(evidence), answer.question))

    def _refused(self, answer: Answer, hits: Sequence[Hit]) -> Answer:
        nearest = {hit.article.id: hit.article for hit in hits}
        text = _REFUSAL if nearest or self._library.counts()[0] else _EMPTY
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
            timings=answer.timings,
        )


def _checked(question: str) -> str:
    question = question.strip()
    if not question:
        raise DatelineError("The question is empty. Type one, for example: What happened this week?")
    if len(question) > _LONGEST_QUESTION:
        raise DatelineError(f"The question is longer than {_LONGEST_QUESTION:,} characters. Shorten it.")
    return question


def _outside(window: Window | None, hits: Sequence[Hit]) -> str:
    """What the reader should know when nothing found is of the days that the question names."""
    if window is None or not hits or any(window.holds(hit.article.published_at) for hit in hits):
        return ""
    return f"Nothing that fits was published {window.spoken}; this is the nearest outside of it."


def _quoted(answer: Answer, evidence: Evidence) -> Answer:
    return _with(answer, Draft(*quote(evidence)))


def _with(answer: Answer, draft: Draft) -> Answer:
    dates = [c.article.published_at for c in draft.citations if c.article.published_at]
    return replace(
        answer,
        sentences=draft.sentences,
        citations=draft.citations,
        writing=draft.writing,
        newest_source=max(dates, default=None),
    )


def _finished(answer: Answer, started: float) -> Answer:
    return replace(answer, stage=Stage.DONE, timings=replace(answer.timings, total=perf_counter() - started))
