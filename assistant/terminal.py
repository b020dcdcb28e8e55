"""Answers and hits as plain text for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from assistant.models import Answer, Citation, Sentence, Support
from assistant.stories import also_in
from vectorstore.models import Article, Copy, Entry, Hit

_INDENT = "    "


def answer_as_text(answer: Answer) -> str:
    """The sentences with their numbers, then each citation with its exact words; or what is nearest."""
    said = (sentence.text if answer.refused else marked(sentence) for sentence in answer.sentences)
    lines = [" ".join(said)]
    if answer.standalone_question != answer.question:
        lines.insert(0, f"(read as: {answer.standalone_question})")
    if answer.notice:
        lines.append(f"\n{answer.notice}")
    lines += [_citation(citation) for citation in answer.citations]
    if answer.nearest:
        lines.append("\nNearest in the library:")
        lines += [f"{_INDENT}{origin(article)}" for article in answer.nearest]
    if answer.newest_source:
        lines.append(f"\nNewest source: {day(answer.newest_source)}")
    return "\n".join(lines)


def hits_as_text(hits: Sequence[Hit]) -> str:
    """Rank, origin and the passage itself."""
    found = [
        f"{rank}. {_with_copies(hit.article, hit.copies)}  [{hit.score:.2f}]\n"
        f"{_INDENT}{' '.join(hit.passage.text.split())}"
        for rank, hit in enumerate(hits, start=1)
    ]
    return "\n\n".join(found) or "Nothing found."


def article_as_text(article: Article) -> str:
    """Headline, origin, address and text."""
    byline = f"By {', '.join(article.authors)}" if article.authors else ""
    head = [article.title, origin(article), byline, article.url, f"Version {article.version}{_marks(article)}"]
    return "\n".join(line for line in head if line) + f"\n\n{article.text}"


def entries_as_text(entries: Sequence[Entry]) -> str:
    """One line an article, its id first."""
    if not entries:
        return "The library is empty. Put articles in with `dateline ingest`."
    width = max(len(entry.id) for entry in entries)
    return "\n".join(
        f"{entry.id:<{width}}  {entry.title}, {', '.join(filter(None, [entry.outlet, day(entry.published_at)]))}"
        f"{_marks(entry)}"
        for entry in entries
    )


def marked(sentence: Sentence) -> str:
    """A sentence as a terminal shows it, an unsupported one said to be so."""
    marks = "".join(f"[{number}]" for number in sentence.citations)
    doubt = "(not supported by the sources)" if sentence.support is Support.UNSUPPORTED else ""
    return " ".join(part for part in (sentence.text, marks, doubt) if part)


def origin(article: Article) -> str:
    """`Headline, Outlet, 3 July 2022`."""
    return ", ".join(part for part in (article.title or article.id, article.outlet, day(article.published_at)) if part)


def day(moment: datetime | None) -> str:
    """`3 July 2022`, UTC."""
    return f"{moment.day} {moment:%B %Y}" if moment else "date unknown"


def _marks(article: Article | Entry) -> str:
    summary = " (summary only: its page could not be read)" if article.summary_only else ""
    return summary + (f" (gone from its site, {day(article.gone_at)})" if article.gone_at else "")


def _with_copies(article: Article, copies: Sequence[Copy]) -> str:
    return origin(article) + (f" ({also_in(copies)})" if copies else "")


def _citation(citation: Citation) -> str:
    link = f"\n{_INDENT}{citation.article.url}" if citation.article.url else ""
    quote = " ".join(citation.quote.split())
    return f"\n[{citation.number}] {_with_copies(citation.article, citation.copies)}{link}\n{_INDENT}“{quote}”"
