"""The Assistant: a question in, growing snapshots of its answer out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from threading import Event
from time import perf_counter
from typing import TYPE_CHECKING

from assistant.answering.grounds import Finder, Grounds, checked
from assistant.answering.instruction import Rewriter, nothing_before
from assistant.answering.library_questions import about_the_library, small_talk
from assistant.answering.listing import Tells, answers_itself, in_order_of_time, is_judged, listed
from assistant.answering.numbering import numbered
from assistant.answering.observed import observed
from assistant.answering.provenance import cites, speaks_of
from assistant.answering.roundup import put_together
from assistant.answering.writer import Writer, with_day
from assistant.evidence import quote, weigh
from assistant.evidence.context import Room, context, room_of
from assistant.generation.providers import PATIENCE, QUOTE, none_offered
from assistant.generation.streaming import meanwhile
from assistant.query.follow_ups import following, spoken_of, topic
from assistant.query.intent import OF_NO_ARTICLE, Intents
from assistant.query.request import OF_OUTLETS, Said, gone_on, requested, said
from assistant.query.spelling import corrected
from assistant.retrieval.search import Rerank
from assistant.text.labels import EMPTY, language_named, spoken
from assistant.text.texts import LANGUAGES, each_speaking, tr, tr_later
from assistant.text.time_window import read_timing
from assistant.text.words import asks_yes_or_no
from assistant.types import (
    AS_SET,
    Answer,
    AnswerKind,
    Citation,
    Intent,
    Manner,
    Request,
    Sentence,
    Stage,
    Support,
    Timings,
    Turn,
)
from assistant.verification.answerability import Verdict, all_ahead, verdict
from assistant.verification.disagreement import with_differing
from assistant.verification.entailment import Entailment
from vectorstore.errors import ModelError
from vectorstore.languages import language_of
from vectorstore.library import Library
from vectorstore.models import EVERYTHING, Hit, Scope, heading
from vectorstore.observing.work import note, passage, stage
from vectorstore.storage.listings import Listing

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_NEAREST = 3
_QUOTED = Manner(model=QUOTE)
_REFUSAL = tr_later("I couldn't find this in your articles.")


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
        room: Callable[[BaseChatModel | None], Room] = room_of,
        entailment: Entailment | None = None,
        cache: Path | None = None,
    ) -> None:
        """`rewording` is the model that puts follow-ups into other words before the search, none for doing without;
        `models` opens one that a reader names; `patience` is how many seconds a server of models may be silent, `room`
        how much a model reads, `entailment` judges sentences in the place of the chat model, and the folder `cache`
        keeps what can be computed anew."""
        self._library = library
        self._finder = Finder(library, rerank, rewording)
        self._writer = Writer(model, models, room, entailment, patience)
        self._rewriter = Rewriter(model, models, self._writer.reads(), patience)
        self._intents = Intents(library.embedder, cache)
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

    def grounds(
        self,
        question: str,
        *,
        as_of: date | datetime | None = None,
        turns: Sequence[Turn] = (),
        scope: Scope = EVERYTHING,
    ) -> Grounds:
        """What there is for an answer, and how likely it holds one as far as retrieval tells; see `stream`."""
        today = self.moment(as_of)
        return self._finder.grounds(question, self.request(question, today), turns, today, scope)

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
        names. What the answer says and does not quote is in the question's language, where `assistant.text.texts` has
        it, else in the reader's. Closing the iterator ends generation in the model.
        """
        yield from observed(question, self._snapshots(question, turns, as_of, scope, manner))

    def _snapshots(
        self,
        question: str,
        turns: Sequence[Turn],
        as_of: date | datetime | None = None,
        scope: Scope = EVERYTHING,
        manner: Manner = AS_SET,
    ) -> Generator[Answer]:
        """As `stream`, for a question that nobody asks: it is not counted."""
        language = _spoken(checked(question, turns), turns)
        told = each_speaking(language, self._stream(question, language, as_of, turns, scope, manner))
        yield from numbered(told)

    def _stream(
        self,
        question: str,
        language: str,
        as_of: date | datetime | None,
        turns: Sequence[Turn],
        scope: Scope,
        manner: Manner,
    ) -> Generator[Answer]:
        started = perf_counter()
        today = self.moment(as_of)
        asked = said(checked(question, turns))
        with stage("question"):
            whole = gone_on(asked.question, turns, today.date(), partial(self.request, as_of=today))
            request = self.request(question if whole == asked.question else whole, today)
            if whole != asked.question:
                asked, turns = Said(whole), ()
        note(intent=request.intent.value, turns=len(turns))
        if request.intent in OF_NO_ARTICLE:
            answer = Answer(question, question, today, newest_article=self._library.newest(today), language=language)
            yield _finished(self._without_search(answer, request, turns, scope, manner), started)
            return
        turns = (*turns, Turn(asked.around)) if asked.around else turns
        sought = following(asked.question, request, turns, self._intents)
        grounds = self._finder.grounds(sought.question, request, sought.turns, today, scope, manner)
        shown = Answer(question, grounds.asked, today, language=language)
        grounds = yield from self._across(shown, grounds, request, scope, manner)
        grounds = grounds._replace(evidence=grounds.evidence.beyond(sought.told))
        answer = Answer(
            question,
            grounds.asked,
            today,
            kind=request.kind,
            window=grounds.reading.window,
            outlets=scope.outlets or grounds.reading.outlets,
            notice=" ".join(filter(None, (grounds.reading.notice, _outside(grounds), _other_language(grounds)))),
            newest_article=self._library.newest(today),
            language=language,
            read=_read(grounds, self._writer.reads()),
            timings=Timings(sources=perf_counter() - started),
        )
        entries = self._library.steady(lambda: self._listed(answer, request, grounds, scope))
        if is_judged(request) and not answers_itself(request, grounds):

            def judged(tells: Tells) -> Answer:
                return listed(answer, request, grounds.found.hits, self._library, scope, tells)

            asked_for = read_timing(grounds.asked, today.date()).rest
            entries = yield from self._writer.listing(entries, asked_for, manner.model, judged)
        answer = replace(answer, kind=AnswerKind.FACT)
        # A list of one is no list: "Which tariffs stay?" may ask for what one article says.
        of_one = is_judged(request) and request.intent is Intent.LIST and len(entries.citations) == 1 and grounds.known
        if entries.sentences and not of_one:
            yield _finished(replace(entries, read=""), started)
        else:
            follows = sought.again or request.intent is Intent.FOLLOW_UP
            abroad = None if grounds.known or grounds.read else self._finder.told_abroad(asked.question, grounds)
            near = follows or of_one or _may_be_no(request, grounds) or abroad or grounds.abroad
            least, grounds = Verdict.CLOSEST if near else Verdict.REFUSED, abroad or grounds
            yield from self._told(answer, grounds, topic(sought.question, sought.turns), started, manner, least)

    def tells_more(self, question: str, answer: Answer, turns: Sequence[Turn]) -> bool:
        """Whether a follow-up to an answer would not be refused, and tell something of the answer's sources, or of the
        nearest articles, that it does not: of one thing first of all words that speak of what is asked. No chat model
        is asked."""
        shown = {hit.article.id for hit in answer.sources} | {article.id for article in answer.nearest}
        told = self.told_from(question, shown, turns)
        fresh = [each for each in told if not cites(answer, each)]
        if self.request(question).kind is not AnswerKind.FACT:
            return bool(fresh)
        return bool(told) and told[0] in fresh and speaks_of(told[0], question)

    def told_from(self, question: str, article_ids: Collection[str], turns: Sequence[Turn] = ()) -> Sequence[Citation]:
        """What the question's answer would quote if no chat model were asked, first what answers best; nothing where it
        would be refused, or quote none of these articles, or be a timeline of one day."""
        today = self.moment(None)
        request = self.request(question, today)
        if request.kind is not AnswerKind.FACT:
            *_, listed = self._snapshots(question, turns, manner=_QUOTED)
            told: Sequence[Citation] = () if listed.refused or listed.closest else listed.citations
            if listed.kind is AnswerKind.TIMELINE and len(told) < 2:
                return ()
            return told if request.broad or any(each.article.id in article_ids for each in told) else ()
        reading, found = self._finder.search(question, turns, today)
        if not any(hit.article.id in article_ids for hit in found.hits):
            return ()  # before its sentences are embedded, which takes longest
        evidence = weigh(reading.standalone, found.hits, self._library.embedder)
        if not self._finder.known(reading, found, evidence, today):
            return ()
        told = quote(evidence).citations
        return told if told and told[0].article.id in article_ids else ()

    def request(self, question: str, as_of: date | datetime | None = None) -> Request:
        """What a question asks for, and of what, as its writer meant it. Small talk has words that no library knows."""
        asked, today, outlets = said(question).question, self.moment(as_of).date(), self._library.outlets()
        request = requested(asked, today, self._intents, outlets)
        meant = corrected(asked, self._library.vocabulary(language_of(asked))).text
        if request.intent in OF_NO_ARTICLE or request.sections or meant == asked:
            return request
        return requested(meant, today, self._intents, outlets)

    @property
    def translates(self) -> bool:
        """Whether there is a chat model that could."""
        return self._writer.model is not None

    def translated(self, quotation: str, language: str) -> str:
        """An article's words in another language, as a chat model has them; "" where it fails."""
        return self._writer.quotation(quotation, language)

    def close(self) -> None:
        """Wait for what is under way in the embedder, which may not be left alone at the end."""
        self._intents.close()

    def moment(self, as_of: date | datetime | None) -> datetime:
        """The reader's today as a moment in UTC."""
        if as_of is None:
            return self._now()
        if isinstance(as_of, datetime):
            return as_of.astimezone(UTC) if as_of.tzinfo else as_of.replace(tzinfo=UTC)
        return datetime.combine(as_of + timedelta(days=1), time(), UTC) - timedelta(microseconds=1)

    def _across(
        self, shown: Answer, grounds: Grounds, request: Request, scope: Scope, manner: Manner
    ) -> Generator[Answer, None, Grounds]:
        """The grounds, or better ones in another of the library's languages, where a model can read or translate."""
        several = len({*self._library.languages(), language_of(grounds.asked) or "en"}) > 1
        if grounds.known or request.kind is not AnswerKind.FACT or not several:
            return grounds
        judge = self._writer.judge(manner.model)
        if judge and (hits := self._finder.to_read(grounds)):
            try:
                with passage("judge"):
                    grounds = yield from meanwhile(shown, partial(self._finder.read_abroad, grounds, hits, judge))
            except ModelError:
                return grounds
            if grounds.abroad:
                return grounds
        translate = self._writer.translating(manner.model)
        if translate is None:
            return grounds

        def looked_up(left: Event) -> Grounds:
            return self._finder.elsewhere(
                grounds,
                lambda language: "" if left.is_set() else translate(grounds.asked, language),
                request,
                shown.as_of,
                scope,
                manner,
            )

        return (yield from meanwhile(shown, looked_up))

    def _listed(self, answer: Answer, request: Request, grounds: Grounds, scope: Scope) -> Answer:
        """An answer that is put together without a model; without sentences where the question asks for a fact, and
        where nothing fits."""
        hits = grounds.found.hits
        if request.kind is AnswerKind.LIST and not answers_itself(request, grounds):
            return listed(answer, request, hits, self._library, scope)
        if request.intent is Intent.ORDER:
            return in_order_of_time(answer, hits, self._library)
        # These are not looked for by words.
        itself = request.broad or request.sections or request.detail == OF_OUTLETS
        if request.kind not in (AnswerKind.FACT, AnswerKind.LIST) and (grounds.known or itself):
            return put_together(answer, request, grounds.found, self._library, scope)
        return answer

    def _without_search(
        self, answer: Answer, request: Request, turns: Sequence[Turn], scope: Scope, manner: Manner
    ) -> Answer:
        """Small talk, help, the library itself, and the answer before in another form."""
        if request.intent is Intent.LIBRARY:
            return self._library.steady(lambda: about_the_library(answer, request.detail, self._library, scope))
        if request.intent is not Intent.INSTRUCTION:
            return small_talk(answer, request.intent, request.detail, self._library, scope)
        before = spoken_of(turns, self._intents)
        if before is None:
            return nothing_before(answer)
        told, earlier = before
        of_it = Request(AnswerKind.FACT, told.question)
        grounds = self._finder.grounds(told.question, of_it, earlier, answer.as_of, scope, manner)
        answer = replace(answer, standalone_question=grounds.asked, sources=self._sources(grounds, manner))
        return self._rewriter.rewritten(answer, request, grounds.evidence, told, manner.model)

    def _sources(self, grounds: Grounds, manner: Manner) -> tuple[Hit, ...]:
        """What the reader or the model wants of the hits, and whatever may be quoted: the newest figure can be of a
        later one."""
        most = manner.sources if manner != AS_SET else max(manner.sources, self._writer.reads().passages)
        return tuple(grounds.found.hits[: max([most, *(span.number for span in grounds.evidence.spans)])])

    def _told(
        self, answer: Answer, grounds: Grounds, earlier: str, started: float, manner: Manner, least: Verdict
    ) -> Iterator[Answer]:
        answer = replace(answer, sources=self._sources(grounds, manner))
        yield answer
        for snapshot in self._writer.written(answer, grounds, earlier, started, manner.model, least):
            answer = snapshot
            yield snapshot
        if not answer.sentences:
            answer = self._refused(answer, grounds.found.hits)
        elif not answer.closest:
            answer = with_differing(answer)
        yield _finished(with_day(answer), started)

    def _refused(self, answer: Answer, hits: Sequence[Hit]) -> Answer:
        nearest = {hit.article.id: hit.article for hit in hits}
        told = f"{tr(_REFUSAL)} {self._ahead(answer)}".strip() if nearest or self._library.counts()[0] else tr(EMPTY)
        return Answer(
            question=answer.question,
            standalone_question=answer.standalone_question,
            as_of=answer.as_of,
            window=answer.window,
            outlets=answer.outlets,
            notice=answer.notice,
            sentences=(Sentence(told, (), Support.UNSUPPORTED),),
            refused=True,
            nearest=tuple(nearest.values())[:_NEAREST],
            newest_article=answer.newest_article,
            language=answer.language,
            read=answer.read,
            timings=answer.timings,
        )

    def _ahead(self, answer: Answer) -> str:
        """What to know where every article that has a date lies ahead of the reader's today."""
        if answer.newest_article is not None:
            return ""
        tally = self._library.listings.tally(Listing())
        return all_ahead(sum(tally.days.values()), tally.undated, answer.as_of)


