"""Exchanges as plain JSON values and back: all that it takes to show them again exactly as they were. Pure.

The articles themselves stay in the catalogue, which has every version. The passages are kept beside the answer, for the
day on which an article is removed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

from assistant.types import Account, Answer, AnswerKind, Citation, Exchange, Sentence, Stage, Support, Thumb, Window
from vectorstore.export import iso
from vectorstore.models import Article, Copy, Hit, Passage
from vectorstore.storage.conversations import KeptExchange

FindArticle = Callable[[str, int], Article | None]
Kept = Mapping[str, Any]


def as_kept(exchange: Exchange) -> KeptExchange:
    answer = exchange.answer
    return KeptExchange(
        number=exchange.number,
        question=exchange.question,
        said=answer.text if answer else "",
        answer=_answer(answer) if answer else None,
        problem=exchange.problem,
        stopped=exchange.stopped,
        thumb=exchange.thumb or "",
        reason=exchange.reason,
    )


def as_shown(kept: KeptExchange, find: FindArticle) -> Exchange:
    """As it was, with the articles that it cites in the versions that it cites."""
    exchange = Exchange(
        number=kept.number,
        question=kept.question,
        problem=kept.problem,
        stopped=kept.stopped,
        thumb=Thumb(kept.thumb) if kept.thumb else None,
        reason=kept.reason,
    )
    if kept.answer is None:
        return exchange
    found = [_hit_from(source, find) for source in kept.answer["sources"]]
    removed = frozenset(number for number, (_, there) in enumerate(found, start=1) if not there)
    return replace(exchange, answer=_answer_from(kept.answer, tuple(hit for hit, _ in found)), removed=removed)


def _answer(answer: Answer) -> dict[str, Any]:
    window = answer.window
    return {
        "question": answer.question,
        "standalone_question": answer.standalone_question,
        "as_of": answer.as_of.isoformat(),
        "stage": answer.stage,
        "kind": answer.kind,
        "window": window and [day and day.isoformat() for day in (window.first, window.last)],
        "outlets": list(answer.outlets),
        "sources": [_hit(hit) for hit in answer.sources],
        "sentences": [asdict(sentence) for sentence in answer.sentences],
        "writing": answer.writing,
        "citations": [_citation(citation) for citation in answer.citations],
        "quoted": [_citation(citation) for citation in answer.quoted],
        "refused": answer.refused,
        "closest": answer.closest,
        "nearest": [_origin(article) for article in answer.nearest],
        "newest_source": iso(answer.newest_source),
        "differing": [{"says": each.says, "citation": _citation(each.citation)} for each in answer.differing],
        "newest_article": iso(answer.newest_article),
        "notice": answer.notice,
        "language": answer.language,
        "read": answer.read,
    }


def _answer_from(kept: Kept, sources: tuple[Hit, ...]) -> Answer:
    window = kept["window"]
    return Answer(
        question=kept["question"],
        standalone_question=kept["standalone_question"],
        as_of=datetime.fromisoformat(kept["as_of"]),
        stage=Stage(kept["stage"]),
        kind=AnswerKind(kept["kind"]),
        window=window and Window(*(day and date.fromisoformat(day) for day in window)),
        outlets=tuple(kept["outlets"]),
        sources=sources,
        sentences=tuple(map(_sentence_from, kept["sentences"])),
        writing=kept["writing"],
        citations=tuple(_citation_from(each, sources) for each in kept["citations"]),
        quoted=tuple(_citation_from(each, sources) for each in kept.get("quoted", ())),
        refused=kept["refused"],
        closest=kept.get("closest", False),
        nearest=tuple(_article_from(each, "") for each in kept["nearest"]),
        newest_source=_moment(kept["newest_source"]),
        differing=tuple(Account(each["says"], _citation_from(each["citation"], sources)) for each in kept["differing"]),
        newest_article=_moment(kept["newest_article"]),
        notice=kept["notice"],
        language=kept.get("language", ""),
        read=kept.get("read", ""),
    )


def _sentence_from(kept: Kept) -> Sentence:
    return Sentence(**{**kept, "citations": tuple(kept["citations"]), "support": Support(kept["support"])})


def _hit(hit: Hit) -> dict[str, Any]:
    passage = {name: getattr(hit.passage, name) for name in ("id", "position", "start", "end", "text")}
    return {"article": _origin(hit.article), "passage": passage, "score": hit.score, "copies": _copies(hit.copies)}


def _hit_from(kept: Kept, find: FindArticle) -> tuple[Hit, bool]:
    """Without its article a passage is one by itself: all that is left of the text."""
    origin, held = kept["article"], kept["passage"]
    passage = Passage(article_id=origin["id"], version=origin["version"], **held)
    article = find(origin["id"], origin["version"])
    # The same file can have been added again with another text, as version 1 again.
    there = article is not None and article.text[passage.start : passage.end] == passage.text
    if article is None or not there:
        article, passage = _article_from(origin, passage.text), replace(passage, start=0, end=len(passage.text))
    return Hit(passage, article, kept["score"], tuple(map(_copy_from, kept["copies"]))), there


def _citation(citation: Citation) -> dict[str, Any]:
    """`start` counts from the passage's own."""
    start = citation.start - citation.passage.start
    return {
        "number": citation.number,
        "quote": citation.quote,
        "start": start,
        "copies": _copies(citation.copies),
    }


def _citation_from(kept: Kept, sources: Sequence[Hit]) -> Citation:
    hit = sources[kept["number"] - 1]
    start, quote = hit.passage.start + kept["start"], kept["quote"]
    copies = tuple(map(_copy_from, kept["copies"]))
    return Citation(kept["number"], hit.article, hit.passage, quote, start, start + len(quote), copies)


def _origin(article: Article) -> dict[str, Any]:
    """An article without its text."""
    times = {name: iso(getattr(article, name)) for name in _TIMES}
    return {name: getattr(article, name) for name in _NAMES} | {"authors": list(article.authors)} | times


def _article_from(kept: Kept, text: str) -> Article:
    times = {name: _moment(kept[name]) for name in _TIMES}
    return Article(**{**kept, **times, "authors": tuple(kept["authors"]), "text": text})


_TIMES = ("published_at", "updated_at", "ingested_at", "gone_at")
_NAMES = ("id", "title", "outlet", "url", "language", "version", "summary_only")


def _copies(copies: tuple[Copy, ...]) -> list[dict[str, Any]]:
    return [asdict(copy) | {"published_at": iso(copy.published_at)} for copy in copies]


def _copy_from(kept: Kept) -> Copy:
    return Copy(**{**kept, "published_at": _moment(kept["published_at"])})


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
