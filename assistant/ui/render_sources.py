"""The numbered cards beside an answer, with the cited words marked. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.models import Answer, Citation
from assistant.stories import also_in
from assistant.ui.render import byline, headline, isolated, link, shown
from vectorstore.models import Hit, Passage

Span = tuple[int, int]


def card_id(exchange: int, number: int) -> str:
    """The same number stands in every answer of a conversation, so an id names the exchange too."""
    return f"source-{exchange}-{number}"


def sources_html(exchange: int, answer: Answer | None) -> str:
    """What stands beside one answer, from the first snapshot on."""
    if answer is None or not answer.sources:
        return ""
    cards = "".join(
        card_html(card_id(exchange, number), number, hit, answer.citations)
        for number, hit in enumerate(answer.sources, start=1)
    )
    return f'<h3 class="sources-title">Sources</h3><ol class="cards">{cards}</ol>'


def card_html(element_id: str, number: int, hit: Hit, citations: Sequence[Citation]) -> str:
    original = link(hit.article.url, "Open original")
    beside = [isolated(byline(hit.article)), isolated(also_in(hit.copies)) if hit.copies else "", original]
    cited = spans((each for each in citations if each.number == number), hit.passage)
    return (
        f'<li class="card{" cited" if cited else ""}" id="{element_id}" tabindex="-1">'
        f'<h4><span class="number">{number}</span> {isolated(headline(hit.article))}</h4>'
        f'<p class="byline">{" · ".join(filter(None, beside))}</p>'
        f'<blockquote dir="auto">{marked(hit.passage.text, cited)}</blockquote></li>'
    )


def spans(citations: Iterable[Citation], passage: Passage) -> list[Span]:
    """Where the cited words stand in the passage: in order, inside it, overlapping ones joined."""
    joined: list[Span] = []
    for citation in sorted(citations, key=lambda each: each.start):
        start = max(citation.start, passage.start) - passage.start
        end = min(citation.end, passage.end) - passage.start
        if start >= end:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def marked(text: str, cited: Sequence[Span]) -> str:
    """The text with the cited stretches marked. Cut first, escaped after: escaping moves every offset."""
    parts, position = [], 0
    for start, end in cited:
        parts += [shown(text[position:start]), f"<mark>{shown(text[start:end])}</mark>"]
        position = end
    return "".join(parts) + shown(text[position:])
