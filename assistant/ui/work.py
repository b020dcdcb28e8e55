"""Work that takes a while: told while it goes on, and stopped by whoever began it."""

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

from assistant.text.texts import tr
from assistant.ui.conversation import told
from assistant.ui.desk import Desk, Progress, Stop
from assistant.ui.render_work import problem_html, receipt_html, working_html
from vectorstore.reports import Report, Step

SCRIPT = (Path(__file__).parent / "report.js").read_text(encoding="utf-8")
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
"""For what is begun once, however often a button is pressed: Gradio drops what comes before the last is over."""
QUIET_EACH: dict[str, Any] = {**QUIET, "trigger_mode": "multiple"}
"""For presses that are each of something else: a star here and one there, a setting and the next."""

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