def _spoken(question: str, turns: Sequence[Turn]) -> str:
    """The language of the question, of one too short to tell that of those before it; "" for one that is not ours."""
    asked = [question, *(turn.question for turn in reversed(turns))]
    language = next(filter(None, map(language_of, asked)), "")
    return language if language in LANGUAGES else ""


def _may_be_no(request: Request, grounds: Grounds) -> bool:
    """Whether a judge that finds no answer may mean that it is no: what was found is about what is asked."""
    of_yes_or_no = request.intent is Intent.YES_NO or asks_yes_or_no(grounds.asked)
    return of_yes_or_no and verdict(grounds.signals) is not Verdict.REFUSED


def _other_language(grounds: Grounds) -> str:
    """What the question was translated to."""
    if not grounds.translated:
        return ""
    language = language_named(language_of(grounds.translated))
    return tr("Searched in {language}: “{question}”", language=language, question=grounds.translated)


def _outside(grounds: Grounds) -> str:
    """What the reader should know when nothing found is of the days that the question names."""
    window, hits = grounds.reading.window, grounds.found.hits
    if window is None or not hits or any(window.holds(hit.article.published_at) for hit in hits):
        return ""
    return tr("Nothing found {when}. These are the closest articles from other days.", when=spoken(window))


def _read(grounds: Grounds, room: Room) -> str:
    read = context(grounds.found.hits, grounds.asked, room)
    return "\n\n".join(f"{heading(each.hit.article)}.\n{each.text}" for each in read)


def _finished(answer: Answer, started: float) -> Answer:
    return replace(answer, stage=Stage.DONE, timings=replace(answer.timings, total=perf_counter() - started))
