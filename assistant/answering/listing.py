"""Lists, counts and orders in time: over all articles that fit, with a citation for each row."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import takewhile
from math import inf

from assistant.answering.grounds import Grounds
from assistant.answering.roundup import of_sections, openings, resting_on
from assistant.evidence import quote, weigh
from assistant.evidence.best_sentences import Pick, lede, picked, sentences
from assistant.query.answer_type import offers, says_none
from assistant.query.decomposition import parts
from assistant.text.facts import Fact, FactKind, facts
from assistant.text.labels import count, day, tallied
from assistant.text.quantities import Quantity
from assistant.text.texts import tr, tr_plural
from assistant.text.time_window import read_timing
from assistant.text.words import key_stems, key_words, names_and_numbers, small_words, stem, stems_of
from assistant.types import OLDEST_FIRST, Answer, AnswerKind, Intent, Request, Sentence, own
from vectorstore.languages import language_of, words_in
from vectorstore.library import Library
from vectorstore.models import Hit, Scope, heading, titled

_ROWS = 20
_MOST_OUTLETS = 8
_MENTIONING = 2000
# Of the subject's words, the headline's counted; or of its meaning: a row with less is of something else.
_SHARED = 0.6
_NEAR = 0.4
# With less than this of its meaning it is not worth a judge's second, and of more rows a reader would not wait for it.
_DISTANT = 0.1
_JUDGED = 12

_ORDINAL = "#"
# Small words between a number and what it counts: "140 of 610 jobs", "twelve new vans".
_WITHIN = {"of", "new", "other", "more"}
_TIMES = re.compile(r"\s*(?:(?:times|fois|mal|veces|vezes|volte|keer)\b|回|次)")
# What a number counts stands behind it up to one of these.
_ENDS_PHRASE = re.compile(r"[,;:.!?()–—。、，]")
# "The number of fires rose to 12", "fires: 12", "jobs reached 1,400": what is counted stands before.
_AMOUNTS = re.compile(
    r"(?::|\b(?:number|total|toll|count)\b[^.;]*\b(?:is|was|were|to|at|reached|of)(?: \w+){0,2}"
    r"|\b(?:reach|total|number)\w*|\b(?:r[io]se|f[ae]ll|grew|climbed|dropped)\w* (?:\w+ )?to)\s*$",
    re.I,
)

_BY = re.compile(r"\b(?:by|von|par|por|di|door|av)\b", re.I)
Tells = Callable[[Hit, str], bool]
"""Whether a sentence of a hit reports one of the things that are listed. Raises ModelError."""


def listed(
    answer: Answer, request: Request, hits: Sequence[Hit], library: Library, scope: Scope, tells: Tells | None = None
) -> Answer:
    """The answer with an opening that says how much was looked at; without sentences where no row fits. `tells` is
    asked where `is_judged`."""
    if request.broad or request.sections:
        told = _published(answer, request, library, scope)
        if told.sentences or request.broad:
            return told
    if request.of_articles:
        return _mentions(answer, request, library, scope)
    return _told_of(answer, request, hits, library, tells)


def is_judged(request: Request) -> bool:
    """Whether a list is of what articles report, and not of articles."""
    return request.kind is AnswerKind.LIST and not request.broad and not request.of_articles


def answers_itself(request: Request, grounds: Grounds) -> bool:
    """Whether an article names the number that is asked for: "its third increase this year"."""
    if request.intent is not Intent.COUNT or request.of_articles or not grounds.known:
        return False
    first, wanted = quote(grounds.evidence).citations[:1], key_stems(request.subject)
    counted = wanted - {stem(name) for name in names_and_numbers(f"of {request.subject}")}
    return any(
        offers(each.quote, grounds.asked, each.article.day)
        and (says_none(each.quote, grounds.asked) or tells_number_of(each.quote, counted))
        and len(wanted & stems_of(each.quote)) >= _SHARED * len(wanted)
        for each in first
    )


def tells_number_of(text: str, counted: set[str]) -> bool:
    """Whether a number of the text is of what is counted, or says for which time it was: of the fires in Lund, "three
    fires" and "the third time", and not "three boats burned in a fire"."""
    language = language_of(text)
    small = small_words(text) - _WITHIN

    def tells(number: Fact) -> bool:
        if isinstance(number.value, Quantity) and number.value.unit == _ORDINAL:
            return True
        if _AMOUNTS.search(text[: number.start]):
            return bool(counted & stems_of(text[: number.start]))
        phrase = words_in(_ENDS_PHRASE.split(text[number.end :])[0], language)
        behind = takewhile(lambda word: word not in small, phrase)
        return bool(_TIMES.match(text, number.end) or counted & {stem(word, language) for word in behind})

    return any(tells(each) for each in facts(text, None) if each.kind is FactKind.NUMBER)


