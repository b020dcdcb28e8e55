"""What an answer may rest on: the passages found for a question, their best sentences, whether they hold an answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from assistant.answering.roundup import LOOKED_AT
from assistant.evidence import Evidence, led_by, quote, weigh
from assistant.evidence.context import BUILT_IN, context
from assistant.generation.odds import Judge
from assistant.generation.prompting import NOTHING_BEFORE, judging, reworded, stated, to_the_point
from assistant.query.decomposition import day_of, interleaved, parts, questions, since
from assistant.query.follow_ups import leans, topic
from assistant.query.reading import Reading, read
from assistant.query.spelling import corrected
from assistant.retrieval.search import Found, Rerank, bridge, joined, retrieve, widened
from assistant.text.words import key_stems, names_and_numbers, stem, stems_of, words_of
from assistant.types import AS_SET, AnswerKind, Intent, Manner, Recency, Request, Turn
from assistant.verification.answerability import (
    OF_TWO_LANGUAGES,
    Signals,
    Verdict,
    confidence,
    signals,
    verdict,
    words_asked,
)
from vectorstore.errors import DatelineError
from vectorstore.indexes.embedding import knows
from vectorstore.languages import language_of, without_accents
from vectorstore.library import Library
from vectorstore.models import EVERYTHING, Hit, Scope, titled
from vectorstore.observing.work import stage

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

PASSAGES = 12
_OF_A_PART = 5
# The hits that are re-ranked, and twice those wanted: each could join with a neighbour and leave its place.
_LOOKED_AT = 20
_ROOM_TO_JOIN = 2
_LONGEST_QUESTION = 2000
# A question that its own language does not answer is put into so many others, at once.
_LANGUAGES = 4
# The log odds by which what another language holds has to be more likely an answer.
_CLEARLY = 1.0
# From these odds on a sentence answers: of 25 pairs of our own 13 of 14 that do have more, and four of 11 that don't.
TO_THE_POINT = 0.7
# Passages in another language that a judge reads, a second each.
_READ_ABROAD = 3
# Passages whose way of writing is taken for that of the answer.
_AS_WRITTEN_IN = 3
# Letters of a name that its forms in several languages share.
_BEGINNING = 5


class Grounds(NamedTuple):
    """What is there for an answer: `asked` is the question as it is put to the sentences, `signals` tell how likely
    they hold an answer to it, and `known` whether they do as far as can be told from these alone. `read` says that a
    judge has read what another language than the question's has of its names, and `abroad` that the answer is there, of
    which signals tell nothing; `translated` is how a model put the question into the language of what is found."""

    asked: str
    reading: Reading
    found: Found
    evidence: Evidence
    signals: Signals
    known: bool
    read: bool = False
    abroad: bool = False
    translated: str = ""


class Finder:
    """Finds in a library what answers rest on."""

    def __init__(self, library: Library, rerank: Rerank | None, rewording: BaseChatModel | None) -> None:
        self._library = library
        self._rerank = rerank
        self._rewording = rewording

    def grounds(
        self,
        question: str,
        request: Request,
        turns: Sequence[Turn],
        today: datetime,
        scope: Scope = EVERYTHING,
        manner: Manner = AS_SET,
    ) -> Grounds:
        """What there is for an answer of the kind requested.

        A list is looked for by what it is of, alone: no earlier question counts there.
        """
        listed = request.kind is not AnswerKind.FACT
        sought = question if request.broad or not listed else request.subject or topic(question, turns) or question
        named = listed and request.kind is not AnswerKind.COMPARISON
        top, turns = (LOOKED_AT if listed else PASSAGES), (() if named else turns)
        with stage("search"):
            language = language_of(question)  # of a subject of two words it is a guess
            of_late = request.intent is Intent.ROUNDUP and manner.recency is Recency.NORMAL
            newer = Recency.STRONG if of_late else manner.recency
            reading, found = self.search(sought, turns, today, scope, top, newer, language, of_names=not listed)
        # "Strikes" alone are looked for in every language.
        found = found._replace(hits=self._understood(sought, language_of(sought) and language, found.hits))
        asked = question if listed and reading.standalone == request.subject else reading.standalone
        with stage("evidence", passages=len(found.hits)):
            evidence = weigh(asked, found.hits, self._library.embedder, manner.sources, self._telling(reading))
            weighed = self._signals(reading, found, evidence, today)
            evidence = _of_the_days(evidence, reading)
            if request.kind is AnswerKind.FACT:
                evidence = self._led(asked, question, reading.outlets, found, evidence)
        known = verdict(weighed) is Verdict.ANSWERED
        if not known and request.kind is AnswerKind.COMPARISON:
            of = parts(sought) if len(reading.outlets) < 2 else [reading.timing.rest]
            known = all(self._tells_of(part, today, scope) for part in of)
        return Grounds(asked, reading, found, evidence, weighed, known)

    def elsewhere(
        self,
        grounds: Grounds,
        translate: Callable[[str], str],
        request: Request,
        today: datetime,
        scope: Scope,
        manner: Manner,
    ) -> Grounds:
        """The grounds, or what there is for the same question in another language of the library, where that holds an
        answer more likely: in those of the articles that have a name of the question, or else in the main ones.
        `translate` puts the question into a language, and returns "" where it cannot."""
        own = {"", language_of(grounds.asked) or "en"}
        naming = [each for each, _ in Counter(map(_language, self._naming(grounds))).most_common() if each not in own]
        main = naming or [each for each in scope.languages or self._library.languages() if each not in own]
        with ThreadPoolExecutor(_LANGUAGES) as pool:
            asked = [each for each in pool.map(translate, main[:_LANGUAGES]) if each]
        found = [self.grounds(each, request._replace(subject=each), (), today, scope, manner) for each in asked]
        best = max(found, key=lambda each: confidence(each.signals), default=grounds)
        better = best.known or confidence(best.signals) > confidence(grounds.signals) + _CLEARLY
        return best._replace(asked=grounds.asked, translated=best.asked) if found and better else grounds

    def search(
        self,
        question: str,
        turns: Sequence[Turn],
        today: datetime,
        scope: Scope = EVERYTHING,
        top: int = PASSAGES,
        newer: Recency = Recency.NORMAL,
        language: str = "",
        of_names: bool = True,
    ) -> tuple[Reading, Found]:
        """How the question is read, and what is found for it, part by part where it asks for several things. The
        language is the question's own where none is given. `of_names` as in `retrieve`."""
        question = checked(question, turns)
        language = language or language_of(question)
        if self._rewording:
            question = reworded(self._rewording, question, turns)
        outlets, known = self._library.outlets(), self._library.vocabulary(language)
        question, spelled = corrected(question, known)
        turns = [replace(turn, question=corrected(turn.question, known).text) for turn in turns]
        until = min(scope.until, today) if scope.until else today
        inside, room = replace(scope, until=until), max(_LOOKED_AT, _ROOM_TO_JOIN * top)

        def within(asked: str) -> Reading:
            reading = read(asked, turns, today.date(), outlets, known)
            dated = self._since_event(reading, until, inside) if reading.window is None else reading
            return replace(dated, recency=newer, corrected=spelled).within(scope, today)

        def passages(reading: Reading) -> Found:
            return retrieve(self._library, reading, until, inside, room, self._rerank, of_names)

        reading, several = within(question), parts(question)
        if len(several) > 1 and len(reading.outlets) < 2:
            found = _together(passages(within(part)) for part in several)
        else:
            found = passages(reading)
            if name := bridge(reading.standalone, found.hits):
                reading = replace(reading, standalone=f"{reading.standalone} ({name})")
                found = _together([found, _elsewhere(passages(within(f"{question} ({name})")), found.hits[0])])
        best = widened(joined(found.hits, top), partial(knows, self._library.embedder))
        written = [f"{titled(hit.article)} {hit.passage.text}" for hit in best[:_AS_WRITTEN_IN]]
        return reading.as_written_in(written), Found(best, found.similarity)

    def _understood(self, question: str, language: str, hits: list[Hit]) -> list[Hit]:
        """Without those in another language with which the question shares no name and no number: how near an embedder
        that does not know the language says they are means nothing."""
        if not language or knows(self._library.embedder, "other"):
            return hits
        named = _beginnings(names_and_numbers(question))
        return [hit for hit in hits if not _is_abroad(hit, language) or named & _words_in(hit)]

    def told_abroad(self, question: str, grounds: Grounds) -> Grounds | None:
        """What there is of a name in the question that articles in another language have and none in its own: how near
        the rest of it is cannot be told, and a reader can have it translated."""
        language, telling = language_of(question), self._naming(grounds)
        if not language or not telling or not all(_is_abroad(hit, language) for hit in telling):
            return None
        own = [hit for hit in telling if hit.article.id == telling[0].article.id]
        return grounds._replace(evidence=weigh(grounds.translated or grounds.asked, own, self._library.embedder))

    def to_read(self, grounds: Grounds) -> list[Hit]:
        """What articles in another language have of a name in the question, and what comes nearest in its own; nothing
        where there is none of the former."""
        language = language_of(grounds.asked)
        abroad = [hit for hit in self._naming(grounds) if language and _is_abroad(hit, language)][:_READ_ABROAD]
        own = [hit for hit in grounds.found.hits if not _is_abroad(hit, language)][:1]
        return [*abroad, *own] if abroad else []

    def read_abroad(self, grounds: Grounds, hits: Sequence[Hit], judge: Judge, left: Event) -> Grounds:
        """The grounds in another language among what is `to_read`, as a judge reads it, who may know both languages:
        first the passage that states the answer most likely, and of that each sentence as likely as it says what the
        question asks for. The grounds as they were, and `read`, where no such passage states the answer. Raises
        ModelError."""
        asked, language = grounds.asked, language_of(grounds.asked)
        stating = [judge.odds(judging(context([hit], asked, BUILT_IN)), [stated(asked)], left)[0] for hit in hits]
        at = int(np.argmax(stating))
        best, others = hits[at], [hit for hit in hits if hit is not hits[at] and _is_abroad(hit, language)]
        if not _is_abroad(best, language) or verdict(OF_TWO_LANGUAGES, stating[at]) is Verdict.REFUSED:
            return grounds._replace(read=True)
        evidence = weigh(asked, [best], self._library.embedder)
        points = [to_the_point(asked, span.text) for span in evidence.spans]
        likely = np.array(judge.odds(NOTHING_BEFORE, points, left), np.float32)
        near = np.where(likely >= TO_THE_POINT, likely, 0.0)  # further ones are only told where they answer too
        telling = _of_the_days(evidence._replace(worths=likely, cosines=near), grounds.reading)
        found = grounds.found._replace(hits=[best, *others])
        return grounds._replace(found=found, evidence=telling, read=True, abroad=True)

    def _naming(self, grounds: Grounds) -> list[Hit]:
        """The hits that have a name of the question."""
        names = names_and_numbers(grounds.reading.timing.rest)
        begin = _beginnings(name for name in names if not name[:1].isdigit())
        return [hit for hit in grounds.found.hits if begin & _words_in(hit)]

    def _led(self, asked: str, typed: str, outlets: Sequence[str], found: Found, evidence: Evidence) -> Evidence:
        """The evidence, first what each of several outlets tells, or what answers each of several questions in a row:
        those of an earlier turn left out, and one without a name of its own by what tells of the same."""
        if len(outlets) > 1:
            return led_by(
                evidence,
                [evidence.only([span.hit.article.outlet == each for span in evidence.spans]) for each in outlets],
            )
        first, *further = questions(asked) or [asked]
        if not further:
            return evidence
        of_first = weigh(first, found.hits, self._library.embedder)
        same = _of_same(first, of_first, found.hits)
        leaning = [each for each in further if leans(each)]
        told = [weigh(each, same if each in leaning else found.hits, self._library.embedder) for each in further]
        if len(leaning) == len(further):
            evidence = evidence.only([span.hit in same for span in evidence.spans])
        return led_by(evidence, told if first not in typed else [of_first, *told])

    def _since_event(self, reading: Reading, until: datetime, scope: Scope) -> Reading:
        """The reading of the days since the event that the question counts from, where the library tells of it."""
        asked = since(reading.standalone)
        if asked is None:
            return reading
        known = self._library.vocabulary(language_of(asked.event))
        found = retrieve(self._library, read(asked.event, (), until.date(), known=known), until, scope, 1)
        day = day_of(asked.event, found.hits)
        return reading.since(day, asked.rest) if day else reading

    def known(self, reading: Reading, found: Found, evidence: Evidence, today: datetime) -> bool:
        """Whether what was found holds an answer, as far as can be told without a judge."""
        return verdict(self._signals(reading, found, evidence, today)) is Verdict.ANSWERED

    def _signals(self, reading: Reading, found: Found, evidence: Evidence, today: datetime) -> Signals:
        understood = knows(self._library.embedder, language_of(reading.standalone))
        return signals(reading, found, evidence, self._rarity(reading), today, understood)

    def _rarity(self, reading: Reading) -> dict[str, float]:
        return self._library.vocabulary(language_of(reading.standalone)).rarity(words_asked(reading))

    def _telling(self, reading: Reading) -> dict[str, float]:
        """What the words of a question count that is in a language which the embedder does not know."""
        language = language_of(reading.standalone)
        if knows(self._library.embedder, language):
            return {}
        return {stem(word, language): rare for word, rare in self._rarity(reading).items()}

    def _tells_of(self, part: str, today: datetime, scope: Scope) -> bool:
        """The two parts of a comparison may stand in different articles."""
        reading, found = self.search(part, (), today, scope, _OF_A_PART)
        return self.known(reading, found, weigh(part, found.hits, self._library.embedder, _OF_A_PART), today)


