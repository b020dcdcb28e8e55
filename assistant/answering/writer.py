"""An answer to a question of fact: quoted at once, judged, then in the chat model's words as far as they are borne out.

The model first judges, by its odds, whether the passages state the answer (assistant.verification.answerability), then
writes, then judges what it wrote (assistant.verification.entailment). The first two begin with the passages, which it
reads once; each sentence is judged beside what comes nearest to it. What it cannot bear out is not shown: the passages'
own words are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from functools import partial
from threading import Event
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

from assistant.answering.grounds import TO_THE_POINT, Grounds
from assistant.answering.listing import Tells
from assistant.evidence import Evidence, quote
from assistant.evidence.context import Room, context
from assistant.generation.draft import Answers, Asked, Draft, beside, judge, whole_sentences
from assistant.generation.odds import Judge, judge_of
from assistant.generation.prompting import (
    NOTHING_BEFORE,
    belongs_in_list,
    borne_out,
    judging,
    messages,
    one_sentence,
    quotation_translated,
    stated,
    to_the_point,
    translated,
)
from assistant.generation.providers import PATIENCE, QUOTE
from assistant.generation.streaming import meanwhile, pieces
from assistant.query.answer_type import wanted
from assistant.text.facts import FactKind
from assistant.text.labels import day
from assistant.text.text_dates import Moment, moments
from assistant.text.texts import tr, tr_line
from assistant.types import Answer, Sentence, Stage, own
from assistant.verification.answerability import (
    OF_TWO_LANGUAGES,
    Verdict,
    at_least,
    hopeless,
    in_another_language,
    says_not_found,
    verdict,
)
from assistant.verification.entailment import Claim, Entailment, Entails, by_model
from assistant.verification.genre import genre, introduction
from vectorstore.errors import ModelError, ModelUnavailable
from vectorstore.models import Hit, heading
from vectorstore.observing.work import passage

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

# News tells what is to come in the present tense too ("reopens Saturday"): without such words a weekday stays as it is.
_AHEAD = re.compile(r"\b(?:will|would|(?:is|are) (?:to|set|due|scheduled|expected|planned))\b", re.I)
_LAST_OR_NEXT = re.compile(r"\b(?:last|past|next|coming) $", re.I)
_CLAUSE_ENDS = re.compile(r"[,;:()«»“”\"—–]| -+ ")
_ONE_PHRASE = ("", " ", ", ", " of ")
# On the tuning half of tests/benchmarks/sets the least odds at which hardly a false sentence is left (claims.py). A
# sentence put together from two that the article does not join is false in ways that a small model hardly sees.
_CONFIRMED, _CONFIRMED_JOINED = 0.8, 0.9
# On six lists of that half's articles what belongs there had .62 and more, the rest up to .57, but for one of 40.
_LISTED = 0.6


def with_day(answer: Answer) -> Answer:
    """The answer to a question of when, with the day that its first phrase of time means, where that names none."""
    if answer.refused or wanted(answer.question) is not FactKind.DATE:
        return answer
    published = {each.number: each.article.published_at for each in answer.citations}
    for at, sentence in enumerate(answer.sentences, start=1):
        printed = next(filter(None, map(published.get, sentence.citations)), None)
        meant = meant_day(sentence.text, printed.date()) if printed else None
        if meant and printed:
            phrase, when = meant
            told = own(
                tr(
                    "“{phrase}” is {day}, counted from the article of {published}.",
                    phrase=phrase,
                    day=day(when),
                    published=day(printed),
                )
            )
            return replace(answer, sentences=(*answer.sentences[:at], told, *answer.sentences[at:]))
    return answer


def meant_day(sentence: str, published: date) -> tuple[str, date] | None:
    """The first phrase of time whose day is certain, and the day; None where the sentence gives a date itself."""
    told = moments(sentence, published)
    if any(each.day for each in told):
        return None
    relative = [each for each in told if each.days]
    return next(filter(None, (_meant(sentence, relative[at:], published) for at in range(len(relative)))), None)


def _meant(sentence: str, told: Sequence[Moment], published: date) -> tuple[str, date] | None:
    """Of the first of the phrases, with such as adjoin it."""
    first, *others = told
    end, days = first.end, first.days
    for other in others:
        if sentence[end : other.start] in _ONE_PHRASE:
            end = other.end
            days = frozenset(each for each in other.days if first.weekday in (None, each.weekday()))
    before = _CLAUSE_ENDS.split(sentence[: first.start])[-1]  # it will open in May, the city said on Tuesday
    # On its own weekday an article means the day itself as a rule, which is not certain either.
    another = first.weekday not in (None, published.weekday())
    if len(days) > 1 and another and _AHEAD.search(before) and not _LAST_OR_NEXT.search(before):
        days = frozenset({min(each for each in days if each > published)})
    return (sentence[first.start : end].rstrip(" ."), next(iter(days))) if len(days) == 1 else None


class Writer(NamedTuple):
    """Writes with a LangChain chat model or, without one, quotes.

    `models` opens a model that a reader names, `patience` is how many seconds a server of models may be silent, `room`
    how much a model reads, and `entailment` judges sentences in the place of the chat model.
    """

    model: BaseChatModel | None
    models: Callable[[str], BaseChatModel | None]
    room: Callable[[BaseChatModel | None], Room]
    entailment: Entailment | None = None
    patience: float = PATIENCE

    def reads(self) -> Room:
        """How much is read by the model that is set."""
        return self.room(self.model)

    def written(
        self, answer: Answer, grounds: Grounds, earlier: str, started: float, chosen: str, least: Verdict
    ) -> Iterator[Answer]:
        """The answer while it grows; without sentences in the end when there is none.

        `earlier` is what was spoken of before, `started` when the question came (perf_counter), `chosen` the model that
        the reader named, "" for the one that is set, `least` what the reader gets whatever the judge says. When the
        model fails, the answer is quoted, and says so.
        """
        if hopeless(grounds.signals) and least is Verdict.REFUSED:
            return
        draft = None
        try:
            model = self._chosen(chosen)
            if model is None:
                yield _quoted(answer, grounds.evidence, at_least(verdict(grounds.signals), least))
                return
            draft = _Drafting(self, model, answer, grounds, earlier, least)
            yield from draft.told(started)
        except ModelError as error:
            found = at_least(verdict(grounds.signals), least)
            yield _cut_short(draft.text if draft else "", answer, grounds.evidence, found, error)

    def judge(self, chosen: str) -> Judge | None:
        """The model that was chosen, where it is one that tells odds by itself."""
        try:
            model = self._chosen(chosen)
        except ModelError:
            return None
        return model if isinstance(model, Judge) else None

    def translating(self, chosen: str) -> Callable[[str, str], str] | None:
        """Puts a question into a language, see prompting.translated; None without a model."""
        try:
            model = self._chosen(chosen)
        except ModelError:
            return None
        return partial(translated, model, patience=self.patience) if model else None

    def quotation(self, words: str, language: str) -> str:
        """An article's words in another language, by the model that is set; "" where it fails, or where none is."""
        return quotation_translated(self.model, words, language, self.patience) if self.model else ""

    def listing(
        self, shown: Answer, question: str, chosen: str, among: Callable[[Tells], Answer]
    ) -> Generator[Answer, None, Answer]:
        """The list made of the rows `among` which a judge says that each belongs in it, and `shown` until then; that
        too where there is no judge, or none that answers."""
        try:
            judge = judge_of(self._chosen(chosen))
            if judge is None:
                return shown
            yield shown  # something to read while the model reads
            odds_of, asked = judge.odds, [belongs_in_list(question)]

            def judged(left: Event) -> Answer:
                return among(lambda hit, text: odds_of(one_sentence(hit, text), asked, left)[0] >= _LISTED)

            with passage("judge"):
                return (yield from meanwhile(shown, judged))
        except ModelError:
            return shown

    def _chosen(self, name: str) -> BaseChatModel | None:
        if name == QUOTE:
            return None
        return self.models(name) if name else self.model


