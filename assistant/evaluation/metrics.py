"""How good retrieval, answers and refusals are on a file of questions: what `dateline evaluate` measures."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import partial
from time import perf_counter
from typing import Protocol

from assistant.evaluation.dataset import Question
from assistant.text.facts import TITLES
from assistant.text.quantities import WORDS
from assistant.text.words import STOP_WORDS, same_name, stem
from assistant.types import Answer, Support, Turn
from vectorstore.models import Article, Hit, Scope
from vectorstore.sentences import sentence_spans

TOP = 10
_FIRST = 2
# Days between the newest article that holds the answer and the question.
_AGES = ((7, "a week or newer"), (31, "a month or newer"), (366, "a year or newer"))
_WORD = re.compile(r"\d+(?:[.,]\d+)*|\w+")
_PERCENT = re.compile(r"\s*%|\bper cent\b")
_LITTLE = frozenset("a an the".split())

Progress = Callable[[int, int], None]


class Searcher(Protocol):
    """Anything that finds passages for questions; assistant.answering.assistant.Assistant is one."""

    def search(
        self, question: str, *, as_of: date | datetime | None, turns: Sequence[Turn], scope: Scope, top: int
    ) -> list[Hit]: ...


class Answerer(Protocol):
    """Anything that answers; assistant.answering.assistant.Assistant is one."""

    def answer(
        self, question: str, *, as_of: date | datetime | None, turns: Sequence[Turn], scope: Scope
    ) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What a search brought for a question.

    `rank` is that of the first passage of one of its articles, from 1, None beyond ten; `recall` the share of its
    articles among the ten; `in_context` whether an accepted answer stands in the first two passages.
    Seconds from the question to the hits: `first` with embedding the question, `again` without.
    """

    question: Question
    rank: int | None
    recall: float
    in_context: bool | None
    first: float
    again: float

    def hit(self, k: int) -> float:
        return float(self.rank is not None and self.rank <= k)

    @property
    def reciprocal(self) -> float:
        return 1 / self.rank if self.rank else 0.0


@dataclass(frozen=True, slots=True)
class Answered:
    """What was answered: whether an accepted answer is told in those sentences that its sources bear out, whether it
    stands there word for word, and whether it is told in what a model reads of the sources. See `tells` and `holds`."""

    question: Question
    answer: Answer
    contained: bool
    verbatim: bool
    in_context: bool


def retrieve_all(
    assistant: Searcher, questions: Sequence[Question], scope: Scope, progress: Progress
) -> list[Retrieved]:
    """Search for every question that names its articles."""
    asked = [question for question in questions if question.articles and question.answerable]
    found = []
    for done, question in enumerate(asked, start=1):
        hits, first = _timed(partial(_search, assistant, question, scope))
        _, again = _timed(partial(_search, assistant, question, scope))
        found.append(_retrieved(question, hits, first, again))
        progress(done, len(asked))
    return found


def answer_all(
    assistant: Answerer, questions: Sequence[Question], scope: Scope, progress: Progress
) -> Iterator[Answered]:
    """Answer every question; those that the library cannot answer should be refused."""
    for done, question in enumerate(questions, start=1):
        answer = assistant.answer(question.text, as_of=question.asked_at, turns=question.turns, scope=scope)
        said = " ".join(each.text for each in answer.sentences if each.support is not Support.UNSUPPORTED)
        progress(done, len(questions))
        told, read = tells(said, question.answers), tells(answer.read, question.answers)
        yield Answered(question, answer, told, holds(said, question.answers), read)


def holds(text: str, answers: Iterable[str]) -> bool:
    """Whether one of the answers stands in the text, word for word; case, marks, articles and whether a number is
    spelled out do not count."""
    words = f" {' '.join(_plain(text))} "
    return any(plain and f" {' '.join(plain)} " in words for plain in map(_plain, answers))


def tells(text: str, answers: Iterable[str]) -> bool:
    """Whether all words of one of the answers stand in one sentence of the text, in any order and form: "Finland and
    Sweden" in "Swedish and Finnish officials". Small words and titles ("Rep.") do not count; see `holds` too."""
    sentences = [_plain(text[start:end]) for start, end in sentence_spans(text)]
    return any(_told(words, sentences) for words in map(_plain, answers)) or holds(text, answers)


def _told(answer: Sequence[str], sentences: Iterable[Sequence[str]]) -> bool:
    wanted = [word for word in answer if word not in STOP_WORDS and word not in TITLES] or answer
    return bool(wanted) and any(all(_among(word, said) for word in wanted) for said in sentences)


def _among(word: str, said: Sequence[str]) -> bool:
    return any(stem(word) == stem(other) or same_name(word, other) for other in said)


def age_of(question: Question, articles: Iterable[Article]) -> str:
    """How old the newest article with the answer was when the question was asked."""
    dates = [article.published_at for article in articles if article.published_at]
    if question.asked_at is None or not dates:
        return "unknown age"
    asked = question.asked_at
    moment = asked.astimezone(UTC) if isinstance(asked, datetime) else datetime.combine(asked, time.max, UTC)
    days = (moment - max(dates)).days
    return next((name for most, name in _AGES if days <= most), "older")


def _plain(text: str) -> list[str]:
    spelled = _PERCENT.sub(" percent", text.lower()).replace("&", " and ")
    words = [word.replace(",", "") for word in _WORD.findall(spelled) if word not in _LITTLE]
    return [str(WORDS.get(word, word)) for word in words]


def _search(assistant: Searcher, question: Question, scope: Scope) -> list[Hit]:
    return assistant.search(question.text, as_of=question.asked_at, turns=question.turns, scope=scope, top=TOP)


def _retrieved(question: Question, hits: Sequence[Hit], first: float, again: float) -> Retrieved:
    ids = [hit.article.id for hit in hits]
    rank = next((rank for rank, id in enumerate(ids, start=1) if id in question.articles), None)
    read = " ".join(hit.passage.text for hit in hits[:_FIRST])
    in_context = holds(read, question.answers) if question.answers else None
    return Retrieved(question, rank, len(question.articles & {*ids}) / len(question.articles), in_context, first, again)


def _timed(work: Callable[[], list[Hit]]) -> tuple[list[Hit], float]:
    started = perf_counter()
    return work(), perf_counter() - started
