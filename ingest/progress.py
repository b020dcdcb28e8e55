"""Progress and the report in a terminal, and the report as a file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.text import word_count
from vectorstore.characters import as_json, printable_line
from vectorstore.console.terminal import resolved, screen
from vectorstore.errors import ReportUnwritable
from vectorstore.reports import Outcome, Report

if TYPE_CHECKING:
    from ingest.feeds.scheduler import Refresh
    from ingest.pipeline import Progress
    from ingest.preview import Look
    from vectorstore.storage.subscriptions import Subscription


@contextmanager
def progress_bar() -> Iterator[Callable[[Progress], None]]:
    """A bar on standard error with the rate and the time that remains; nothing where that is not a terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("Reading"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]} passages/s"),
        TimeElapsedColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    console = screen(stderr=True)
    with Bar(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None, rate="-")

        def advance(at: Progress) -> None:
            rate = f"{at.passages / at.seconds:.0f}" if at.seconds else "-"
            bar.update(task, completed=at.done, total=at.total, rate=rate)

        yield advance


@contextmanager
def vectors_bar(articles: int) -> Iterator[Callable[[int, int], None]]:
    """How far the vectors are, of so many articles that can be searched; drawn where some are missing."""
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    told = f"Searchable: {articles:,} articles. Vectors: {{task.completed:,.0f}} of {{task.total:,.0f}}"
    console = screen(stderr=True)
    columns = (TextColumn(told), BarColumn(), TimeRemainingColumn())
    with Bar(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=1, visible=False)
        yield lambda done, total: bar.update(task, completed=done, total=total, visible=done < total)


def report_as_text(report: Report) -> str:
    """The counts in one line, then each duplicate, each that is a feed's own text and each that was rejected, with the
    reason."""
    counts = f"{report.added} added, {report.updated} updated, {report.unchanged} unchanged, "
    counts += f"{report.duplicate} duplicate, {len(report.rejected)} rejected"
    counts += f", {report.gone} gone" if report.gone else ""
    lines = [f"{counts}; {report.passages} passages in {report.seconds:.1f} s"]
    lines += [f"  duplicate: {row.source} (same text as {row.duplicate_of})" for row in report.rows if row.duplicate_of]
    instead = (row for row in report.rows if row.reason and row.outcome is not Outcome.REJECTED)
    lines += [f"  {row.outcome}: {row.source}: {row.reason}" for row in instead]
    lines += [f"  rejected: {row.source}: {row.reason}" for row in report.rejected]
    return "\n".join(map(printable_line, lines))


def look_as_text(look: Look) -> str:
    """Each field in a line of its own, then the text; of what would be rejected the reason and what is known."""
    article = look.article
    fields = {
        "rejected": look.reason,
        "headline": article.title,
        "outlet": article.outlet,
        "authors": ", ".join(article.authors),
        "published": _moment(article.published_at) if article.published_at else _unknown(look),
        "updated": _moment(article.updated_at) if article.updated_at else "",
        "language": article.language,
        "address": article.url,
        "words": f"{word_count(article.text):,}" if article.text else "",
        "summary": "only: its page could not be read" if article.summary_only else "",
    }
    told = [f"  {name:<9}  {value}" for name, value in fields.items() if value]
    told += [f"  corrected  {_moment(date) + ': ' if date else ''}{text}" for date, text in article.corrections]
    head = list(map(printable_line, [look.source, *told]))
    return "\n".join([*head, "", article.text, ""] if article.text else [*head, ""])


def _unknown(look: Look) -> str:
    """What is shown for a date; one that only the text states is proposed."""
    if look.proposed_at is None:
        return "date unknown" * bool(look.article.text)
    day = f"{look.proposed_at:%Y-%m-%d}"
    return f"date unknown; from the text: {day} (`dateline ingest --dates-from-text` takes it)"


def refresh_as_text(refresh: Refresh) -> str:
    """As `report_as_text`, before it a line for each feed."""
    lines = []
    for feed in refresh.feeds:
        brought = ", ".join(f"{feed.count(outcome)} {outcome}" for outcome in Outcome if feed.count(outcome))
        due = f"next try {_moment(feed.next_due_at)}" if feed.next_due_at else ""
        told = "; ".join(filter(None, (brought, feed.reason, due)))
        lines.append(printable_line(f"{feed.state:>9}  {feed.url}" + (f" ({told})" if told else "")))
    return "\n".join([*lines, report_as_text(refresh.report)]) if lines else "No feeds are followed."


def subscriptions_as_text(subscriptions: Sequence[Subscription]) -> str:
    """Two lines for each feed: where it is, and when it was read last with what result."""
    lines = []
    for each in subscriptions:
        last = f"{_moment(each.last_run_at)}: {each.last_result}" if each.last_run_at else "not read yet"
        due = f"; {each.failures} in a row, next try {_moment(each.next_due_at)}" if each.next_due_at else ""
        lines += [f"{each.title or each.url}", f"  {each.url}", f"  {last}{due}"]
    return "\n".join(map(printable_line, lines)) or "No feeds are followed. `dateline feeds add URL` follows one."


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "never"


@contextmanager
def report_file(path: Path | None) -> Iterator[Callable[[Mapping[str, object]], None]]:
    """Yields the function that saves a report; without a path it does nothing.

    The report is written beside its place and moved there whole, so that one from before stays until the new one is
    complete. Raises ReportUnwritable before the block begins, not after an hour of work.
    """
    if path is None:
        yield lambda _: None
        return
    place = resolved(path).expanduser().resolve()
    part = place.with_name(f".{place.name}.{os.getpid()}.part")
    try:
        if place.exists() and not place.is_file():
            raise OSError("is not a file")
        stream = part.open("w", encoding="utf-8")
    except OSError as error:
        reason = error.strerror or error
        raise ReportUnwritable(f"The report cannot be written to {path} ({reason}); choose another place.") from error

    def save(report: Mapping[str, object]) -> None:
        stream.write(as_json(report))
        stream.close()
        part.replace(place)

    try:
        yield save
    finally:
        stream.close()
        part.unlink(missing_ok=True)
