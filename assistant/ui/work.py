"""Work that takes a while: drawn while it goes on, stopped by whoever began it, and what became of what was added."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import date
from pathlib import Path
from queue import SimpleQueue
from threading import Event
from typing import Any, NamedTuple

import gradio as gr

from assistant.text.labels import day
from assistant.text.texts import number, tr, tr_later, tr_line, tr_plural
from assistant.ui.conversation import told
from assistant.ui.desk import Desk, Progress, Stop
from assistant.ui.render import isolated, shown
from vectorstore.reports import Outcome, Report, Row, Step

ROWS_SHOWN = 200
_OUTCOMES: dict[Outcome, Callable[[int], str]] = {
    Outcome.ADDED: lambda number: tr_plural("{n} added", "{n} added", number),
    Outcome.UPDATED: lambda number: tr_plural("{n} updated", "{n} updated", number),
    Outcome.GONE: lambda number: tr_plural("{n} gone", "{n} gone", number),
    Outcome.UNCHANGED: lambda number: tr_plural("{n} unchanged", "{n} unchanged", number),
    Outcome.DUPLICATE: lambda number: tr_plural("{n} duplicate", "{n} duplicate", number),
    Outcome.REJECTED: lambda number: tr_plural("{n} rejected", "{n} rejected", number),
}
_NAMES = {
    Outcome.ADDED: tr_later("added"),
    Outcome.UPDATED: tr_later("updated"),
    Outcome.GONE: tr_later("gone"),
    Outcome.UNCHANGED: tr_later("unchanged"),
    Outcome.DUPLICATE: tr_later("duplicate"),
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
        f'<div class="report"><p>{isolated(tr_line(step.line))}</p>{bar if step.total else ""}'
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


def sentence(line: str) -> str:
    """A reason, which reports put behind what it is the reason of, as it stands alone."""
    first = line[:1] if "://" in line.split(" ", 1)[0] else line[:1].upper()
    return f"{first}{line[1:]}{'' if line.endswith(('.', '?', '!', '。', '।')) else '.'}"


def problem_html(line: str) -> str:
    return f'<div class="report" role="alert"><p class="problem">{shown(line)}</p></div>'


def receipt_html(receipt: Report, proposed: Mapping[str, date] | None = None) -> str:
    """What was added, each to be read and asked about, with every rejected document and its reason. `proposed` are the
    days that texts without a date state at their heads, by the ids of their articles."""
    taken = [row for row in receipt.rows if row.outcome != "rejected"][:ROWS_SHOWN]
    rows = "".join(_taken(row, (proposed or {}).get(row.article_id)) for row in taken)
    rows += "".join(map(_rejected, receipt.rejected))
    ended = tr("Stopped. What is listed is stored; do the same again to go on.")
    stopped = f"<p>{ended}</p>" if receipt.stopped else ""
    tally = f'<p class="tally">{brought(receipt, " · ")}</p>'
    return f'<div class="report" role="status">{tally}{stopped}<ul>{rows}</ul>{_again(receipt)}</div>'


def _again(receipt: Report) -> str:
    rejected = sum(each.can_help for each in receipt.again)
    alone = tr("Try it again") if rejected == len(receipt.rows) == 1 else ""
    label = alone or tr_plural("Try the {n} rejected again", "Try the {n} rejected again", rejected)
    return f'<button type="button" class="plain" data-again>{label}</button>' if rejected else ""


def brought(receipt: Report, between: str = ", ") -> str:
    """`12 added, 1 updated`."""
    counts = ((outcome, receipt.count(outcome)) for outcome in _OUTCOMES)
    return between.join(counted(outcome, n) for outcome, n in counts if n) or tr("nothing new")


def counted(outcome: Outcome, number: int) -> str:
    """`12 added`."""
    return _OUTCOMES[outcome](number)


def _taken(row: Row, proposed: date | None = None) -> str:
    reason = f" · {isolated(tr_line(row.reason))}" if row.reason else ""
    line = f"{isolated(row.title or row.source)} · {shown(tr(_NAMES[row.outcome]))}{reason}"
    return f"<li>{line}{_leading(row.duplicate_of or row.article_id)}{_proposal(row.article_id, proposed)}</li>"


def _leading(article_id: str) -> str:
    """To the article itself, and to a question about it."""
    if not article_id:
        return ""
    links = (("read", tr("Read")), ("ask-article", tr("Ask about it")))
    id = shown(article_id)
    acts = " · ".join(
        f'<button type="button" class="link" data-{name}="{id}">{label}</button>' for name, label in links
    )
    return f'<span class="row-acts">{acts}</span>'


def _proposal(article_id: str, proposed: date | None) -> str:
    if not proposed:
        return ""
    found = tr("From the text: {day}", day=day(proposed))
    use = f'data-use="{shown(article_id)}" data-day="{proposed:%Y-%m-%d}"'
    return (
        f'<span class="proposal">{found} <button type="button" class="link" {use}>{tr("Use this date")}</button></span>'
    )


def _rejected(row: Row) -> str:
    return f'<li class="rejected">{isolated(row.source)}: {isolated(tr_line(row.reason))}</li>'


SCRIPT = (Path(__file__).parent / "report.js").read_text(encoding="utf-8")
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
"""For what is begun once, however often a button is pressed: Gradio drops what comes before the last is over."""
QUIET_EACH: dict[str, Any] = {**QUIET, "trigger_mode": "multiple"}
"""For presses that are each of something else: a star here and one there, a setting and the next."""


def in_turn(what: str) -> dict[str, Any]:
    """For all events that draw `what`: one at a time, in the order in which they came. A slow one that had read what is
    kept before a later press, and was drawn after it, would take that press back from the page."""
    return {"concurrency_id": what, "concurrency_limit": 1}


Proposes = Callable[[Report], Mapping[str, date]]
Work = Callable[[Progress, Stop], Report]


class JobReport(NamedTuple):
    """What stands under the fields now. The last one is `over`; it is `taken` where everything that was handed in is in
    the library."""

    html: str
    over: bool = False
    taken: bool = False


class Job:
    """Done once, in a thread of its own, and finished unless stopped: a reader who leaves the page in the middle has
    still added the articles. Once it is over, `receipt` says what came of it."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self.receipt: Report | None = None
        self._stopped = Event()

    def stop(self) -> None:
        """No more than what is in hand."""
        self._stopped.set()

    def reports(self, proposed: Proposes = lambda receipt: {}) -> Iterator[JobReport]:
        """How the work stands, then what came of it; `proposed` finds the days that its texts state."""
        steps: SimpleQueue[Step | None] = SimpleQueue()
        with ThreadPoolExecutor(1, thread_name_prefix="adding") as pool:
            future = pool.submit(copy_context().run, self._work, steps.put, self._stopped.is_set)
            future.add_done_callback(lambda _: steps.put(None))
            yield JobReport(working_html(Step(tr("Starting"))))
            while (step := _newest(steps)) is not None:
                yield JobReport(working_html(step, stopping=self._stopped.is_set()))
            try:
                receipt = self.receipt = future.result()
            except Exception as error:
                yield JobReport(problem_html(told(error)), over=True)
            else:
                html = receipt_html(receipt, proposed(receipt))
                yield JobReport(html, over=True, taken=not (receipt.rejected or receipt.stopped))


def report_component(name: str) -> gr.HTML:
    """Where reports stand; it calls `halt` when the reader wants no more, `again` to try what was rejected."""
    return gr.HTML(elem_id=name, js_on_load=SCRIPT, apply_default_css=False)


def halt(job: Job | None) -> None:
    if job:
        job.stop()


def retried(desk: Desk, job: Job | None) -> Iterator[tuple[str, Job | None]]:
    """What a job's receipt has as rejected, tried once more: the reports, and the job that they are of."""
    receipt = job and job.receipt
    if not receipt:  # the server was started anew under the page
        yield problem_html(tr("What was rejected is no longer known here. Add it again.")), None
        return
    once_more = Job(lambda progress, stop: desk.retry(receipt, progress, stop))
    for report in once_more.reports():
        yield report.html, once_more


def _newest(steps: SimpleQueue[Step | None]) -> Step | None:
    """Waits for a step, then skips to the last one there: a page need not draw what is already over."""
    step = steps.get()
    while step is not None and not steps.empty():
        step = steps.get()
    return step