class _Drafting:
    """One answer by a model; `text` is what it has written so far."""

    def __init__(
        self, writer: Writer, model: BaseChatModel, answer: Answer, grounds: Grounds, earlier: str, least: Verdict
    ) -> None:
        self.text = ""
        self._model, self._patience = model, writer.patience
        self._evidence = grounds.evidence
        self._least = least
        self._earlier, self._quoted = earlier, quote(grounds.evidence)
        self._answer = replace(answer, quoted=self._quoted.citations)
        self._asked = Asked.of(answer)
        self._read = context(answer.sources, answer.standalone_question, writer.room(model))
        # A model behind an address says itself that it finds no answer, and is not asked twice before it writes.
        self._judge = model if isinstance(model, Judge) else None
        of_two = OF_TWO_LANGUAGES._replace(outside=grounds.signals.outside)
        self._signals = of_two if grounds.abroad else grounds.signals
        self._entails = self._entailment(writer.entailment)
        self._answers = by_point(self._judge, answer.standalone_question) if self._judge else None

    def told(self, started: float) -> Iterator[Answer]:
        """The answer while it is judged and written."""
        found = at_least((yield from self._verdict()), self._least)
        if found is Verdict.REFUSED:
            yield self._answer
        elif found is Verdict.CLOSEST:
            yield _quoted(self._answer, self._evidence, found)
        else:
            yield from self._written(started)

    def _verdict(self) -> Generator[Answer, None, Verdict]:
        if not self._judge:
            return verdict(self._signals)
        asked, passages = [stated(self._answer.standalone_question)], judging(self._read)
        odds_of = self._judge.odds
        shown = _quoted(self._answer, self._evidence, Verdict.CLOSEST)
        yield shown  # something to read while the model reads
        with passage("judge"):
            (odds,) = yield from meanwhile(shown, lambda left: odds_of(passages, asked, left))
        return verdict(self._signals, odds)

    def _written(self, started: float) -> Iterator[Answer]:
        shown = _quoted(self._answer, self._evidence, Verdict.ANSWERED)
        yield shown
        asked = messages(self._answer, self._read, self._earlier)
        with passage("write"), closing(pieces(self._model, asked, self._patience)) as arriving:
            for grown in self._growing(arriving, shown, started):
                shown = grown
                yield shown
        with passage("verify"):
            finished = yield from meanwhile(shown, self._finished)
        yield finished

    def _growing(self, arriving: Iterator[str], shown: Answer, started: float) -> Iterator[Answer]:
        for piece in arriving:
            if piece:
                if not self.text:
                    first = perf_counter() - started
                    timings = replace(self._answer.timings, first_token=first)
                    self._answer = replace(self._answer, stage=Stage.WRITING, timings=timings)
                self.text += piece
                draft = self._judged(finished=False)
                shown = self._beside_quotations(draft)
                if draft.full:
                    yield shown
                    return
            yield shown  # the same again while the model is waited for: whoever watches may want no more

    def _finished(self, left: Event) -> Answer:
        if says_not_found(self.text):
            return _quoted(self._answer, self._evidence, Verdict.CLOSEST)
        if in_another_language(self.text, self._answer.question):
            return _quoted(self._answer, self._evidence, Verdict.ANSWERED)
        try:
            draft = self._judged(finished=True, left=left)
        except ModelUnavailable:  # what needs no judge is told all the same
            self._entails = self._answers = None
            draft = self._judged(finished=True)
        return self._beside_quotations(draft)

    def _beside_quotations(self, draft: Draft) -> Answer:
        return _with(self._answer, beside(draft, self._quoted, self._answer.question))

    def _judged(self, finished: bool, left: Event | None = None) -> Draft:
        sources = [each.hit for each in self._read]
        if not finished:
            return judge(self.text, sources, self._asked, finished)
        return judge(self.text, sources, self._asked, finished, self._entails, left, self._answers)

    def _entailment(self, entailment: Entailment | None) -> Entails | None:
        if entailment:
            return by_model(entailment, [f"{heading(each.hit.article)}. {each.text}" for each in self._read])
        judge = judge_of(self._model)
        return by_judge(judge) if judge else None


