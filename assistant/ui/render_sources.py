"""The sources of an answer: the strip above it, the numbered cards beside it with the cited words marked, and the
nearest articles where there is none. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from assistant.answering.provenance import resting
from assistant.answering.suggestions import about
from assistant.text.labels import age, also_in, corrected, day, short_day
from assistant.text.texts import number as written
from assistant.text.texts import tr
from assistant.types import Answer, Citation
from assistant.ui.render import beside, headline, isolated, label_html, link, marks_html, shown
from vectorstore.models import Article

Span = tuple[int, int]
# Of what stands before and after the cited words in a card, in characters: about a line.
_BEFORE, _AFTER = 40, 70
_OPENING = 600


def card_id(exchange: int, number: int) -> str:
    """The same number stands in every answer of a conversation, so an id names the exchange too."""
    return f"source-{exchange}-{number}"


def cited_numbers(answer: Answer) -> list[int]:
    """Those of the sources that a reader sees words of, in order."""
    numbers = {each.number for each in (*answer.citations, *answer.quoted)}
    numbers |= {number for sentence in answer.sentences for number in sentence.citations}
    return [number for number in sorted(numbers) if 1 <= number <= len(answer.sources)]


def strip_html(exchange: int, answer: Answer | None) -> str:
    """Who is cited, in a line above the answer: its number, outlet and day."""
    if answer is None or answer.refused:
        return ""
    return "".join(
        f'<li><a class="from" href="#{card_id(exchange, number)}" aria-haspopup="dialog">'
        f'<span class="number">{number}</span> {_outlet_and_day(answer.sources[number - 1].article)}</a></li>'
        for number in cited_numbers(answer)
    )


def _outlet_and_day(article: Article) -> str:
    return beside(article.outlet or headline(article), short_day(article.day) if article.day else "")


def dated_html(article: Article, today: date) -> str:
    """Outlet, date and age."""
    return beside(article.outlet, day(article.published_at), age(article.day, today) if article.day else "")


def sources_html(exchange: int, answer: Answer | None, removed: Collection[int] = ()) -> str:
    """What stands beside one answer, from the first cited words on: a card for each cited source, the others folded.
    `removed` are the numbers of those whose article is in the library no more."""
    if answer is None or not answer.sources:
        return ""
    cited = cited_numbers(answer)
    cards = [_card(exchange, number, answer, number in removed) for number in range(1, len(answer.sources) + 1)]
    told = "".join(cards[number - 1] for number in cited)
    rest = "".join(card for number, card in enumerate(cards, start=1) if number not in cited)
    also = f"<summary>{tr('Also read ({n})', n=written(len(cards) - len(cited)))}</summary>"
    return (
        f'<h3 class="sources-title">{tr("Sources") if told else ""}</h3><ol class="cards">{told}</ol>'
        f'<details class="also"{"" if rest else " hidden"}>{also}<ol class="cards">{rest}</ol></details>'
    )


def _card(exchange: int, number: int, answer: Answer, removed: bool) -> str:
    """A few lines; its passage is folded, and the reader takes it from there."""
    hit, passage = answer.sources[number - 1], answer.sources[number - 1].passage
    citations = [each for each in (*answer.quoted, *answer.citations) if each.number == number]
    cited = spans(citations, passage.start, passage.end)
    changed = corrected(hit.article)
    told = [dated_html(hit.article, answer.as_of.date()), isolated(also_in(hit.copies)) if hit.copies else ""]
    # What the reader needs to ask for the whole article; an article that was removed has no more than this card.
    origin = "" if removed else f' data-article="{shown(hit.article.id)}" data-version="{hit.article.version}"'
    numeral = f'<span class="number">{number}</span> ' if citations else ""
    asking = f'data-question="{shown(about(hit.article))}"'
    first = _first(answer, number, cited, passage.start)
    excerpts = "".join(_excerpt(passage.text, each, passage.start, each == first) for each in cited)
    return (
        f'<li class="card{" cited" if citations else ""}" id="{card_id(exchange, number)}" tabindex="-1"{origin}>'
        f"<h4>{numeral}{isolated(headline(hit.article))}</h4>"
        f'<p class="byline">{" · ".join(filter(None, told))}'
        f"{marks_html(hit.article)}{label_html(changed) if changed else ''}"
        f"{label_html(tr('removed from the library since')) if removed else ''}</p>{excerpts}"
        f'<blockquote dir="auto">{marked(passage.text, cited, at=passage.start)}</blockquote>'
        f'<p class="links"><button type="button" data-unfold data-show="{tr("Show passage")}"'
        f' data-hide="{tr("Hide passage")}" aria-expanded="false">{tr("Show passage")}</button> '
        f'<button type="button" data-open {asking}>{tr("Read the article")}</button> '
        f"{link(hit.article.url, tr('Open original'))}</p></li>"
    )


def _first(answer: Answer, number: int, cited: Sequence[Span], at: int) -> Span | None:
    """Of the stretches of a source that which a reader meets first, so that what a card shows stays while an answer
    grows; `at` is where its passage begins."""
    quoted = [each for each in answer.quoted if each.number == number]
    rests = (resting(each, number, answer.citations) for each in answer.sentences if number in each.citations)
    met = next(filter(None, (*quoted, *rests)), None)
    held = (each for each in cited if met and each[0] <= met.start - at < each[1])
    return next(held, cited[0] if cited else None)


def _excerpt(text: str, span: Span, at: int, now: bool) -> str:
    """The cited words with about a line around them."""
    start, end = span
    first, last = max(0, start - _BEFORE), min(len(text), end + _AFTER)
    before, after = text[first:start], text[end:last]
    if first and not text[first - 1].isspace():
        before = before.partition(" ")[2]
    if last < len(text) and not text[last].isspace():
        after = after.rpartition(" ")[0]
    before = f"… {before}" if first and before else before
    after = f"{after} …" if last < len(text) and after else after
    return (
        f'<p class="excerpt{" now" if now else ""}" dir="auto" data-start="{at + start}" data-end="{at + end}">'
        f"{shown(before)}<mark>{shown(text[start:end])}</mark>{shown(after)}</p>"
    )


def preview_html() -> str:
    """Empty until a citation is pointed at: the page's script fills it with what stands on the page."""
    return (
        '<div class="preview" id="preview-words" popover="manual"><p class="words" dir="auto"></p>'
        f'<p class="byline"></p><p class="support"></p>'
        f'<button type="button" class="plain" data-read>{tr("Open")}</button></div>'
    )


def nearest_html(exchange: int, articles: Sequence[Article], today: date) -> str:
    """Cards that the reader opens, in a refusal: headline, outlet, date."""
    rows = "".join(_near(f"nearest-{exchange}-{at}", each, today) for at, each in enumerate(articles, start=1))
    title = tr("Nearest in the library")
    return f'<p class="nearest-title">{title}</p><ul class="nearest">{rows}</ul>' if rows else ""


def _near(id: str, article: Article, today: date) -> str:
    opens = f'data-article="{shown(article.id)}" data-version="{article.version}"'
    return (
        f'<li class="card near" id="{id}" tabindex="-1" {opens}>'
        f'<h4><button type="button" data-open data-question="{shown(about(article))}" aria-haspopup="dialog">'
        f'{isolated(headline(article))}</button></h4><p class="byline">{dated_html(article, today)}</p>'
        f'<blockquote dir="auto">{shown(article.text[:_OPENING])}</blockquote></li>'
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
