"""Work under way, and what became of what was added. Pure."""

from __future__ import annotations

from assistant.text.texts import number, tr, tr_later, tr_plural
from assistant.ui.render import isolated, shown
from vectorstore.reports import Outcome, Report, Row, Step

ROWS_SHOWN = 200
_OUTCOMES = {
    Outcome.ADDED: tr_later("added"),
    Outcome.UPDATED: tr_later("updated"),
    Outcome.GONE: tr_later("gone"),
    Outcome.UNCHANGED: tr_later("unchanged"),
    Outcome.DUPLICATE: tr_later("duplicate"),
    Outcome.REJECTED: tr_later("rejected"),
}


def working_html(step: Step, stopping: bool = False) -> str:
    """The line, how far it has come, and a way to end it."""
    bar = (
        f'<progress max="{step.total}" value="{step.done}" aria-label="{tr("Progress")}"></progress>'
        if step.total
        else ""
    )
    stop = f'<button type="button" class="plain" data-stop>{tr("Stop")}</button>'
    ending = tr("Stopping; what is in hand is stored first") if stopping else ""
    return (
        f'<div class="report"><p>{isolated(step.line)}</p>{bar if step.total else ""}'
        f'<p class="tally">{ending or pace(step)}</p>{"" if stopping else stop}</div>'
    )


def pace(step: Step) -> str:
    """`12 of 40 · 35 passages/s · 2 min left`, of which only what is known."""
    so_far = number(step.done)
    done = tr("{n} of {total}", n=so_far, total=number(step.total)) if step.total else tr("{n} so far", n=so_far)
    rate = tr("{n} passages/s", n=number(step.passages / step.seconds)) if step.passages and step.seconds else ""
    return " · ".join(filter(None, (done if step.done or step.total else "", rate, _remaining(step))))


def _remaining(step: Step) -> str:
    if not (step.total and step.seconds and 0 < step.done < step.total):
        return ""
    seconds = step.seconds / step.done * (step.total - step.done)
    if seconds < 60:
        return tr("{n} s left", n=number(seconds))
    return tr("{n} min left", n=number(seconds / 60)) if seconds < 5400 else tr("{n} h left", n=number(seconds / 3600))


def note_html(line: str) -> str:
    return f'<div class="report" role="status"><p>{shown(line)}</p></div>'


def problem_html(line: str) -> str:
    return f'<div class="report" role="alert"><p class="problem">{shown(line)}</p></div>'


def receipt_html(receipt: Report) -> str:
    """What was added, with every rejected document and its reason."""
    taken = [row for row in receipt.rows if row.outcome != "rejected"][:ROWS_SHOWN]
    rows = "".join(map(_taken, taken)) + "".join(map(_rejected, receipt.rejected))
    ended = tr("Stopped. What is listed is stored; do the same again to go on.")
    stopped = f"<p>{ended}</p>" if receipt.stopped else ""
    tally = f'<p class="tally">{brought(receipt, " · ")}</p>'
    return f'<div class="report" role="status">{tally}{stopped}<ul>{rows}</ul>{_again(receipt)}</div>'


def _again(receipt: Report) -> str:
    rejected = len(receipt.again)
    alone = tr("Try it again") if rejected == len(receipt.rows) == 1 else ""
    label = alone or tr_plural("Try the {n} rejected again", "Try the {n} rejected again", rejected)
    return f'<button type="button" class="plain" data-again>{label}</button>' if rejected else ""


def brought(receipt: Report, between: str = ", ") -> str:
    """`12 added, 1 updated`."""
    rejected = len(receipt.rejected)
    told = (
        receipt.added and tr_plural("{n} added", "{n} added", receipt.added),
        receipt.updated and tr_plural("{n} updated", "{n} updated", receipt.updated),
        receipt.gone and tr_plural("{n} gone", "{n} gone", receipt.gone),
        receipt.unchanged and tr_plural("{n} unchanged", "{n} unchanged", receipt.unchanged),
        receipt.duplicate and tr_plural("{n} duplicate", "{n} duplicate", receipt.duplicate),
        rejected and tr_plural("{n} rejected", "{n} rejected", rejected),
    )
    return between.join(each for each in told if each) or tr("nothing new")


def _taken(row: Row) -> str:
    reason = f" · {isolated(row.reason)}" if row.reason else ""
    return f"<li>{isolated(row.title or row.source)} · {shown(tr(_OUTCOMES[row.outcome]))}{reason}</li>"


def _rejected(row: Row) -> str:
    return f'<li class="rejected">{isolated(row.source)}: {isolated(row.reason)}</li>'
