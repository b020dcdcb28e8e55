"""What an answer rests on, and how fresh that is, in lines of plain text. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from assistant.text.labels import corrected, count, day, listed, months_between
from assistant.text.texts import tr, tr_plural
from assistant.text.words import key_stems, stems_of
from assistant.types import Account, Answer, Citation, Sentence
from vectorstore.models import Article, heading

# News is told from one week to the next: an older library may have missed what matters.
_OLD = timedelta(days=7)
# What stands in a report can have changed since. Over half a year plans, prices, offices and tolls do; below that a
# warning would stand above nearly every answer of a library that is filled now and then.
_AGED = 6
_IN_YEARS = 24


def basis(answer: Answer) -> str:
    """`As of 3 July 2022 · newest source 2 July 2022 · 4 articles, 3 outlets`.

    Copies of what is cited count among both; where there are some, the stories behind them are what is counted:
    `3 outlets, 1 source`.
    """
    told = [tr("As of {day}", day=day(answer.as_of))]
    if answer.newest_source:
        told.append(tr("newest source {day}", day=day(answer.newest_source)))
    if answer.citations:
        told.append(_counts(answer))
    return " · ".join(told)


def _counts(answer: Answer) -> str:
    printed = {cited.article.id: cited.article.outlet for cited in answer.citations}
    printed |= {copy.id: copy.outlet for cited in answer.citations for copy in cited.copies}
    stories = {frozenset({cited.article.id, *(copy.id for copy in cited.copies)}) for cited in answer.citations}
    articles, outlets = count(len(printed), "article"), {outlet for outlet in printed.values() if outlet}
    sources = count(len(stories), "source") if len(stories) < len(printed) else ""
    if not outlets:
        return listed([*filter(None, [articles, sources])])
    in_outlets = count(len(outlets), "outlet")
    return listed([in_outlets, sources] if sources else [articles, in_outlets])


def fallen_behind(answer: Answer) -> str:
    """`Newest article in your library: 30 September 2022`; "" when that is less than a week before the reader's
    today, or when the question is about days that the library is past."""
    newest, window = answer.newest_article, answer.window
    if newest is None or answer.as_of - newest < _OLD or (window and window.closes and window.closes < newest):
        return ""
    return tr("Newest article in your library: {day}", day=day(newest))


def aged(answer: Answer) -> str:
    """`Latest report: 16 months old · 31 July 2025`, of what a reader is shown; "" for newer ones, where the question
    asks about days that are past, and where a report's day is unknown."""
    published = [each.article.day for each in (*answer.citations, *answer.quoted)]
    latest, today = max(filter(None, published), default=None), answer.as_of.date()
    past = answer.window and answer.window.last and answer.window.last < today
    if latest is None or not all(published) or past or (old := months_between(latest, today)) < _AGED:
        return ""
    if old < _IN_YEARS:
        told = tr_plural("Latest report: {n} month old", "Latest report: {n} months old", old)
    else:
        told = tr_plural("Latest report: {n} year old", "Latest report: {n} years old", old // 12)
    return f"{told} · {day(latest)}"


def reports_differ(differing: tuple[Account, ...]) -> str:
    """`Reports differ: 12 dead — CNN, 3 July 2022 [1]; 9 dead — Reuters, 2 July 2022 [2]`; "" where none do."""
    told = (f"{each.says} — {source(each)} [{each.citation.number}]" for each in differing)
    return tr("Reports differ: {reports}", reports=tr("; ").join(told)) if differing else ""


def source(report: Account) -> str:
    """`CNN, 3 July 2022`."""
    article = report.citation.article
    return listed([*filter(None, [article.outlet, day(article.published_at)])])


def corrected_since(answer: Answer, current: Mapping[str, Article]) -> dict[int, str]:
    """`corrected 4 July 2022, after this answer` by the number of the source, for those of which `current` has a later
    version than was cited."""
    since = {}
    for cited in answer.citations:
        later = current.get(cited.article.id)
        if later and later.version > cited.article.version:
            since[cited.number] = tr("{corrected}, after this answer", corrected=corrected(later))
    return since


def resting(sentence: Sentence, number: int, citations: Sequence[Citation]) -> Citation | None:
    """The citation behind one of a sentence's marks: of several of one source that which shares most of its words."""
    said = key_stems(sentence.text)
    of_source = (each for each in citations if each.number == number)
    return max(of_source, key=lambda each: len(said & stems_of(each.quote)), default=None)


def cites(answer: Answer, words: Citation) -> bool:
    """Whether the answer rests on any of these words."""
    return any(
        each.article.id == words.article.id and each.start < words.end and words.start < each.end
        for each in answer.citations
    )


def speaks_of(cited: Citation, question: str) -> bool:
    """Whether at least half of the question's words stand in the words cited or the heading above them."""
    asked = key_stems(question)
    held = stems_of(f"{heading(cited.article)} {cited.quote}")
    return len(asked & held) >= len(asked) / 2
