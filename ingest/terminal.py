"""Progress and the report in a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ingest.pipeline import Progress
from ingest.report import Report


@contextmanager
def progress_bar() -> Iterator[Callable[[Progress], None]]:
    """A bar on standard error with the rate and the time that remains; nothing where that is not a terminal."""
    from rich.console import Console
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
    console = Console(stderr=True)
    with Bar(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None, rate="-")

        def advance(at: Progress) -> None:
            rate = f"{at.passages / at.seconds:.0f}" if at.seconds else "-"
            bar.update(task, completed=at.done, total=at.total, rate=rate)

        yield advance


def report_as_text(report: Report) -> str:
    """The counts in one line, then each duplicate and each rejected document with its reason."""
    counts = f"{report.added} added, {report.updated} updated, {report.unchanged} unchanged, "
    counts += f"{report.duplicate} duplicate, {len(report.rejected)} rejected"
    counts += f", {report.gone} gone" if report.gone else ""
    lines = [f"{counts}; {report.passages} passages in {report.seconds:.1f} s"]
    lines += [f"  duplicate: {row.source} (same text as {row.duplicate_of})" for row in report.rows if row.duplicate_of]
    lines += [f"  rejected: {row.source}: {row.reason}" for row in report.rejected]
    return "\n".join(lines)