def _told_of(answer: Answer, request: Request, hits: Sequence[Hit], library: Library, tells: Tells | None) -> Answer:
    """A sentence of each article that tells of the subject: one that shares its words or comes near to its meaning,
    which "hires" does to "lays off"; or one of which `tells` says so."""
    window = answer.window
    hits = [hit for hit in hits if not window or window.holds(hit.article.published_at)]
    wanted = key_stems(request.subject)
    # "List all" and "which" tell nothing of what is listed; one word alone tells less than the question does.
    timing = read_timing(answer.question, answer.as_of.date())
    asked = request.subject if len(wanted) > 1 else timing.rest

    def to_the_point(pick: Pick, cosine: float) -> bool:
        shared = len(wanted & stems_of(f"{pick.hit.article.title} {pick.text}"))
        return (cosine >= _DISTANT or shared > 0) if tells else cosine >= _NEAR or shared >= _SHARED * len(wanted)

    read = picked(asked, hits, library, _JUDGED if tells else request.most or _ROWS, to_the_point)
    rows = [row for row in read if tells is None or tells(row.hit, row.text)][: request.most or _ROWS]
    if not rows:
        return answer
    among = [row.hit for row in read] if tells else hits
    opening = tr_plural(
        "{n} report of it, in the {articles} that come nearest to the question.",
        "{n} reports of it, in the {articles} that come nearest to the question.",
        len(rows),
        articles=count(len({hit.article.id for hit in among}), "article"),
    )
    if request.intent is Intent.COUNT and len(rows) > 1:
        opening += f" {tr('Two of them may be of one event: count the rows.')}"
    return _with_rows(answer, opening, rows)


def _mentions(answer: Answer, request: Request, library: Library, scope: Scope) -> Answer:
    """The articles that have the subject's names and most of its words, in the text, the headline or the byline."""
    subject = read_timing(request.subject, answer.as_of.date()).rest.strip(" ?.")
    wanted = key_stems(subject)
    names = {stem(word) for word in names_and_numbers(f"of {subject}")}
    if not wanted:
        return answer

    def mentioned(hit: Hit) -> bool:
        said = stems_of(f"{titled(hit.article)} {hit.article.text}")
        return names <= said and 2 * len(wanted & said) >= len(wanted) if names else wanted <= said

    opened = openings(answer, library, scope)
    within = {each.article_id for each in opened}
    found = library.search({subject: 1.0}, dict.fromkeys(key_words(subject), 1.0), scope, _MENTIONING)
    best = {each.article_id: each for each in sorted(found, key=lambda each: each.keyword) if each.article_id in within}
    hits = library.hits([(each.passage_id, each.keyword) for each in best.values() if each.keyword > 0], answer.as_of)
    hits = [*filter(mentioned, hits)]
    if _BY.search(answer.standalone_question) and (written := [hit for hit in hits if _is_by(hit, subject)]):
        hits = written
    hits = sorted(hits, key=lambda hit: _turn(hit.article.published_at, request))
    most = request.most or _ROWS
    rows = [row for hit in hits[:most] if (row := _mentioning(hit, wanted))]
    outlets = Counter(hit.article.outlet for hit in hits if hit.article.outlet)
    opening = tr_plural(
        "{n} of {articles} mentions “{subject}”",
        "{n} of {articles} mention “{subject}”",
        len(hits),
        articles=count(len(opened), "article"),
        subject=subject,
    )
    if outlets:
        many = len(outlets) > _MOST_OUTLETS
        where = count(len(outlets), "outlet") if many else tallied(outlets.most_common())
        opening = tr("{mentions}, in {outlets}", mentions=opening, outlets=where)
    return _with_rows(answer, tr("{line}.", line=opening) + _left_out(len(hits) - len(rows)), rows)


