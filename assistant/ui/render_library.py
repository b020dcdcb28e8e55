"""The library's side of the page: the table, one article, and what became of what was added. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.ui.desk import Receipt, Row
from assistant.ui.render import byline, count, day, headline, is_web_address, isolated, link, shown
from vectorstore.models import Article, Entry

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
        f'<tr><td>{opener}</td><td dir="auto">{shown(entry.outlet)}</td><td>{day(entry.published_at)}</td>'
        f'<td>{day(entry.ingested_at)}</td><td class="figure">{entry.passages:,}</td></tr>'
    )


def article_html(article: Article) -> str:
    """One article of the library, to read."""
    original = link(article.url, "Open original")
    version = f" · version {article.version}" if article.version > 1 else ""
    again = "" if is_web_address(article.url) else '<p class="hint">To read it again, add its file again.</p>'
    return (
        f'<article class="reading-card"><h3 dir="auto">{shown(headline(article))}</h3>'
        f'<p class="byline">{isolated(byline(article))}{version}{" · " if original else ""}{original}</p>{again}'
        f'<div class="scroll text" tabindex="0" role="region" aria-label="Article text" dir="auto">'
        f"{shown(article.text)}</div></article>"
    )


def working_html(line: str, done: int = 0, total: int | None = None) -> str:
    bar = f'<progress max="{total}" value="{done}" aria-label="Progress"></progress>' if total else ""
    return f'<div class="report" role="status"><p>{shown(line)}</p>{bar}</div>'


def problem_html(line: str) -> str:
    return f'<div class="report" role="alert"><p class="problem">{shown(line)}</p></div>'


def receipt_html(receipt: Receipt) -> str:
    """What was added, with every rejected document and its reason."""
    counts = {
        "added": receipt.added,
        "updated": receipt.updated,
        "unchanged": receipt.unchanged,
        "duplicate": receipt.duplicate,
        "rejected": len(receipt.rejected),
    }
    tally = " · ".join(f"{number:,} {name}" for name, number in counts.items() if number) or "nothing to add"
    taken = [row for row in receipt.rows if row.outcome != "rejected"][:ROWS_SHOWN]
    rows = "".join(map(_taken, taken)) + "".join(map(_rejected, receipt.rejected))
    return f'<div class="report" role="status"><p class="tally">{tally}</p><ul>{rows}</ul></div>'


def _taken(row: Row) -> str:
    reason = f" · {isolated(row.reason)}" if row.reason else ""
    return f"<li>{isolated(row.title or row.source)} · {shown(row.outcome)}{reason}</li>"


def _rejected(row: Row) -> str:
    return f'<li class="rejected">{isolated(row.source)}: {isolated(row.reason)}</li>'