def _with_genres(sentences: Sequence[Sentence], sources: Sequence[Hit]) -> Iterator[Sentence]:
    """The sentences, and before what satire and opinion say what they are."""
    said = ""
    for sentence in sentences:
        kinds = [introduction(sources[number - 1].article) for number in sentence.citations]
        if all(kinds) and kinds and kinds[0] != said:
            yield own(kinds[0])
        said = kinds[0] if kinds else ""
        yield sentence


def _cut_short(text: str, answer: Answer, evidence: Evidence, found: Verdict, error: ModelError) -> Answer:
    """The quotations before whatever whole sentences there are, and why."""
    whole = "" if says_not_found(text) else whole_sentences(text)
    draft = judge(whole, answer.sources, Asked.of(answer), finished=True)
    words = tr("The articles' own words come first.") if draft.sentences else tr("These are the articles' own words.")
    answer = replace(answer, notice=f"{tr_line(str(error))} {words} {answer.notice}".strip())
    return _with(answer, beside(draft, quote(evidence), answer.question, lead=True), found)


def _quoted(answer: Answer, evidence: Evidence, found: Verdict) -> Answer:
    quoted = quote(evidence)
    return _with(answer, Draft(quoted.sentences, quoted.citations), found)


def _with(answer: Answer, draft: Draft, found: Verdict = Verdict.ANSWERED) -> Answer:
    if found is Verdict.REFUSED:
        return answer
    dates = [c.article.published_at for c in draft.citations if c.article.published_at]
    closest = found is Verdict.CLOSEST or not any(genre(each.article).answers_alone for each in draft.citations)
    return replace(
        answer,
        sentences=tuple(_with_genres(draft.sentences, answer.sources)),
        citations=draft.citations,
        writing=draft.writing,
        newest_source=max(dates, default=None),
        closest=closest,
    )


def by_point(judge: Judge, question: str) -> Answers:
    """By the odds that it says Yes: a small model may write what is true and beside the point."""

    def answers(sentences: Sequence[str], left: Event | None = None) -> list[bool]:
        asked = [to_the_point(question, each) for each in sentences]
        return [odds >= TO_THE_POINT for odds in judge.odds(NOTHING_BEFORE, asked, left)]

    return answers


def by_judge(judge: Judge) -> Entails:
    """By the odds that it says Yes, of each claim beside the sentences that come nearest to it: among a page of other
    sentences a small model misses what is wrong (see prompts.BORNE_OUT)."""

    def entails(claims: Sequence[Claim], left: Event | None = None) -> list[bool]:
        asked = [borne_out(each.sentence, each.nearest) for each in claims]
        least = [_CONFIRMED_JOINED if each.joined else _CONFIRMED for each in claims]
        judged = judge.odds(NOTHING_BEFORE, asked, left)
        return [odds >= enough for odds, enough in zip(judged, least, strict=True)]

    return entails
