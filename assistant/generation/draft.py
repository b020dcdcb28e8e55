"""What a model has written so far, read and judged: sentences with their support, and citations of exact words."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from threading import Event
from typing import NamedTuple

from assistant.evidence import Quoted, cite
from assistant.evidence.spans import nameless
from assistant.evidence.stated_values import Change, StatedValue, change, readings
from assistant.query.answer_type import adds_nothing, wanted
from assistant.text.facts import FactKind, agrees, facts
from assistant.text.labels import day
from assistant.text.sanitizing import carries_address, words_only
from assistant.text.words import asks_yes_or_no, names_and_numbers
from assistant.types import Answer, Citation, Sentence, Support
from assistant.verification.consequences import consequences
from assistant.verification.entailment import Claim, Entails
from assistant.verification.genre import genre
from assistant.verification.support import Ground, ground, restated
from vectorstore.languages import count_of_words
from vectorstore.models import Hit
from vectorstore.sentences import sentence_spans

# "[1]", "[1, 2]", "[1][2]", and the forms that models fall into: "(1)" is left alone, it may be the text's own.
_MARK = re.compile(r"\s*\[\s*(?:passages?\s*)?(\d{1,2}(?:\s*(?:,|;|and|&)\s*\d{1,2})*)\s*\]", re.I)
# "In [1], rates rose", "According to the first passage, it fell", "Passage 1 says that it rose": nothing but a mark, or
# the prompt's own word for what it numbers.
_WHICH = r"(?:the\s+)?(?:(?:first|second|third|fourth|fifth|last|same)\s+)?"
_POINTS_AT_PASSAGE = re.compile(
    r"(?i:in|from|per|according to|as (?:stated|mentioned|reported) in|laut|selon|d['’]après|según)"
    rf"(?:(?P<mark>,)\s+|\s+{_WHICH}passages?(?:\s+\d+)?,\s+(?!which\b))"
    rf"|(?i:{_WHICH}passage)s?(?:\s+\d+)?\s+(?:states?|says?|mentions?|reports?)\s+that\s+"
)
# What stood between two marks: "5.9 [1], [2]."
_BETWEEN_MARKS = re.compile(r"(?:\s*[,;])+(?=[.!?]*$)")
_FIGURE = re.compile(r"\d\.$")
# What a sentence may go on with, for those who tell a stop by what follows it.
_NEXT = "Next"
_HALF_MARK = re.compile(r"\s*\[[^\]]{0,20}$")
_FAR_BETTER = 0.15
_MOST_SENTENCES = 4
_A_SENTENCE = 4
_ORDER = [Support.UNSUPPORTED, Support.SUPPORTED, Support.QUOTED]
# A model repeats the "this week" of a question or of an article, whenever that was written. These days may lie between
# an article and a reader for whom its news are still of that time.
_LASTS = {
    **dict.fromkeys(("today", "tonight", "tomorrow", "yesterday"), 2),
    **dict.fromkeys(("this weekend", "this week", "next weekend", "next week", "day", "week"), 10),
    **dict.fromkeys(("this month", "next month", "month"), 40),
    **dict.fromkeys(("this year", "next year", "year"), 370),
}
_OF_NOW = re.compile(
    r"\b(?P<now>to(?:day|night|morrow)|yesterday|(?:this|next) (?:weekend|week|month|year))\b"
    r"|\bin (?:an? (?:few )?|the (?:next|coming) (?:\w+ )?|\w+ )(?P<ahead>day|week|month|year)s?\b",
    re.I,
)
_MOST_BESIDE = 2
# What a quotation may be worth less than the best one.
_NEARLY = 0.3


class Written(NamedTuple):
    """A sentence without its marks, and the numbers that stood in it or behind it, in order, each once."""

    text: str
    numbers: tuple[int, ...]


def read_marks(text: str, sources: int) -> list[Written]:
    """Split what a model wrote into sentences. Numbers that point at no source (1 to `sources`) are dropped."""
    plain, marks = _without_marks(text)
    spans = sentence_spans(plain)
    found: list[Written] = []
    for index, (start, end) in enumerate(spans):
        # A mark behind the full stop belongs to the sentence before it.
        until = spans[index + 1][0] if index + 1 < len(spans) else len(plain)
        after = start if index else -1
        numbers = [n for at, ns in marks for n in ns if after < at <= until and 1 <= n <= sources]
        told = _told(_BETWEEN_MARKS.sub("", plain[start:end]), [at - start for at, _ in marks])
        found.append(Written(told, tuple(dict.fromkeys(numbers))))
    return found


def _told(sentence: str, marks: Collection[int]) -> str:
    """Without what only points at a passage; `marks` are where in it marks stood."""
    pointer = _POINTS_AT_PASSAGE.match(sentence)
    if not pointer or (pointer["mark"] and pointer.start("mark") not in marks):
        return sentence
    rest = sentence[pointer.end() :]
    return f"{rest[0].upper()}{rest[1:]}" if rest.split(" ", 1)[0].islower() else rest or sentence


def split_unfinished(text: str) -> tuple[str, str]:
    """What is surely finished of a growing text, and the rest, which may still gain words or a mark."""
    plain_ends = [end for _, end in sentence_spans(text)]
    if len(plain_ends) < 2:
        return "", text
    finished = plain_ends[-2]
    mark = _MARK.match(text, finished)
    while mark:  # a mark behind the full stop opens the next sentence's span
        finished = mark.end()
        mark = _MARK.match(text, finished)
    return text[:finished], text[finished:].lstrip()


def whole_sentences(text: str) -> str:
    """Those of a text that broke off. The last one counts when its stop cannot be a decimal point or an
    abbreviation's."""
    ends_in_a_figure = _FIGURE.search(text) is not None
    return split_unfinished(text if ends_in_a_figure else f"{text} {_NEXT}")[0]


