"""The library's table, the chart of its days and what both are kept to, as HTML and in an address."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from urllib.parse import urlencode

from assistant.presentation.histogram import Bar, Timeline, Unit, timeline
from assistant.query.search_filters import limited
from assistant.text.labels import day, language_named, listed, month
from assistant.text.texts import number, tr, tr_later
from assistant.ui.render import count, headline, isolated, marks_html, shown
from vectorstore.models import Entry
from vectorstore.storage.listings import PAGE, Column, Listing, ListPage, Tally

_HEADS = {
    Column.HEADLINE: tr_later("Headline"),
    Column.OUTLET: tr_later("Outlet"),
    Column.LANGUAGE: tr_later("Language"),
    Column.DATE: tr_later("Date"),
    Column.ADDED: tr_later("Added"),
    Column.PASSAGES: tr_later("Passages"),
}
_BY = {
    Unit.DAY: tr_later("Articles by day"),
    Unit.MONTH: tr_later("Articles by month"),
    Unit.YEAR: tr_later("Articles by year"),
}
OUTLETS_SHOWN = 10
_HEIGHT = 72
# Of the width, in per cent: a bar is never wider than one of so many, and a tenth of its place is left free.
_FEWEST_PLACES = 12
_FILLED = 0.86


def library_html(page: ListPage, listing: Listing) -> str:
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
    heads = "".join(_head(column, name, listing) for column, name in _HEADS.items())
    return (
        f'<div class="pager"><p class="tally" role="status">{_place(page)}</p>{_turning(page)}{_export(listing)}</div>'
        f'<div class="scroll" tabindex="0" role="region" aria-label="{tr("Articles")}"><table>'
        f"<thead><tr>{heads}</tr></thead><tbody>{''.join(map(_row, page.entries))}</tbody></table></div>"
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


def _export(listing: Listing) -> str:
    """What is found, as a file that the server writes while it is sent."""
    query = as_query(listing)
    address = shown(f"library.jsonl?{query}" if query else "library.jsonl")
    return (
        f'<a class="plain" download="dateline.jsonl" href="{address}">{tr("Export as JSONL")}</a>'
        f'<a class="plain" download href="library.db">{tr("Download a backup")}</a>'
    )


def _head(column: Column, name: str, listing: Listing) -> str:
    figure = ' class="figure"' if column is Column.PASSAGES else ""
    way = "descending" if listing.descending else "ascending"
    sorted_by = f' aria-sort="{way}"' if column is listing.by else ""
    return f'<th scope="col"{figure}{sorted_by}><button type="button" data-sort="{column}">{tr(name)}</button></th>'


def _row(entry: Entry) -> str:
    opener = f'<button type="button" data-article="{shown(entry.id)}" dir="auto">{shown(headline(entry))}</button>'
    language = language_named(entry.language) if entry.language else ""
    outlet = " · ".join(filter(None, (entry.outlet, language)))
    return (
        f'<tr><td data-outlet="{shown(outlet)}">{opener}{marks_html(entry)}</td>'
        f'<td dir="auto">{shown(entry.outlet)}</td><td>{shown(language)}</td>'
        f"<td>{day(entry.published_at)}</td>"
        f'<td>{day(entry.ingested_at)}</td><td class="figure">{number(entry.passages)}</td></tr>'
    )


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


def as_query(listing: Listing) -> str:
    """`search=ferry&from=2022-07-01`, without the order; "" for everything."""
    scope = listing.scope
    given = {
        "search": listing.search,
        "outlet": scope.outlets[0] if scope.outlets else "",
        "language": scope.languages[0] if scope.languages else "",
        "from": scope.since.date().isoformat() if scope.since else "",
        "to": scope.until.date().isoformat() if scope.until else "",
    }
    return urlencode({name: value for name, value in given.items() if value}, errors="replace")
