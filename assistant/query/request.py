"""A question taken apart: its intent, its subject and the form that the answer should have."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import NamedTuple

import regex

from assistant.query.decomposition import parts
from assistant.query.follow_ups import POINTING
from assistant.query.intent import OF_NO_ARTICLE, Intents, Understood, frame_words
from assistant.query.search_filters import read_outlets
from assistant.query.sections import sections_of
from assistant.text.text_dates import moments
from assistant.text.time_window import read_timing
from assistant.text.words import key_words, names_and_numbers, small_words, words_of
from assistant.types import AnswerKind, Intent, Request, Turn, asks_for_articles
from vectorstore.languages import UNSPACED, count_of_words, language_of

_KINDS = {
    Intent.LIST: AnswerKind.LIST,
    Intent.COUNT: AnswerKind.LIST,
    Intent.ROUNDUP: AnswerKind.DIGEST,
    Intent.TIMELINE: AnswerKind.TIMELINE,
    Intent.COMPARISON: AnswerKind.COMPARISON,
    Intent.ORDER: AnswerKind.TIMELINE,
    Intent.SUMMARY: AnswerKind.SUMMARY,
}
# Put together of what many articles say, so that one after another can be asked for in the same way.
_IN_PARTS = (AnswerKind.DIGEST, AnswerKind.TIMELINE)
# "And in October?", "what about the ferry?"; what asks for itself goes on with nothing: "and who was hurt?"
_GOES_ON = re.compile(r"(?:(?P<about>(?:and )?(?:what|how) about)|and|und|et|y|e)(?:,\s*|\s+)", re.I)
# How far back a conversation is read for what one question after another has put into the place of the first.
_TURNS = 6
# "And from the Courier?" adds to what is asked for, and takes nothing away.
_OF_OUTLET = re.compile(r"(?:from|by|von|de|par|di)\s", re.I)
_ASKS = re.compile(
    r"(?:wh(?:o|om|ose|at|ich|en|ere|y)|how|is|are|was|were|do|does|did|has|have|had|will|would|can|could|should|wer|was"
    r"|wie|wann|wo|warum|qui|que|quand|combien|où|pourquoi|quién|qué|cuándo|cuánt\w+|dónde|chi|che|quando|quanto|dove"
    r"|he|she|it|they|him|her|them|that|this|then|after that)\b",
    re.I,
)
_OF_PARTS = (Intent.COMPARISON, Intent.ORDER)
OF_OUTLETS = "outlets"
"""The detail of a comparison of what outlets say of one thing, named or not."""
_TOKEN = regex.compile(rf"(?V1){UNSPACED}|[[^\W_]--{UNSPACED}]+(?:['’.-][[^\W_]--{UNSPACED}]+)*")
_NUMBERS = "two three four five six seven eight nine ten".split()
_NUMBER = rf"(?P<number>\d{{1,2}}|{'|'.join(_NUMBERS)}|dos|tres|cinco|deux|trois|cinq|zwei|drei|vier|fünf|dois|três)"
_SPELLED = {"dos": 2, "deux": 2, "zwei": 2, "dois": 2, "tres": 3, "trois": 3, "drei": 3, "três": 3, "vier": 4}
_SPELLED |= {"cinco": 5, "cinq": 5, "fünf": 5} | {word: at for at, word in enumerate(_NUMBERS, start=2)}
_LINES = (
    r"(?:bullets?(?: points?)?|(?:key |main )?points|sentences|lines|facts|takeaways|puntos|frases|phrases|Punkten?|"
    r"Sätzen?|pontos)"
)
_FORM = re.compile(rf"\b(?:(?:in|into|to|as|en|em)\s+)?(?:{_NUMBER}\s+)?(?:short\s+|brief\s+)?{_LINES}\b(?! of)", re.I)
# One article is meant, and not a topic: the word for it in the languages that the page speaks.
_ARTICLE = re.compile(
    r"\b(?:arti[ckg]\w*|artíc\w*|column|kolumne|story|piece|interview|obituary|editorial|op-ed)\b|مقال|लेख|記事|文章",
    re.I,
)
_GREETING = re.compile(
    r"^(?:hi|hello|hey|good (?:morning|evening|afternoon)|quick question|question|please)\b[^.!?]*?[,.!:–-]+\s+", re.I
)
# "Bullet points: what is known of it?": how the answer is to look, before what is asked.
_AHEAD = re.compile(
    rf"^(?:{_FORM.pattern}|in (?:short|brief)|short|summary|tl;?dr|kurz|en bref|resumen|resumo)\s*[:–-]+\s+(?=\w)", re.I
)
_BACK = re.compile(r"^(?:ok(?:ay)?,? )?(?:(?:going|coming|let's go|let us go) )?back to (?:the )?(?=\w)", re.I)
# As in "whats new"; inside of a question only in lower case: Theres is somebody's name.
_UNMARKED = re.compile(
    r"(?:^([Ww]hat|[Ww]ho|[Ww]here|[Ww]hen|[Hh]ow)|\b(what|who|where|when|how|that|there))s\b(?= \w)"
)
_PART = regex.compile(r"[^\W_]+")
# Of what is told around a question, the names that it may be about.
_NAMES = 4
# Of more words than these the asking part alone is judged and looked for.
_LONG = 45
# Characters: more than these are refused when they are looked for.
_LONGEST = 2000
_ASKING = re.compile(
    r"\b(?:who|whom|whose|what|which|when|where|why|how|whether|wer|wie|wann|warum|welche\w*|qui|quand|combien|quién|cuándo)\b",
    re.I,
)
_WISH = re.compile(r"\b(?:can|could|would|will) (?:you|anybody|anyone|somebody|someone)\b", re.I)
_SENTENCE = re.compile(r"(?<=[.!?؟।])\s+|(?<=[。！？])\s*|\n+")


class Said(NamedTuple):
    """What was typed, as the question in it and the text that was pasted or told around it."""

    question: str
    around: str = ""


def said(typed: str) -> Said:
    """The question without a greeting, a form or "back to" before it, and with "whats" as "what's"; of a long text the
    part that asks, after the names of the rest."""
    text = " ".join(typed.split())
    if len(text) > _LONGEST:
        return Said(typed)
    text = _UNMARKED.sub(r"\1\2's", text)
    bare = _AHEAD.sub("", _GREETING.sub("", text))
    if count_of_words(text) > _LONG:
        return _asking(bare)
    bare = _BACK.sub("on ", bare)  # a name at the very beginning would not be known as one
    return Said(bare if key_words(bare) else text)


def _asking(text: str) -> Said:
    sentences = _SENTENCE.split(text)
    asking = next((each for each in reversed(sentences) if each.endswith(("?", "？", "؟"))), sentences[0])
    around = " ".join(each for each in sentences if each is not asking)
    wish = _WISH.search(asking)
    if count_of_words(asking) > _LONG and (match := _ASKING.search(asking, wish.end() if wish else len(asking) // 2)):
        around, asking = f"{around} {asking[: match.start()]}".strip(), asking[match.start() :]
    names = [each for each in names_and_numbers(f"of {around}") if each not in asking and not moments(each, None)]
    return Said(f"{', '.join(names[:_NAMES])}: {asking}" if names else asking, around)


def requested(question: str, today: date, intents: Intents, outlets: Iterable[str] = ()) -> Request:
    """What a question asks for, asked on `today` (UTC) of a library with these outlets."""
    if sections := _sections(question, today, outlets):  # "Sport" by itself, or with days: "sport this week"
        return Request(AnswerKind.DIGEST, question, intent=Intent.ROUNDUP, sections=sections)
    form = _FORM.search(question)
    intent, detail = _understood(question, today, intents, outlets)
    of_parts = intent in _OF_PARTS and detail != OF_OUTLETS
    if intent not in _KINDS or (of_parts and len(parts(question)) < 2):
        return Request(AnswerKind.FACT, question, intent=_of_one_thing(intent), detail=detail, most=_wanted(form))
    kind = _KINDS[intent]
    if intent is Intent.SUMMARY and not _ARTICLE.search(question):
        kind = AnswerKind.DIGEST
    if of_parts:
        return Request(kind, question, intent=intent)
    bare = _FORM.sub(" ", question) if intent in (Intent.SUMMARY, Intent.ROUNDUP) else question
    subject, broad = _subject(bare, Understood(intent, detail), today, outlets)
    if broad and kind is AnswerKind.TIMELINE and subject:
        kind = AnswerKind.DIGEST  # of some days, and of no one thing: "What has happened since Monday?"
    broad = broad and kind in (AnswerKind.DIGEST, AnswerKind.LIST)
    request = Request(kind, subject, broad, intent, detail, _wanted(form))
    if kind is AnswerKind.DIGEST or request.of_articles:
        request = request._replace(sections=_sections(subject, today, outlets))
    return request


def _sections(text: str, today: date, outlets: Iterable[str]) -> frozenset[str]:
    """The sections that a text names, and nothing beside them but days and outlets."""
    return sections_of(text) or sections_of(read_outlets(read_timing(text, today).rest, outlets).rest)


def gone_on(question: str, turns: Sequence[Turn], today: date, requested: Callable[[str], Request]) -> str:
    """The question before with what this one puts into its place: after "What happened in September?", "and in
    October?", after "articles about trams", "and about ferries?". Itself where it puts nothing, and where the one
    before asked for a fact, whose sense it needs and not its form."""
    match = _GOES_ON.match(question.strip())
    new = question.strip()[match.end() :].strip(" ?.!") if match else ""
    if not turns or not new or _ASKS.match(new) or requested(new).intent in OF_NO_ARTICLE:
        return question
    before = gone_on(turns[-1].question, turns[-_TURNS:-1], today, requested)
    request = requested(before)
    in_parts = request.kind in _IN_PARTS and request.intent is not Intent.ORDER
    if not (request.of_articles or in_parts or request.broad):
        return question
    return _of_other_days(before, new, today) or _of_another(before, new, match, request, today) or question


def _of_other_days(before: str, new: str, today: date) -> str:
    """ "" where it names no days, or more than days: "in July", and "July" after "what about"."""
    language = language_of(before)
    for days in (new, f"in {new}"):
        timing = read_timing(days, today, language)
        if timing.window and not key_words(timing.rest):
            old = read_timing(before, today, language)
            return f"{(old.rest if old.window else before).rstrip(' ?.')} {days}?"
    return ""


def _of_another(before: str, new: str, match: re.Match[str] | None, request: Request, today: date) -> str:
    """ "" where the question before is no form for it: "and the victims?" of a fire asks for those of that fire."""
    if request.broad or _OF_OUTLET.match(new):
        return f"{before.rstrip(' ?.')} {new}?"
    subject = read_timing(request.subject, today).rest.strip(" ?.")
    another = request.of_articles or (request.sections and sections_of(new)) or (match and match["about"])
    found = [*re.finditer(rf"(?<!\w){re.escape(subject)}(?!\w)", before)]
    if not (another and subject and found):
        return ""
    return (
        f"{before[: found[-1].start()]}{_bare(new, frame_words(Intent.LIST, True)) or new}{before[found[-1].end() :]}"
    )


def _understood(question: str, today: date, intents: Intents, outlets: Iterable[str]) -> Understood:
    """Days that no example names are days all the same: "What happened on 12 September?" asks for the news as "What
    happened this week?" does."""
    understood = intents.of(question)
    if understood.intent is not Intent.FACT or not (timing := read_timing(question, today)).window:
        return understood
    of_a_week = intents.of(f"{timing.rest.rstrip(' ?.')} this week?")
    broad = of_a_week.intent is Intent.ROUNDUP and _subject(question, of_a_week, today, outlets)[1]
    return of_a_week if broad else understood


