"""What kind of thing a question asks for, and which sentences hold one."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from functools import cache
from importlib.resources import files

import regex

from assistant.text.calendar_words import calendar
from assistant.text.facts import Fact, FactKind, facts
from assistant.text.locale_data import plain
from assistant.text.measures import Measure, measure, measures_asked
from assistant.text.quantities import Quantity
from assistant.text.words import ENGLISH, asks_yes_or_no, key_words, stem, stems_of
from vectorstore.languages import language_of, stop_words, words_in

_HOW_MUCH = re.compile(
    r"\bhow (?:much|many|old|long|far|often|large|big|small|tall|high|low|deep|wide|fast|heavy|strong|hot|cold|late)\b"
    r"|\bwhat (?:do|does|did|will|would) .{1,60}\b(?:cost|weigh|measure)\b|\bwhat (?:percent|share|number)\w*"
    r"|\bwhat (?:is|was|are|were|'s) (?:the )?(?:[\w-]+ )?"
    r"(?:population|toll|price|cost|age|rate|number|salary|score|fee|budget|turnout|speed|size|height|length|weight|depth)\b",
    re.I,
)
_WHEN = re.compile(
    r"\bwhen\b|\b(?:what|which) (?:year|date|day|month|time)\b"
    r"|\bwhat (?:is|was) the (?:date|[\w-]+ date|birthday)\b",
    re.I,
)
_HAPPENED = re.compile(r"\bwhat(?:['’]s| has| is| was| had)? (?:really |actually )?happen(?:ed|ing|s)?\b", re.I)
_HOW_MANY = re.compile(r"\bhow many\b", re.I)
_NONE = re.compile(r"\b(?:nobody|no one|none)\b", re.I)
_KINDS = {"number": FactKind.NUMBER, "date": FactKind.DATE, "name": FactKind.NAME}
# These may hold what is asked about between their words, or are a sentence's.
_AROUND = ("event", "reason")
_WITHOUT_SPACES = ("zh", "ja", "ko")
_WHO = re.compile(r"\b(?:who|whom|whose|where|which)\b", re.I)


def wanted(question: str) -> FactKind | None:
    """None when the question gives no hint, as "why" and "what" do."""
    if (language := language_of(question)) not in ENGLISH:
        asking = _patterns(language)
        return next(
            (kind for name, kind in _KINDS.items() if name in asking and asking[name].search(question.lower())), None
        )
    if _HOW_MUCH.search(question):
        return FactKind.NUMBER
    if _WHEN.search(question):
        return FactKind.DATE
    return FactKind.NAME if _WHO.search(question) else None


@cache
def _patterns(language: str) -> dict[str, regex.Pattern[str]]:
    """Of a language, by their names in the data; in scripts without spaces they match anywhere."""
    data = tomllib.loads((files(__package__) / "question_words.toml").read_text(encoding="utf-8")).get(language, {})
    edge = ("", "") if language in _WITHOUT_SPACES else (r"(?<![\w\p{M}])", r"(?![\w\p{M}])")
    return {name: regex.compile(f"{edge[0]}(?:{words}){edge[1]}") for name, words in data.items()}


def gives_reason(sentence: str, question: str) -> bool:
    """Whether the question asks why and the sentence has a word of its language for a reason. Of English, whose
    reasons the embedder finds, none are known."""
    known = _patterns(language_of(question))
    return "why" in known and bool(known["why"].search(question.lower()) and known["reason"].search(sentence.lower()))


def asks_what_happened(question: str) -> bool:
    """What an article tells first, and in words of its own."""
    if (language := language_of(question)) in ENGLISH:
        return bool(_HAPPENED.search(question))
    known = _patterns(language)
    return "event" in known and bool(known["event"].search(question.lower()))


def words_asked_about(question: str) -> list[str]:
    """The words that say what a question is about, without those of its language that only ask, or ask for what is new.
    In English these are stop words."""
    language = language_of(question)
    if language in ENGLISH:
        return key_words(question)
    small, signs = stop_words(language), [*question]
    lower = "".join(sign.lower()[:1] for sign in question)
    asking = [each.finditer(lower) for name, each in _patterns(language).items() if name not in _AROUND]
    spans = [match.span() for found in asking for match in found]
    spans += [match.span() for match in calendar(language).present.finditer(plain(question))]
    for start, end in spans:
        signs[start:end] = " " * (end - start)
    return [word for word in dict.fromkeys(words_in("".join(signs), language)) if word not in small]


def offers(sentence: str, question: str, published: date | None) -> bool:
    """Whether the sentence, published on that day, holds something of the kind that the question asks for, and does
    not give itself."""
    kind = wanted(question)
    if kind is None:
        return False
    if kind is FactKind.NUMBER and says_none(sentence, question):
        return True
    given = _of_kind(kind, question, None)
    if kind is FactKind.NUMBER and language_of(question) in ENGLISH:
        return bool(_amounts(sentence, published, measures_asked(question)) - given)
    return bool(_of_kind(kind, sentence, published) - given)


def echoes(sentence: str, question: str) -> bool:
    """Whether the sentence says nothing but what the question says itself, which may be all that a yes or no needs.
    "No one was killed" tells how many were."""
    return not (asks_yes_or_no(question) or says_none(sentence, question)) and adds_nothing(sentence, question)


def says_none(sentence: str, question: str) -> bool:
    """Whether it answers how many with none."""
    return bool(_HOW_MANY.search(question) and _NONE.search(sentence))


def adds_nothing(sentence: str, question: str) -> bool:
    """Whether every word of the sentence that means something is the question's: a yes or a no at most is new."""
    asked, language = stems_of(question), language_of(sentence)
    return all(stem(word, language) in asked for word in key_words(sentence))


def _amounts(sentence: str, published: date | None, measures: frozenset[Measure]) -> set[str]:
    amounts = ((fact.key, fact.value) for fact in facts(sentence, published))
    return {key for key, value in amounts if isinstance(value, Quantity) and measure(sentence, value) in measures}


def _of_kind(kind: FactKind, text: str, published: date | None) -> set[str]:
    found: tuple[Fact, ...] = facts(text, published)
    return {fact.key for fact in found if fact.kind is kind}
