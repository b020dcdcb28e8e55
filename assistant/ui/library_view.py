"""The library's table, the chart of its days and what both are kept to, as HTML and in an address."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple
from urllib.parse import urlencode

from assistant.presentation.histogram import Bar, Timeline, Unit, timeline
from assistant.query.search_filters import limited
from assistant.text.labels import day, language_named, listed, month
from assistant.text.texts import number, tr, tr_later, tr_plural
from assistant.ui.render import count, headline, isolated, label_html, shown
from assistant.ui.render import marks_html as notices_html
from vectorstore.languages import resolved, stem, without_accents, words_in
from vectorstore.models import EVERYTHING, Entry, Passage
from vectorstore.storage.annotations import LONGEST_NAME, Mark
from vectorstore.storage.listings import PAGE, Column, Listing, ListPage, Tally

_HEADS = {
    Column.HEADLINE: tr_later("Headline"),
    Column.OUTLET: tr_later("Outlet"),
    Column.LANGUAGE: tr_later("Language"),
    Column.DATE: tr_later("Date"),
    Column.ADDED: tr_later("Added"),
    Column.LENGTH: tr_later("Length"),
}
_BY = {
    Unit.DAY: tr_later("Articles by day"),
    Unit.MONTH: tr_later("Articles by month"),
    Unit.YEAR: tr_later("Articles by year"),
}
OUTLETS_SHOWN = 10
FILTER = "filter:"
"""With which the value of a saved filter begins, see assistant.ui.limits_panel."""
_HEIGHT = 72
# Of the width, in per cent: a bar is never wider than one of so many, and a tenth of its place is left free.
_FEWEST_PLACES = 12
_FILLED = 0.86
# Of a reader who reads carefully, in words of whatever language.
_WORDS_A_MINUTE = 220
MARKS_SHOWN = 200
_SHOWN_WORDS = 200


@dataclass(frozen=True, slots=True)
class Added:
    """What readers added to the articles of a page: tags by their ids, which are marked; and what `among` says, see
    assistant.ui.limits_panel."""

    tags: Mapping[str, Sequence[str]] = field(default_factory=dict)
    marked: Collection[str] = ()
    among: str = ""


def library_html(page: ListPage, listing: Listing, added: Added = Added()) -> str:
    if not page.held:
        empty = tr("The library is empty. Add an address, files or text, and they are listed here.")
        return f'<p class="hint">{empty}</p>'
    if not page.found:
        nothing = tr("No article fits this outlet and these days.")
        if listing.scope.languages:
            nothing = tr("No article fits this outlet, this language and these days.")
        if listing.search:
            nothing = tr('No article fits "{words}".', words=isolated(listing.search))
        return f'<p class="hint" role="status">{nothing}</p>'
    rows = "".join(_row(entry, page.places.get(entry.id), listing.search, added) for entry in page.entries)
    heads = "".join(_head(column, name, listing) for column, name in _HEADS.items())
    leading = f"{_turning(page)}{_export(listing, added)}"
    return (
        f'<div class="pager"><p class="tally" role="status">{_place(page)}</p>{leading}</div>'
        f'<div class="scroll" tabindex="0" role="region" aria-label="{tr("Articles")}"><table>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def removed_html(title: str) -> str:
    """After a removal, as long as it can be taken back."""
    undo = f'<button type="button" class="plain" data-undo>{tr("Undo")}</button>'
    return f'<p class="undo" role="status">{tr("Removed “{title}”.", title=isolated(title))} {undo}</p>'


def _place(page: ListPage) -> str:
    """`1–50 of 100,000 articles`, and how many passages are not found by their meaning yet."""
    last = page.start + len(page.entries)
    found = count(page.found, "article")
    place = tr("{first}–{last} of {articles}", first=number(page.start + 1), last=number(last), articles=found)
    passages = count(page.waiting, "passage")
    waiting = tr("{passages} found by words only, until the vectors are made", passages=passages)
    return f"{place} · {waiting}" if page.waiting else place


def _turning(page: ListPage) -> str:
    """A button that leads nowhere can be focused all the same: who turns pages by keyboard stays where they are."""
    if page.found <= PAGE:
        return ""
    before = page.start - PAGE if page.start else None
    after = page.start + PAGE if page.start + PAGE < page.found else None
    return f'<nav aria-label="{tr("Pages")}">{_turn(tr("Previous"), before)}{_turn(tr("Next"), after)}</nav>'


def _turn(label: str, start: int | None) -> str:
    leads = 'aria-disabled="true"' if start is None else f'data-turn="{max(0, start)}"'
    return f'<button type="button" class="plain" {leads}>{label}</button>'


def _export(listing: Listing, added: Added) -> str:
    """What is found, as a file that the server writes while it is sent."""
    query = as_query(listing, added.among)
    address = shown(f"library.jsonl?{query}" if query else "library.jsonl")
    return (
        f'<a class="plain" download="dateline.jsonl" href="{address}">{tr("Export as JSONL")}</a>'
        f'<a class="plain" download href="library.db">{tr("Download a backup")}</a>'
    )


def _head(column: Column, name: str, listing: Listing) -> str:
    figure = ' class="figure"' if column is Column.LENGTH else ""
    way = "descending" if listing.descending else "ascending"
    sorted_by = f' aria-sort="{way}"' if column is listing.by else ""
    return f'<th scope="col"{figure}{sorted_by}><button type="button" data-sort="{column}">{tr(name)}</button></th>'


def _row(entry: Entry, place: Passage | None, search: str, added: Added) -> str:
    title = _highlighted(_marked_up(headline(entry), search, entry.language))
    opener = f'<button type="button" class="headline" data-article="{shown(entry.id)}" dir="auto">{title}</button>'
    found = _highlighted(_snippet(place.text, search, entry.language)) if place else ""
    opener += f'<p class="found" dir="auto">{found}</p>' if found else ""
    noted = [tr("marked")] * (entry.id in added.marked) + [f"#{tag}" for tag in added.tags.get(entry.id, ())]
    opener += "".join(map(label_html, noted))
    language = language_named(entry.language) if entry.language else ""
    outlet = " · ".join(filter(None, (entry.outlet, language)))
    return (
        f'<tr><td data-outlet="{shown(outlet)}">{opener}{notices_html(entry)}</td>'
        f'<td dir="auto">{shown(entry.outlet)}</td><td>{shown(language)}</td>'
        f"<td>{day(entry.published_at)}</td>"
        f'<td>{day(entry.ingested_at)}</td><td class="figure">{_length(entry.words)}</td></tr>'
    )


def _highlighted(parts: Iterable[Stretch]) -> str:
    return "".join(f"<mark>{shown(part.text)}</mark>" if part.sought else shown(part.text) for part in parts)


def _length(words: int) -> str:
    """How long a reader takes, and on closer look how many words it is."""
    minutes = max(1, round(words / _WORDS_A_MINUTE))
    return f'<span title="{shown(count(words, "word"))}">{tr("{n} min", n=number(minutes))}</span>'


def saved_filters_html(listing: Listing, among: str) -> str:
    """What saves the filter under a name, and what forgets the one that is in use; nothing without a filter."""
    if among.startswith(FILTER):
        name = among.removeprefix(FILTER)
        forget = tr("Forget the saved filter “{name}”", name=name)
        return f'<button type="button" class="plain" data-forget="{shown(name)}">{shown(forget)}</button>'
    if not listing.search and listing.scope == EVERYTHING:
        return ""
    return (
        f'<form class="collect"><label>{tr("Save this filter as")} <input name="name" maxlength="{LONGEST_NAME}" '
        f'dir="auto" autocomplete="off"></label><button type="submit" class="plain">{tr("Save")}</button></form>'
    )


def marks_html(marks: Sequence[Mark], titles: Mapping[str, Entry]) -> str:
    """All that the reader has marked, each leading to its place; nothing where there is nothing."""
    if not marks:
        return ""
    rows = "".join(_marked(mark, titles[mark.article_id]) for mark in marks[:MARKS_SHOWN] if mark.article_id in titles)
    told = tr_plural("{n} mark and note", "{n} marks and notes", len(marks))
    return f'<details class="all-marks"><summary>{told}</summary><ol>{rows}</ol></details>'


def _marked(mark: Mark, entry: Entry) -> str:
    words = mark.words if len(mark.words) <= _SHOWN_WORDS else f"{mark.words[:_SHOWN_WORDS]}…"
    place = f'data-read="{shown(mark.article_id)}" data-version="{mark.version}" data-start="{mark.start}"'
    note = f'<p class="own-note" dir="auto">{shown(mark.note)}</p>' if mark.note else ""
    return (
        f'<li><button type="button" class="quote" {place} data-end="{mark.end}" dir="auto">{shown(words)}</button>'
        f'{note}<p class="byline">{isolated(headline(entry))}</p></li>'
    )


def files_html(readable: str) -> str:
    """In the place of what Gradio says where files are dropped; `readable` are the suffixes that are read."""
    kinds = tr("PDF, Word, e-books, e-mail, web pages, texts, tables, subtitles, feeds, archives")
    choose = f'<p class="drop"><b>{tr("Drop files here")}</b> {tr("or click to choose them")}</p>'
    all_kinds = f"<summary>{tr('All kinds of files')}</summary>{shown(readable)}"
    return f'{choose}<p class="hint">{kinds}</p><details class="hint">{all_kinds}</details>'


def proposal_html(found: date) -> str:
    """The day that a pasted text states."""
    told = tr("From the text: {day}", day=day(found))
    use = f'<button type="button" class="link" data-day="{found:%Y-%m-%d}">{tr("Use this date")}</button>'
    return f'<p class="proposal" role="status">{told} {use}</p>'


def chart_html(tally: Tally) -> str:
    """Articles by day, month or year, and by outlet; nothing where there are none."""
    if not tally.outlets:
        return ""
    drawn = timeline(tally.days)
    earlier = count(drawn.earlier, "article") if drawn and drawn.earlier else ""
    told = [tr("{articles} from before, not shown", articles=earlier)] if earlier else []
    told += [tr("{n} of unknown date", n=number(tally.undated))] if tally.undated else []
    rest = f'<p class="tally">{listed(told)}</p>' if told else ""
    over_time = f"<h3>{tr(_BY[drawn.unit])}</h3>{timeline_svg(drawn)}" if drawn else f"<h3>{tr('Articles')}</h3>"
    return f"{over_time}{rest}{_outlets(tally.outlets)}"


def timeline_svg(drawn: Timeline) -> str:
    """A bar for each day, month or year with articles.

    Widths are in per cent and heights in pixels, so that the letters stay as large on a phone.
    """
    slot = 100 / max(drawn.places, _FEWEST_PLACES)
    bars = "".join(_bar(drawn, bar, slot) for bar in drawn.bars)
    first, last = _named(drawn, drawn.bars[0]), _named(drawn, drawn.bars[-1])
    end = f'<text x="100%" y="{_HEIGHT + 17}" text-anchor="end">{last}</text>' if last != first else ""
    return (
        f'<svg class="chart" width="100%" height="{_HEIGHT + 22}" role="img" aria-label="{_in_words(drawn)}">'
        f'{bars}<line x1="0" x2="100%" y1="{_HEIGHT}" y2="{_HEIGHT}"/>'
        f'<text x="0" y="{_HEIGHT + 17}">{first}</text>{end}</svg>'
    )


def _bar(drawn: Timeline, bar: Bar, slot: float) -> str:
    height = max(1.0, (_HEIGHT - 2) * bar.articles / drawn.highest.articles)
    return (
        f'<rect x="{slot * bar.place:.2f}%" y="{_HEIGHT - height:.1f}" width="{slot * _FILLED:.2f}%" '
        f'height="{height:.1f}"><title>{_named(drawn, bar)}: {count(bar.articles, "article")}</title></rect>'
    )


def _in_words(drawn: Timeline) -> str:
    first, last, most = (_named(drawn, bar) for bar in (drawn.bars[0], drawn.bars[-1], drawn.highest))
    told = {"by": tr(_BY[drawn.unit]), "articles": count(sum(bar.articles for bar in drawn.bars), "article")}
    if first == last:
        return tr("{by}: {articles} of {period}", period=first, **told)
    told |= {"first": first, "last": last, "most": most, "n": number(drawn.highest.articles)}
    if drawn.unit is Unit.DAY:
        return tr("{by}: {articles} from {first} to {last}, the most on {most}: {n}", **told)
    return tr("{by}: {articles} from {first} to {last}, the most in {most}: {n}", **told)


def _named(drawn: Timeline, bar: Bar) -> str:
    """`3 July 2022`, `July 2022` or `2022`."""
    if drawn.unit is Unit.DAY:
        return day(bar.begins)
    return month(bar.begins) if drawn.unit is Unit.MONTH else str(bar.begins.year)


def _outlets(outlets: Sequence[tuple[str, int]]) -> str:
    """A list that can be read without its bars."""
    largest = outlets[0][1]
    rows = "".join(_outlet(name, articles, largest) for name, articles in outlets[:OUTLETS_SHOWN])
    others = outlets[OUTLETS_SHOWN:]
    more = f"{count(len(others), 'other outlet')}: {count(sum(articles for _, articles in others), 'article')}"
    rest = f'<p class="tally">{more}</p>' if others else ""
    return f'<h3>{tr("Articles by outlet")}</h3><ol class="outlets">{rows}</ol>{rest}'


def _outlet(name: str, articles: int, largest: int) -> str:
    return (
        f'<li><span class="name" dir="auto">{shown(name) if name.strip() else tr("No outlet stated")}</span> '
        f'<span class="figure">{number(articles)}</span>'
        f'<svg width="100%" height="6" aria-hidden="true"><rect width="{100 * articles / largest:.1f}%" height="6"/>'
        "</svg></li>"
    )


def kept_to(
    search: str,
    outlet: str,
    since: str,
    until: str,
    known: Iterable[str],
    before: Listing | None = None,
    language: str = "",
    held: Iterable[str] = (),
) -> Listing:
    """The rows that fit, in the order of `before`, from the first one on; `known` are the outlets that there are, and
    `held` the languages.

    Raises LimitUnusable, whose `field` is from, to, outlet or language.
    """
    outlets, languages = ([each.strip()] if each.strip() else [] for each in (outlet, language))
    scope = limited(since.strip(), until.strip(), outlets, known, languages, held)
    return replace(before or Listing(), search=search.strip(), scope=scope, start=0)


def as_query(listing: Listing, among: str = "") -> str:
    """`search=ferry&from=2022-07-01`, without the order; "" for everything. Days and the like that `among` stands for
    are told again, which changes nothing."""
    scope = listing.scope
    given = {
        "search": listing.search,
        "outlet": scope.outlets[0] if scope.outlets else "",
        "language": scope.languages[0] if scope.languages else "",
        "from": scope.since.date().isoformat() if scope.since else "",
        "to": scope.until.date().isoformat() if scope.until else "",
        "among": among,
    }
    return urlencode({name: value for name, value in given.items() if value}, errors="replace")


# -- where the words stand that were searched for ------------------------------------------------------------------

_WORD = re.compile(r"\w+")
_AROUND = 90


class Stretch(NamedTuple):
    """Text, and whether it was searched for."""

    text: str
    sought: bool


def _marked_up(text: str, search: str, language: str = "") -> list[Stretch]:
    """The whole text in stretches; no stretch is sought where none of the words stands in it."""
    parts, at = [], 0
    for start, end in _places(text, search, language):
        parts += [Stretch(text[at:start], False), Stretch(text[start:end], True)]
        at = end
    return [each for each in [*parts, Stretch(text[at:], False)] if each.text]


def _snippet(text: str, search: str, language: str = "") -> list[Stretch]:
    """Some twenty words around where most of the words stand; nothing where none does."""
    places = _places(text, search, language)
    if not places:
        return []
    best = max(places, key=lambda place: sum(place[0] <= other[0] < place[0] + 2 * _AROUND for other in places))
    start, end = _cut(text, best[0] - _AROUND // 4, -1), _cut(text, best[0] + 2 * _AROUND, 1)
    marked = _marked_up(" ".join(text[start:end].split()), search, language)
    return [*[Stretch("… ", False)] * (start > 0), *marked, *[Stretch(" …", False)] * (end < len(text))]


def _cut(text: str, at: int, step: int) -> int:
    """The edge of the word there, or where a run of letters has none near."""
    at = max(0, min(len(text), at))
    for edge in range(at, max(0, min(len(text), at + 30 * step)), step):
        if text[edge].isspace():
            return edge
    return at if 0 < at < len(text) else max(0, min(len(text), at))


def _places(text: str, search: str, language: str) -> Sequence[tuple[int, int]]:
    language = resolved(language, text)
    sought = {without_accents(word) for word in words_in(search, language)}
    stems = {stem(word, language or "en") for word in sought}
    found = []
    for match in _WORD.finditer(text):
        word = without_accents(match.group().lower())
        if word in sought or stem(word, language or "en") in stems:
            found.append(match.span())
        else:  # of scripts without spaces a run is many words
            inside = [(word.find(each), each) for each in sought if not each.isascii() and each in word]
            found += [(match.start() + at, match.start() + at + len(each)) for at, each in sorted(inside)]
    return [each for number, each in enumerate(found) if number == 0 or each[0] >= found[number - 1][1]]