def shown_while_writing(text: str) -> str:
    """An unfinished sentence without marks, nor the beginning of one."""
    plain, marks = _without_marks(text)
    return _told(_HALF_MARK.sub("", plain), [at for at, _ in marks]).strip()


def _without_marks(text: str) -> tuple[str, list[tuple[int, Sequence[int]]]]:
    plain, at = "", 0
    marks: list[tuple[int, Sequence[int]]] = []
    for match in _MARK.finditer(text):
        plain += text[at : match.start()]
        marks.append((len(plain), [int(number) for number in re.findall(r"\d+", match[1])]))
        at = match.end()
    return plain + text[at:], marks


Answers = Callable[[Sequence[str], Event | None], list[bool]]
"""For each sentence whether it says what the question asks for. Raises DatelineError."""


class Draft(NamedTuple):
    """`writing` is the sentence that is not finished. Of what a model adds to a `full` one nothing would be shown."""

    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    writing: str = ""
    full: bool = False


class Asked(NamedTuple):
    """What an answer is judged by: the question, the reader's today, UTC, and what of its subject has changed."""

    question: str
    today: date
    changed: Change | None = None

    @classmethod
    def of(cls, answer: Answer) -> Asked:
        """By the answer's question and sources. Of a question that names its day nothing has changed since."""
        question, today = answer.standalone_question, answer.as_of.date()
        of_a_day = any(each.kind is FactKind.DATE for each in facts(question, today))
        return cls(question, today, None if of_a_day else change(readings(question, answer.sources)))


def judge(
    text: str,
    sources: Sequence[Hit],
    asked: Asked,
    finished: bool,
    entails: Entails | None = None,
    left: Event | None = None,
    answers: Answers | None = None,
) -> Draft:
    """Read a model's text against the sources it was shown, numbered from 1 in their order.

    What is not borne out is left out, and so is a sentence that says again what one before it or the question said, and
    one with an address. Where there is what `entails`, it has the last word on sentences that are no quotations. The
    first sentence is the answer: what comes after it only adds to it, and goes with it. Where there is what knows what
    `answers` the question, those before the first that does are left out too.
    """
    complete, rest = (words_only(text), "") if finished else split_unfinished(words_only(text))
    told = dict.fromkeys(read_marks(complete, len(sources))[:_MOST_SENTENCES])
    fit = [each for each in told if not carries_address(each.text)]
    # A yes that says no more than the question is what a small model says to anything; quotations say who says so.
    fit = [each for each in fit if not adds_nothing(each.text, asked.question)]
    judged = [_judged(each, sources, asked) for each in fit]
    if entails:
        judged = _entailed(judged, sources, entails, left)
    held = [each for each in judged if each.support is not Support.UNSUPPORTED]
    if held and (held[0] is not judged[0] or _names_nobody(asked.question, held[0], sources)):
        held = []
    held = _up_to_date(held, asked.changed)
    if answers and held:
        held = _to_the_point(held, answers([each.written.text for each in held], left))
    sentences = {each.written.text: Sentence(each.written.text, each.numbers, each.support) for each in held}
    citations = {(c.number, c.start, c.end): c for each in held for c in each.cited(sources)}
    ordered = sorted(citations.values(), key=lambda c: (c.number, c.start))
    writing = "" if carries_address(rest) else shown_while_writing(rest)
    # Counted as the model wrote them: one that says the same over and over has said enough.
    full = len(sentence_spans(text)) > _MOST_SENTENCES
    return Draft(tuple(sentences.values()), tuple(ordered), writing, full)


