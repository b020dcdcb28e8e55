"""What an answer may rest on: the passages found for a question, their best sentences, whether they hold an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from assistant.evidence import Evidence, weigh
from assistant.kinds import AnswerKind, Request
from assistant.manner import AS_SET, Manner, Recency
from assistant.models import Turn
from assistant.neighbours import joined
from assistant.parts import interleaved, parts
from assistant.reading import Reading, read
from assistant.retrieve import Found, Rerank, retrieve
from assistant.rewording import reworded
from assistant.rewrite import topic
from assistant.roundup import LOOKED_AT
from assistant.verification.answerability import Signals, Verdict, signals, verdict, words_asked
from vectorstore.errors import DatelineError
from vectorstore.library import Library
from vectorstore.models import EVERYTHING, Scope

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

PASSAGES = 12
_OF_A_PART = 5
# The hits that are re-ranked, and twice those wanted: each could join with a neighbour and leave its place.
_LOOKED_AT = 20
_ROOM_TO_JOIN = 2
_LONGEST_QUESTION = 2000


class Grounds(NamedTuple):
    """What is there for an answer: `asked` is the question as it is put to the sentences, `signals` tell how likely
    they hold an answer to it, and `known` whether they do as far as can be told from these alone."""

    asked: str
    reading: Reading
    found: Found
    evidence: Evidence
    signals: Signals
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
        asked = question if reading.standalone == request.subject else reading.standalone
        evidence = weigh(asked, found.hits, self._library.embedder, manner.sources)
        weighed = self._signals(reading, found, evidence, today)
        known = verdict(weighed) is Verdict.ANSWERED
        if not known and request.kind is AnswerKind.COMPARISON:
            known = all(self._tells_of(part, today, scope) for part in parts(sought))
        return Grounds(asked, reading, found, evidence, weighed, known)

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
        outlets, question = self._library.outlets(), _checked(question, turns)
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

    def known(self, reading: Reading, found: Found, evidence: Evidence, today: datetime) -> bool:
        """Whether what was found holds an answer, as far as can be told without a judge."""
        return verdict(self._signals(reading, found, evidence, today)) is Verdict.ANSWERED

    def _signals(self, reading: Reading, found: Found, evidence: Evidence, today: datetime) -> Signals:
        return signals(reading, found, evidence, self._library.rarity(words_asked(reading)), today)

    def _tells_of(self, part: str, today: datetime, scope: Scope) -> bool:
        """The two parts of a comparison may stand in different articles."""
        reading, found = self.search(part, (), today, scope, _OF_A_PART)
        return self.known(reading, found, weigh(part, found.hits, self._library.embedder, _OF_A_PART), today)


def _checked(question: str, turns: Sequence[Turn]) -> str:
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
