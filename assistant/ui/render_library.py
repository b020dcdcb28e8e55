"""The library's table. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.labels import day
from assistant.ui.render import count, headline, isolated, marks_html, shown
from vectorstore.models import Entry

ROWS_SHOWN = 200


def found(entries: Sequence[Entry], query: str) -> list[Entry]:
    """The entries that hold every word of the query in headline or outlet, newest added first."""
    words = query.casefold().split()
    fitting = (each for each in entries if all(word in f"{each.title} {each.outlet}".casefold() for word in words))
    return sorted(fitting, key=lambda each: each.ingested_at, reverse=True)


def library_html(entries: Sequence[Entry], query: str) -> str:
    if not entries:
        return '<p class="hint">The library is empty. Add an address, files or text, and they are listed here.</p>'
    rows = found(entries, query)
    if not rows:
        return f'<p class="hint">No article fits "{isolated(query)}".</p>'
    more = f", the newest {ROWS_SHOWN} shown: search to narrow it down" if len(rows) > ROWS_SHOWN else ""
    return (
        f'<p class="tally" role="status">{count(len(rows), "article")}{more}</p>'
        '<div class="scroll" tabindex="0" role="region" aria-label="Articles"><table><thead><tr>'
        '<th scope="col">Headline</th><th scope="col">Outlet</th><th scope="col">Date</th>'
        '<th scope="col">Added</th><th scope="col" class="figure">Passages</th></tr></thead>'
        f"<tbody>{''.join(map(_row, rows[:ROWS_SHOWN]))}</tbody></table></div>"
    )


def _row(entry: Entry) -> str:
    opener = f'<button type="button" data-article="{shown(entry.id)}" dir="auto">{shown(headline(entry))}</button>'
    return (
        f'<tr><td>{opener}{marks_html(entry)}</td><td dir="auto">{shown(entry.outlet)}</td>'
        f"<td>{day(entry.published_at)}</td>"
        f'<td>{day(entry.ingested_at)}</td><td class="figure">{entry.passages:,}</td></tr>'
    )