class _Judged(NamedTuple):
    """A sentence, and what its sources make of it; `grounds` by their numbers."""

    written: Written
    numbers: tuple[int, ...]
    grounds: Mapping[int, Ground]
    support: Support

    def cited(self, sources: Sequence[Hit]) -> list[Citation]:
        found = ((number, self.grounds[number]) for number in self.numbers)
        return [cite(number, sources[number - 1], each.start, each.end) for number, each in found]

    def claim(self, sources: Sequence[Hit], before: _Judged | None) -> Claim:
        """It, and what it rests on: each stretch behind the day of its article. One that leans on the sentence before
        is a claim together with that."""
        cited = self.cited(sources)
        told = restated(self.written.text, [(each.quote, each.article.day) for each in cited])
        nearest = "\n".join(_dated(each.article.day, each.quote) for each in cited)
        joined = any(len(sentence_spans(each.quote)) > 1 for each in cited)
        if before is None or not nameless(self.written.text):
            return Claim(told, nearest, joined)
        leant_on = before.claim(sources, None)
        return Claim(f"{leant_on.sentence} {told}", f"{leant_on.nearest}\n{nearest}", True)


def _dated(published: date | None, said: str) -> str:
    """Behind the day on which it was published, which tells a judge what "on Tuesday" is."""
    return f"{published:%A}, {published.day} {published:%B %Y}. {said}" if published else said


def _names_nobody(question: str, first: _Judged, sources: Sequence[Hit]) -> bool:
    """Whether "he" or "it" answers who, in other words than those of a source that has the name."""
    reworded = first.support is not Support.QUOTED and nameless(first.written.text)
    if not reworded or wanted(question) is not FactKind.NAME:
        return False
    return any(not nameless(cited.quote) for cited in first.cited(sources))


def _to_the_point(held: Sequence[_Judged], answering: Sequence[bool]) -> list[_Judged]:
    """From the first on that answers, unless it leans on one that does not."""
    first = next((at for at, yes in enumerate(answering) if yes), len(held))
    rest = [*held[first:]]
    return [] if first and rest and nameless(rest[0].written.text) else rest


def _up_to_date(held: Sequence[_Judged], changed: Change | None) -> list[_Judged]:
    """Without those that tell how a figure or a plan was by an earlier report; none where nothing is left that tells
    how it is by the newest."""
    if changed is None:
        return [*held]

    def tells(said: _Judged, reading: StatedValue) -> bool:
        published = reading.hit.article.day
        return any(agrees(fact, reading.fact, published) for fact in facts(said.written.text, published))

    newest = {each.written for each in held if tells(each, changed.newest)}
    old = {each.written for each in held if any(tells(each, other) for other in changed.earlier)} - newest
    return [each for each in held if each.written not in old] if newest or not old else []


def _judged(written: Written, sources: Sequence[Hit], asked: Asked) -> _Judged:
    """The marks that hold are kept, unless another source bears the sentence out far better; where no mark holds, a
    source that does takes its place, or failing that one that lacks nothing of it but ordinary words. What can harm
    somebody is not told in other words."""
    grounds = {number: _ground(written.text, hit, asked) for number, hit in enumerate(sources, start=1)}
    holding = {number: g for number, g in grounds.items() if g.support is not Support.UNSUPPORTED}
    if not holding and not consequences(written.text):
        holding = {number: g for number, g in grounds.items() if g.reworded}
    kept = [number for number in written.numbers if number in holding]
    best = max(holding, key=lambda number: holding[number].share, default=None)
    if best and all(holding[number].share < holding[best].share - _FAR_BETTER for number in kept):
        kept = [best]
    support = max((grounds[number].support for number in kept), key=_ORDER.index, default=Support.UNSUPPORTED)
    return _Judged(written, tuple(kept), grounds, support)


