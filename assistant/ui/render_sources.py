"""The numbered cards beside an answer, with the cited words marked. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from assistant.answering.suggestions import about
from assistant.text.labels import also_in, corrected
from assistant.text.texts import tr
from assistant.types import Answer, Citation
from assistant.ui.render import byline_html, headline, isolated, label_html, link, marks_html, shown
from vectorstore.models import Hit

Span = tuple[int, int]


def card_id(exchange: int, number: int) -> str:
    """The same number stands in every answer of a conversation, so an id names the exchange too."""
    return f"source-{exchange}-{number}"


def sources_html(exchange: int, answer: Answer | None, removed: Collection[int] = ()) -> str:
    """What stands beside one answer, from the first snapshot on; `removed` are the numbers of those whose article is in
    the library no more."""
    if answer is None or not answer.sources:
        return ""
    cards = "".join(
        card_html(exchange, number, hit, answer.citations, number in removed)
        for number, hit in enumerate(answer.sources, start=1)
    )
    return f'<h3 class="sources-title">{tr("Sources")}</h3><ol class="cards">{cards}</ol>'


def card_html(exchange: int, number: int, hit: Hit, citations: Sequence[Citation], removed: bool = False) -> str:
    original = link(hit.article.url, tr("Open original"))
    passage = hit.passage
    cited = spans((each for each in citations if each.number == number), passage.start, passage.end)
    changed = corrected(hit.article)
    beside = [byline_html(hit.article), isolated(also_in(hit.copies)) if hit.copies else "", original]
    # What the reader needs to ask for the whole article; an article that was removed has no more than this card.
    origin = "" if removed else f' data-article="{shown(hit.article.id)}" data-version="{hit.article.version}"'
    return (
        f'<li class="card{" cited" if cited else ""}" id="{card_id(exchange, number)}" tabindex="-1"{origin}>'
        f'<h4><span class="number">{number}</span> {isolated(headline(hit.article))}</h4>'
        f'<p class="byline">{" · ".join(filter(None, beside))}'
        f"{marks_html(hit.article)}{label_html(changed) if changed else ''}"
        f"{label_html(tr('removed from the library since')) if removed else ''}</p>"
        f'<blockquote dir="auto">{marked(passage.text, cited, at=passage.start)}</blockquote>'
        f'<button type="button" class="plain" data-open data-question="{shown(about(hit.article))}">'
        f"{tr('Read the article')}</button></li>"
    )


def spans(citations: Iterable[Citation], start: int, end: int) -> list[Span]:
    """Where the cited words stand in this stretch of the article: in order, inside it, overlapping ones joined."""
    inside = ((max(each.start, start) - start, min(each.end, end) - start) for each in citations)
    return joined((first, last) for first, last in inside if first < last)


def joined(found: Iterable[Span]) -> list[Span]:
    """In order, with those joined that overlap or touch."""
    merged: list[Span] = []
    for first, last in sorted(found):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def marked(text: str, cited: Sequence[Span], at: int | None = None) -> str:
    """The text with the cited stretches marked. Cut first, escaped after: escaping moves every offset. With `at`, where
    the text begins in its article, each mark says where in the article it stands."""
    parts, position = [], 0
    for start, end in cited:
        place = "" if at is None else f' data-start="{at + start}" data-end="{at + end}"'
        parts += [shown(text[position:start]), f"<mark{place}>{shown(text[start:end])}</mark>"]
        position = end
    return "".join(parts) + shown(text[position:])
