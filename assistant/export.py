"""Answers and hits as plain JSON values, for the command line and for programs. Times are ISO 8601, UTC."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from assistant.changes import Changes
from assistant.models import Answer, Citation
from vectorstore.models import Article, Copy, Entry, Hit
from vectorstore.subscriptions import Subscription


def hit_as_json(rank: int, hit: Hit) -> dict[str, Any]:
    """A hit at its rank, from 1."""
    passage = hit.passage
    return (
        {"rank": rank, "score": round(hit.score, 4)}
        | _article(hit.article)
        | {"passage_id": passage.id, "text": passage.text, "start": passage.start, "end": passage.end}
        | {"copies": [_copy(copy) for copy in hit.copies]}
    )


def answer_as_json(answer: Answer) -> dict[str, Any]:
    """An answer with its sentences, citations and timings (seconds)."""
    return {
        "question": answer.question,
        "standalone_question": answer.standalone_question,
        "answer": answer.text,
        "sentences": [asdict(sentence) for sentence in answer.sentences],
        "citations": [_citation(citation) for citation in answer.citations],
        "refused": answer.refused,
        "nearest": [_article(article) for article in answer.nearest],
        "as_of": answer.as_of.isoformat(),
        "window": answer.window and {"from": _day(answer.window.first), "to": _day(answer.window.last)},
        "outlets": list(answer.outlets),
        "newest_source": iso(answer.newest_source),
        "notice": answer.notice,
        "timings": {name: value and round(value, 3) for name, value in asdict(answer.timings).items()},
    }


def article_as_json(article: Article) -> dict[str, Any]:
    """An article with its text."""
    return _article(article) | {
        "authors": list(article.authors),
        "updated_at": iso(article.updated_at),
        "ingested_at": iso(article.ingested_at),
        "language": article.language,
        "version": article.version,
        "summary_only": article.summary_only,
        "gone_at": iso(article.gone_at),
        "text": article.text,
    }


def changes_as_json(found: Changes) -> dict[str, Any]:
    """What changed, as runs of kept, removed and added text."""
    runs = {name.lower(): [asdict(run) for run in changed] for name, changed in found.fields}
    versions = {"from": found.earlier.version, "to": found.later.version}
    return {"article_id": found.later.id} | versions | runs | {"text": [asdict(run) for run in found.text]}


def entry_as_json(entry: Entry) -> dict[str, Any]:
    """A row of the library's table."""
    times = ("published_at", "ingested_at", "gone_at")
    return asdict(entry) | {name: iso(getattr(entry, name)) for name in times}


def subscription_as_json(subscription: Subscription) -> dict[str, Any]:
    """A feed that is followed."""
    shown = ("url", "title", "added_at", "last_run_at", "last_result", "failures", "next_due_at")
    values = {name: getattr(subscription, name) for name in shown}
    return {name: iso(value) if isinstance(value, datetime) else value for name, value in values.items()}


def iso(moment: datetime | None) -> str | None:
    """ISO 8601, or None for an unknown time."""
    return moment.isoformat() if moment else None


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _citation(citation: Citation) -> dict[str, Any]:
    exact = {"quote": citation.quote, "start": citation.start, "end": citation.end}
    copies = {"copies": [_copy(copy) for copy in citation.copies]}
    return {"number": citation.number} | _article(citation.article) | exact | copies


def _article(article: Article) -> dict[str, Any]:
    return {
        "article_id": article.id,
        "title": article.title,
        "outlet": article.outlet,
        "published_at": iso(article.published_at),
        "url": article.url,
    }


def _copy(copy: Copy) -> dict[str, Any]:
    published_at = iso(copy.published_at)
    return {"article_id": copy.id, "outlet": copy.outlet, "published_at": published_at, "url": copy.url}
