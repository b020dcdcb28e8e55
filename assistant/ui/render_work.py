"""Work under way, and what became of what was added. Pure."""

from __future__ import annotations

from assistant.ui.render import isolated, shown
from vectorstore.reports import Report, Row, Step

ROWS_SHOWN = 200


def working_html(step: Step, stopping: bool = False) -> str:
    """The line, how far it has come, and a way to end it."""
    bar = f'<progress max="{step.total}" value="{step.done}" aria-label="Progress"></progress>' if step.total else ""
    stop = '<button type="button" class="plain" data-stop>Stop</button>'
    ending = "Stopping; what is in hand is stored first" if stopping else ""
    return (
        f'<div class="report"><p>{isolated(step.line)}</p>{bar}'
        f'<p class="tally">{ending or pace(step)}</p>{"" if stopping else stop}</div>'
    )


def pace(step: Step) -> str:
    """`12 of 40 · 35 passages/s · 2 min left`, of which only what is known."""
    done = f"{step.done:,} of {step.total:,}" if step.total else f"{step.done:,} so far"
    rate = f"{step.passages / step.seconds:,.0f} passages/s" if step.passages and step.seconds else ""
    return " · ".join(filter(None, (done if step.done or step.total else "", rate, _remaining(step))))


def _remaining(step: Step) -> str:
    if not (step.total and step.seconds and 0 < step.done < step.total):
        return ""
    seconds = step.seconds / step.done * (step.total - step.done)
    if seconds < 60:
        return f"{seconds:.0f} s left"
    return f"{seconds / 60:.0f} min left" if seconds < 5400 else f"{seconds / 3600:.0f} h left"


def note_html(line: str) -> str:
    return f'<div class="report" role="status"><p>{shown(line)}</p></div>'


def problem_html(line: str) -> str:
    return f'<div class="report" role="alert"><p class="problem">{shown(line)}</p></div>'


def receipt_html(receipt: Report) -> str:
    """What was added, with every rejected document and its reason."""
    taken = [row for row in receipt.rows if row.outcome != "rejected"][:ROWS_SHOWN]
    rows = "".join(map(_taken, taken)) + "".join(map(_rejected, receipt.rejected))
    stopped = "<p>Stopped. What is listed is stored; do the same again to go on.</p>" if receipt.stopped else ""
    tally = f'<p class="tally">{brought(receipt, " · ")}</p>'
    return f'<div class="report" role="status">{tally}{stopped}<ul>{rows}</ul>{_again(receipt)}</div>'


def _again(receipt: Report) -> str:
    number = len(receipt.again)
    named = "it" if number == len(receipt.rows) == 1 else f"the {number:,} rejected"
    return f'<button type="button" class="plain" data-again>Try {named} again</button>' if number else ""


def brought(receipt: Report, between: str = ", ") -> str:
    """`12 added, 1 updated`."""
    counts = {
        "added": receipt.added,
        "updated": receipt.updated,
        "gone": receipt.gone,
        "unchanged": receipt.unchanged,
        "duplicate": receipt.duplicate,
        "rejected": len(receipt.rejected),
    }
    return between.join(f"{number:,} {name}" for name, number in counts.items() if number) or "nothing new"


def _taken(row: Row) -> str:
    reason = f" · {isolated(row.reason)}" if row.reason else ""
    return f"<li>{isolated(row.title or row.source)} · {shown(row.outcome)}{reason}</li>"


def _rejected(row: Row) -> str:
    return f'<li class="rejected">{isolated(row.source)}: {isolated(row.reason)}</li>'
