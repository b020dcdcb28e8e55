"""What an answer may rest on: the passages found for a question, their best sentences, whether they hold an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from assistant import refusal
from assistant.evidence import Evidence, weigh
from assistant.kinds import AnswerKind, Request
from assistant.manner import AS_SET, Manner, Recency
from assistant.models import Turn
from assistant.neighbours import joined
from assistant.parts import interleaved, parts
from assistant.query.events import day_of, since
from assistant.query.spelling import corrected
from assistant.reading import Reading, read
from assistant.retrieval.hops import bridge
from assistant.retrieve import Found, Rerank, retrieve
from assistant.rewording import reworded
from assistant.rewrite import topic
from assistant.roundup import LOOKED_AT
from vectorstore.errors import DatelineError
from vectorstore.library import Library
from vectorstore.models import EVERYTHING, Scope, titled

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

PASSAGES = 10
_OF_A_PART = 5
# The hits that are re-ranked, and twice those wanted: each could join with a neighbour and leave its place.
_LOOKED_AT = 20
_ROOM_TO_JOIN = 2
_LONGEST_QUESTION = 2000
# Passages whose way of writing is taken for that of the answer.
_AS_WRITTEN_IN = 3


class Grounds(NamedTuple):
    """What is there for an answer: `asked` is the question as it is put to the sentences, `known` says whether they
    hold an answer to it."""

    asked: str
    reading: Reading
    found: Found
    evidence: Evidence
    known: bool


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
        reading, found = self.search(sought, turns, today, scope, top, manner.recency)
        asked = question if listed and reading.standalone == request.subject else reading.standalone
        evidence = weigh(asked, found.hits, self._library.embedder, manner.sources)
        known = self.known(reading, found, evidence, today)
        if not known and request.kind is AnswerKind.COMPARISON:
            known = all(self._tells_of(part, today, scope) for part in parts(sought))
        return Grounds(asked, reading, found, evidence, known)

    def search(
        self,
        question: str,
        turns: Sequence[Turn],
        today: datetime,
        scope: Scope = EVERYTHING,
        top: int = PASSAGES,
        newer: Recency = Recency.NORMAL,
    ) -> tuple[Reading, Found]:
        """How the question is read, and what is found for it, part by part where it asks for several things."""
        outlets, question = self._library.outlets(), _checked(question)
        if self._rewording:
            question = reworded(self._rewording, question, turns)
        known = self._library.vocabulary()
        question, spelled = corrected(question, known)
        turns = [replace(turn, question=corrected(turn.question, known).text) for turn in turns]
        until = min(scope.until, today) if scope.until else today

        inside = replace(scope, until=until)

        def within(asked: str) -> Reading:
            reading = read(asked, turns, today.date(), outlets, known)
            dated = self._since_event(reading, until, inside) if reading.window is None else reading
            return replace(dated, recency=newer, corrected=spelled).within(scope, today)

        reading, room = within(question), max(_LOOKED_AT, _ROOM_TO_JOIN * top)
        several = parts(question)
        searched = [
            retrieve(self._library, each, until, inside, room, self._rerank)
            for each in (map(within, several) if len(several) > 1 else [reading])
        ]
        hits = {hit.passage.id: hit for hit in interleaved([found.hits for found in searched])}
        best = joined(hits.values(), top)
        if len(several) == 1 and (name := bridge(reading.standalone, best)):
            reading = replace(reading, standalone=f"{reading.standalone} ({name})")
            further = retrieve(self._library, within(f"{question} ({name})"), until, inside, room, self._rerank).hits
            elsewhere = [hit for hit in further if hit.article.id != best[0].article.id]
            hits = {hit.passage.id: hit for hit in interleaved([searched[0].hits, elsewhere])}
            best = joined(hits.values(), top)
        written = [f"{titled(hit.article)} {hit.passage.text}" for hit in best[:_AS_WRITTEN_IN]]
        return reading.as_written_in(written), Found(best, max(found.similarity for found in searched))

    def _since_event(self, reading: Reading, until: datetime, scope: Scope) -> Reading:
        """The reading of the days since the event that the question counts from, where the library tells of it."""
        asked = since(reading.standalone)
        if asked is None:
            return reading
        found = retrieve(
            self._library, read(asked.event, (), until.date(), known=self._library.vocabulary()), until, scope, 1
        )
        day = day_of(asked.event, found.hits)
        return reading.since(day, asked.rest) if day else reading

    def known(self, reading: Reading, found: Found, evidence: Evidence, today: datetime) -> bool:
        """Whether what was found holds an answer."""
        rarity = self._library.rarity(refusal.words_asked(reading))
        return refusal.answerable(reading, found, evidence, rarity, today)

    def _tells_of(self, part: str, today: datetime, scope: Scope) -> bool:
        """The two parts of a comparison may stand in different articles."""
        reading, found = self.search(part, (), today, scope, _OF_A_PART)
        return self.known(reading, found, weigh(part, found.hits, self._library.embedder, _OF_A_PART), today)


def _checked(question: str) -> str:
    question = question.strip()
    if not question:
        raise DatelineError("The question is empty. Type one, for example: What happened this week?")
    if len(question) > _LONGEST_QUESTION:
        raise DatelineError(f"The question is longer than {_LONGEST_QUESTION:,} characters. Shorten it.")
    return question