def _is_by(hit: Hit, name: str) -> bool:
    return any(stems_of(name) <= stems_of(author) for author in hit.article.authors)


def _turn(published: datetime | None, request: Request) -> float:
    """By which the newest come first, or the oldest where they are asked for; what has no day comes last."""
    if published is None:
        return inf
    return published.timestamp() if request.detail == OLDEST_FIRST else -published.timestamp()


def _mentioning(hit: Hit, wanted: set[str]) -> Pick | None:
    told = [Pick(hit, start, end) for start, end in sentences(hit, hit.passage)]
    return max(told, key=lambda pick: len(wanted & stems_of(pick.text)), default=None)


def _published(answer: Answer, request: Request, library: Library, scope: Scope) -> Answer:
    """What the days and the outlets asked about have published, or what of it belongs to the section."""
    every = openings(answer, library, scope)
    of_it = of_sections(every, request.sections, library)
    opened = sorted(of_it, key=lambda each: _turn(each.published_at, request))
    if not opened:
        return answer
    hits = library.hits([(each.passage_id, 1.0) for each in opened[: request.most or _ROWS]], answer.as_of)
    rows = [row for hit in hits if (row := lede(hit))]
    opening = tr("{line}.", line=count(len(opened), "article"))
    if request.sections:
        opening = tr_plural(
            "{n} of {articles} belongs to “{subject}”, by its headline and its beginning.",
            "{n} of {articles} belong to “{subject}”, by their headlines and beginnings.",
            len(opened),
            articles=count(len(every), "article"),
            subject=read_timing(request.subject, answer.as_of.date()).rest.strip(" ?."),
        )
    return _with_rows(answer, opening + _left_out(len(opened) - len(rows)), rows)


def in_order_of_time(answer: Answer, hits: Sequence[Hit], library: Library) -> Answer:
    """The two events of a question by their days; without sentences where the days are the same or unknown."""
    told = [(part, pick) for part in parts(answer.question) if (pick := _event(part, hits, library))]
    dated = sorted((pick.day, part, pick) for part, pick in told if pick.day)
    if len(dated) != 2 or dated[0][0] == dated[1][0]:
        return answer
    ordered = resting_on(answer, [pick for *_, pick in dated], [day(when) for when, *_ in dated])
    first, then = dated[0][1].strip(" ?."), dated[1][1].strip(" ?.")
    said = tr("“{first}” was before “{then}”, by the days that the articles give.", first=first, then=then)
    if not all(_says(pick, part) for _, part, pick in dated):
        said = tr("What comes nearest to the two, by the days that the articles give, the earlier first:")
    opening = own(said)
    return replace(ordered, sentences=(opening, *ordered.sentences))


def _says(pick: Pick, part: str) -> bool:
    """Whether the sentence and its headline have all words of the event: one that is only near may be another event."""
    return key_stems(part) <= stems_of(f"{pick.hit.article.title} {pick.text}")


def _event(part: str, hits: Sequence[Hit], library: Library) -> Pick | None:
    """The sentence that tells of an event best, of hits that have more than half of its words."""
    wanted = key_stems(part)
    near = [
        hit for hit in hits if len(wanted & stems_of(f"{heading(hit.article)} {hit.passage.text}")) > len(wanted) / 2
    ]
    told = [Pick(span.hit, span.start, span.end) for span in weigh(part, near, library.embedder).spans]
    return max(told, key=lambda pick: len(wanted & stems_of(f"{pick.hit.article.title} {pick.text}")), default=None)


def _left_out(number: int) -> str:
    told = tr_plural("{n} more are not shown.", "{n} more are not shown.", number)
    return f" {told}" if number > 0 else ""


def _with_rows(answer: Answer, opening: str, rows: Sequence[Pick]) -> Answer:
    shown = resting_on(answer, rows)
    told: tuple[Sentence, ...] = (own(opening), *shown.sentences)
    return replace(shown, sentences=told, kind=AnswerKind.LIST)
