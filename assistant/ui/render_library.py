"""The library's table, a page at a time. Pure."""

from __future__ import annotations

from assistant.text.labels import day
from assistant.ui.render import count, headline, isolated, marks_html, shown
from assistant.ui.table_filters import as_query
from vectorstore.listing import PAGE, Column, Listing, ListPage
from vectorstore.models import Entry

_HEADS = {
    Column.HEADLINE: "Headline",
    Column.OUTLET: "Outlet",
    Column.DATE: "Date",
    Column.ADDED: "Added",
    Column.PASSAGES: "Passages",
}


def library_html(page: ListPage, listing: Listing) -> str:
    if not page.held:
        return '<p class="hint">The library is empty. Add an address, files or text, and they are listed here.</p>'
    if not page.found:
        searched = f' "{isolated(listing.search)}"' if listing.search else " this outlet and these days"
        return f'<p class="hint" role="status">No article fits{searched}.</p>'
    heads = "".join(_head(column, name, listing) for column, name in _HEADS.items())
    return (
        f'<div class="pager"><p class="tally" role="status">{_place(page)}</p>{_turning(page)}{_export(listing)}</div>'
        '<div class="scroll" tabindex="0" role="region" aria-label="Articles"><table>'
        f"<thead><tr>{heads}</tr></thead><tbody>{''.join(map(_row, page.entries))}</tbody></table></div>"
    )


def removed_html(title: str) -> str:
    """After a removal, as long as it can be taken back."""
    undo = '<button type="button" class="plain" data-undo>Undo</button>'
    return f'<p class="undo" role="status">Removed “{isolated(title)}”. {undo}</p>'


def _place(page: ListPage) -> str:
    """`1–50 of 100,000 articles`, and how many passages are not found by their meaning yet."""
    last = page.start + len(page.entries)
    place = f"{page.start + 1:,}–{last:,} of {count(page.found, 'article')}"
    waiting = f" · {count(page.waiting, 'passage')} found by words only, until the vectors are made"
    return place + waiting * bool(page.waiting)


def _turning(page: ListPage) -> str:
    """A button that leads nowhere can be focused all the same: who turns pages by keyboard stays where they are."""
    if page.found <= PAGE:
        return ""
    before = page.start - PAGE if page.start else None
    after = page.start + PAGE if page.start + PAGE < page.found else None
    return f'<nav aria-label="Pages">{_turn("Previous", before)}{_turn("Next", after)}</nav>'


def _turn(label: str, start: int | None) -> str:
    leads = 'aria-disabled="true"' if start is None else f'data-turn="{max(0, start)}"'
    return f'<button type="button" class="plain" {leads}>{label}</button>'


def _export(listing: Listing) -> str:
    """What is found, as a file that the server writes while it is sent."""
    query = as_query(listing)
    address = shown(f"library.jsonl?{query}" if query else "library.jsonl")
    return (
        f'<a class="plain" download="dateline.jsonl" href="{address}">Export as JSONL</a>'
        '<a class="plain" download href="library.db">Download a backup</a>'
    )


def _head(column: Column, name: str, listing: Listing) -> str:
    figure = ' class="figure"' if column is Column.PASSAGES else ""
    way = "descending" if listing.descending else "ascending"
    sorted_by = f' aria-sort="{way}"' if column is listing.by else ""
    return f'<th scope="col"{figure}{sorted_by}><button type="button" data-sort="{column}">{name}</button></th>'


def _row(entry: Entry) -> str:
    opener = f'<button type="button" data-article="{shown(entry.id)}" dir="auto">{shown(headline(entry))}</button>'
    return (
        f'<tr><td data-outlet="{shown(entry.outlet)}">{opener}{marks_html(entry)}</td>'
        f'<td dir="auto">{shown(entry.outlet)}</td>'
        f"<td>{day(entry.published_at)}</td>"
        f'<td>{day(entry.ingested_at)}</td><td class="figure">{entry.passages:,}</td></tr>'
    )