def _of_one_thing(intent: Intent) -> Intent:
    return Intent.FACT if intent in _OF_PARTS else intent


def _wanted(form: re.Match[str] | None) -> int:
    number = ((form and form["number"]) or "").lower()
    return int(number) if number.isdigit() else _SPELLED.get(number, 0)


def _subject(question: str, understood: Understood, today: date, outlets: Iterable[str]) -> tuple[str, bool]:
    """The question without the words of its intent at both ends, its phrase of time kept, and whether nothing but time
    and outlets is left."""
    intent, detail = understood
    of_articles = asks_for_articles(intent, detail)
    known = frame_words(intent, of_articles and intent is Intent.LIST)
    timing = read_timing(question, today)
    asked = timing.rest if timing.window else question
    rest = _bare(read_outlets(asked, outlets).rest, known)
    when = _taken_out(question, timing.rest) if timing.window else ""
    pointing = of_articles and POINTING & set(words_of(asked))  # "articles about it" are not all there are
    broad = not key_words(rest) and not rest.isupper() and not pointing
    return " ".join(filter(None, (rest if of_articles else _bare(asked, known), when))), broad


def _bare(text: str, frame: frozenset[str]) -> str:
    """The text without the words of a frame, or such as say little anywhere, at its two ends."""
    known = frame | small_words(text)
    found = list(_TOKEN.finditer(text))
    while found and _is_frame(found[0], text, known):
        found.pop(0)
    while found and _is_frame(found[-1], text, known):
        found.pop()
    if not found:
        return ""
    start, end = found[0].start(), found[-1].end()
    quoted = text[:start].rstrip()[-1:] in '"“„«' and start > 0
    return text[text[:start].rstrip().rfind(text[:start].rstrip()[-1]) : end + 1] if quoted else text[start:end]


def _is_frame(word: regex.Match[str], text: str, known: frozenset[str]) -> bool:
    """A word with a capital inside the text is of a name, and so is one in capitals: articles about the US. In German
    every noun has one."""
    said = word.group()
    if language_of(text) == "de" and said.istitle():
        return all(part in known for part in _PART.findall(said.lower()))
    shouted = said.isupper() and (len(said) == 1 or text.isupper())
    named = said[0].isupper() and not shouted and text[: word.start()].strip(" \"“'‘") != ""
    return not named and all(part in known for part in _PART.findall(said.lower()))


def _taken_out(question: str, rest: str) -> str:
    """The words of the question that are missing from the rest, which is it without one stretch."""
    whole, left = (re.findall(r"[^\s?!]+", text) for text in (question, rest))
    start = next((at for at, (one, other) in enumerate(zip(whole, left, strict=False)) if one != other), len(left))
    return " ".join(whole[start : start + len(whole) - len(left)]).rstrip(".,")
