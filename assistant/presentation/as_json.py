"""Answers, hits and changes as plain JSON values; see vectorstore.export. Times are ISO 8601, UTC."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from assistant.answering.provenance import basis
from assistant.presentation.changes import Changes
from assistant.text.labels import corrected
from assistant.text.texts import speaking
from assistant.types import Answer, Citation, Exchange
from vectorstore.export import iso, origin_as_json
from vectorstore.models import Copy, Hit


def hit_as_json(rank: int, hit: Hit) -> dict[str, Any]:
    """A hit at its rank, from 1."""
    passage = hit.passage
    return (
        {"rank": rank, "score": round(hit.score, 4)}
        | origin_as_json(hit.article)
        | {"passage_id": passage.id, "text": passage.text, "start": passage.start, "end": passage.end}
        | {"copies": [_copy(copy) for copy in hit.copies]}
    )


def hits_as_json(hits: Iterable[Hit]) -> list[dict[str, Any]]:
    """Hits in their order, ranked from 1."""
    return [hit_as_json(rank, hit) for rank, hit in enumerate(hits, start=1)]


def answer_as_json(answer: Answer) -> dict[str, Any]:
    """An answer, finished or growing, with its sentences, citations, sources and timings (seconds). A source's rank is
    its number."""
    with speaking(answer.language):
        return _told(answer)


def _told(answer: Answer) -> dict[str, Any]:
    return {
        "question": answer.question,
        "standalone_question": answer.standalone_question,
        "kind": answer.kind,
        "answer": answer.text,
        "sentences": [asdict(sentence) for sentence in answer.sentences],
        "citations": [_citation(citation) for citation in answer.citations],
        "sources": hits_as_json(answer.sources),
        "refused": answer.refused,
        "closest": answer.closest,
        "nearest": [origin_as_json(article) for article in answer.nearest],
        "as_of": answer.as_of.isoformat(),
        "window": answer.window and {"from": iso(answer.window.first), "to": iso(answer.window.last)},
        "outlets": list(answer.outlets),
        "newest_source": iso(answer.newest_source),
        "newest_article": iso(answer.newest_article),
        "basis": basis(answer),
        "differing": [{"says": each.says} | _citation(each.citation) for each in answer.differing],
        "notice": answer.notice,
        "timings": {name: value and round(value, 3) for name, value in asdict(answer.timings).items()},
    }


def exchange_as_json(exchange: Exchange) -> dict[str, Any]:
    """A question of a conversation with what came of it."""
    answer = {"answer": exchange.answer and answer_as_json(exchange.answer)}
    told = {"problem": exchange.problem, "stopped": exchange.stopped}
    return {"question": exchange.question} | answer | told | {"thumb": exchange.thumb, "reason": exchange.reason}


def changes_as_json(found: Changes) -> dict[str, Any]:
    """What changed, as runs of kept, removed and added text."""
    runs = {name.lower(): [asdict(run) for run in changed] for name, changed in found.fields}
    versions = {"from": found.earlier.version, "to": found.later.version}
    return {"article_id": found.later.id} | versions | runs | {"text": [asdict(run) for run in found.text]}


def _citation(citation: Citation) -> dict[str, Any]:
    exact = {"quote": citation.quote, "start": citation.start, "end": citation.end}
    copies = {"copies": [_copy(copy) for copy in citation.copies]}
    version = {"version": citation.article.version, "corrected": corrected(citation.article)}
    return {"number": citation.number} | origin_as_json(citation.article) | version | exact | copies


def _copy(copy: Copy) -> dict[str, Any]:
    published_at = iso(copy.published_at)
    return {"article_id": copy.id, "outlet": copy.outlet, "published_at": published_at, "url": copy.url}
