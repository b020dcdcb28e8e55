"""Answers laid out as lists in the chat: digests, timelines and comparisons. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from assistant.presentation.layout import openers, source
from assistant.text.labels import day
from assistant.types import Answer, AnswerKind, Sentence
from assistant.ui.render import byline, headline, isolated


def list_html(answer: Answer, said: Sequence[str]) -> str:
    """The sentences, each drawn already; "" for an answer that is running text."""
    if answer.refused or answer.kind in (AnswerKind.FACT, AnswerKind.SUMMARY):
        return ""
    opening = openers(answer)
    told = list(zip(answer.sentences, said, strict=True))[opening:]
    if answer.kind is AnswerKind.COMPARISON:
        parts = groupby(told, key=lambda pair: pair[0].label)
        rows = (_entry(isolated(label), "", " ".join(html for _, html in pairs)) for label, pairs in parts)
    else:
        rows = (_entry(*_heading(sentence, answer), html) for sentence, html in told)
    tag = "ol" if answer.kind is AnswerKind.TIMELINE else "ul"
    opened = f"<p>{' '.join(said[:opening])}</p>" if opening else ""
    return f'{opened}<{tag} class="entries {answer.kind}">{"".join(rows)}</{tag}>'


def _entry(title: str, beside: str, said: str) -> str:
    small = f' <span class="byline">{beside}</span>' if beside else ""
    return f'<li><p class="entry"><b>{title}</b>{small}</p><p>{said}</p></li>'


def _heading(sentence: Sentence, answer: Answer) -> tuple[str, str]:
    article = source(sentence, answer)
    if article is None:
        return isolated(sentence.label), ""
    if answer.kind in (AnswerKind.DIGEST, AnswerKind.LIST):
        return isolated(headline(article)), isolated(byline(article))
    reported = "" if day(article.published_at) == sentence.label else day(article.published_at)
    return isolated(sentence.label), isolated(" · ".join(filter(None, (article.outlet, reported))))