def _language(hit: Hit) -> str:
    return hit.article.language or language_of(hit.passage.text)


def _is_abroad(hit: Hit, language: str) -> bool:
    return {language, ""}.isdisjoint({hit.article.language, language_of(hit.passage.text)})


def _words_in(hit: Hit) -> set[str]:
    return _beginnings(words_of(f"{titled(hit.article)} {hit.passage.text}"))


def _beginnings(names: Iterable[str]) -> set[str]:
    """What stays of names in the cases and spellings of languages: of Zawierzbie in Zawierzbiu."""
    return {without_accents(name.lower())[:_BEGINNING] for name in names}


def _of_the_days(evidence: Evidence, reading: Reading) -> Evidence:
    """Where the best quotation is of the days that the question names, only what is of these days: the same figure of
    another year is no answer."""
    if (window := reading.window) is None:
        return evidence
    first = quote(evidence).citations[:1]
    if not first or not window.holds(first[0].article.published_at):
        return evidence
    return evidence.only([window.holds(span.hit.article.published_at) for span in evidence.spans])


def _of_same(question: str, evidence: Evidence, hits: Sequence[Hit]) -> list[Hit]:
    """What tells of the same as what answers a question: "Who owns it?" behind it asks of no other thing."""
    names, words = _beginnings(names_and_numbers(question)), key_stems(question)
    best = {evidence.spans[int(evidence.worths.argmax())].hit.article.id} if evidence.spans else set()

    def of_it(hit: Hit) -> bool:
        if names:
            return bool(names & _words_in(hit))
        return 2 * len(words & stems_of(f"{titled(hit.article)} {hit.passage.text}")) >= len(words)

    return [hit for hit in hits if hit.article.id in best or of_it(hit)]


def _together(searched: Iterable[Found]) -> Found:
    """What several searches found, the first of each first."""
    found = [*searched]
    hits = {hit.passage.id: hit for hit in interleaved([each.hits for each in found])}
    return Found([*hits.values()], max(each.similarity for each in found))


def _elsewhere(found: Found, first: Hit) -> Found:
    """What was found in other articles than the one of the first hit."""
    return Found([hit for hit in found.hits if hit.article.id != first.article.id], found.similarity)


def checked(question: str, turns: Sequence[Turn]) -> str:
    """The question, if it can be asked. Raises DatelineError."""
    question = question.strip()
    try:
        "".join([question, *(each for turn in turns for each in (turn.question, turn.answer))]).encode()
    except UnicodeEncodeError as error:  # half a character, as JSON and a terminal can hold it
        wrong = ascii(error.object[error.start : error.end])
        raise DatelineError(f"The question holds {wrong}, which is no character. Type it anew, in UTF-8.") from error
    if not question:
        raise DatelineError("The question is empty. Type one, for example: What happened this week?")
    if len(question) > _LONGEST_QUESTION:
        raise DatelineError(f"The question is longer than {_LONGEST_QUESTION:,} characters. Shorten it.")
    return question