def _entailed(judged: Sequence[_Judged], sources: Sequence[Hit], entails: Entails, left: Event | None) -> list[_Judged]:
    """With the last word on those that are in words of their own."""
    befores = dict(zip((each.written for each in judged), (None, *judged), strict=False))
    own = [each for each in judged if each.numbers and each.support is not Support.QUOTED]
    claims = [each.claim(sources, befores[each.written]) for each in own]
    entailed = dict(zip((each.written for each in own), entails(claims, left), strict=True)) if own else {}
    supports = {True: Support.SUPPORTED, False: Support.UNSUPPORTED}
    return [
        each._replace(support=supports[entailed[each.written]]) if each.written in entailed else each for each in judged
    ]


def _no_news(hit: Hit) -> str:
    kind = genre(hit.article)
    return "" if kind.answers_alone else f"the article is {kind}, not news"


def _ground(sentence: str, hit: Hit, asked: Asked) -> Ground:
    found = ground(sentence, hit)
    if found.support is Support.QUOTED or not (found.support is Support.SUPPORTED or found.reworded):
        return found
    doubt = untimely(sentence, hit, asked.today) or _no_news(hit)
    if doubt:
        return found._replace(support=Support.UNSUPPORTED, doubt=doubt, reworded=False)
    if (
        count_of_words(sentence) < _A_SENTENCE
    ):  # a bare name stands in many places: cited is the one that is asked about
        about = ground(f"{asked.question} {sentence}", hit)
        if sentence.strip(" .。").lower() in hit.article.text[about.start : about.end].lower():
            return found._replace(start=about.start, end=about.end)
    return found


def untimely(sentence: str, hit: Hit, today: date) -> str:
    """What is wrong with the sentence's time, in a few words, read on `today` (UTC) and resting on the hit; nothing
    when it names none of the reader's days or the article is of that time or of unknown date."""
    spoken, published = _OF_NOW.search(sentence), hit.article.day
    if not spoken or not published:
        return ""
    lasts = _LASTS[(spoken["now"] or spoken["ahead"]).lower()]
    old = (today - published).days > lasts
    return f"the passage is of {day(published)}, and does not tell of “{spoken.group()}”" if old else ""


def beside(draft: Draft, quoted: Quoted, question: str, lead: bool = False) -> Draft:
    """The draft with the quotations that it does not rest on.

    All of them come before it when they are to `lead`, and in its place when nothing of it is borne out. Else at most
    two come after it, which may not say what it says: for a yes or no, which needs its "but", any, and
    else such as promise nearly as much as the best, or have a name of the question that the draft leaves out.
    """
    pairs = list(zip(quoted.sentences, quoted.citations, strict=True))
    if lead or not draft.sentences:
        before, after = pairs, []
    else:
        told_of = " ".join([*(said.text for said in draft.sentences), *map(_outlet, draft.citations)])
        left_out = [name for name in names_and_numbers(question) if name not in told_of]
        fresh = [
            pair
            for pair, worth in zip(pairs, quoted.worths, strict=True)
            if not _rests_on(draft.citations, pair[1])
            and (
                asks_yes_or_no(question)
                or worth >= quoted.worths[0] - _NEARLY
                or any(name in f"{pair[0].text} {_outlet(pair[1])}" for name in left_out)
            )
        ]
        before, after = [], fresh[:_MOST_BESIDE]
    told = {said.text for said, _ in before}
    written = (said for said in draft.sentences if said.text not in told)
    sentences = (*(said for said, _ in before), *written, *(said for said, _ in after))
    citations = dict.fromkeys((*draft.citations, *(citation for _, citation in (*before, *after))))
    return Draft(sentences, tuple(citations), draft.writing, draft.full)


def _outlet(citation: Citation) -> str:
    return citation.article.outlet or ""


def _rests_on(citations: Sequence[Citation], quotation: Citation) -> bool:
    return any(
        each.number == quotation.number and each.start < quotation.end and quotation.start < each.end
        for each in citations
    )
