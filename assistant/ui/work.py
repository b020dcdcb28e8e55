"""Work that takes a while, told line by line while it goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import NamedTuple

from assistant.ui.conversation import told
from assistant.ui.desk import Progress, Receipt
from assistant.ui.render_library import problem_html, receipt_html, working_html

Work = Callable[[Progress], Receipt]


class Report(NamedTuple):
    """What stands under the fields now; `taken` once everything that was handed in is in the library."""

    html: str
    taken: bool = False


def reports(work: Work) -> Iterator[Report]:
    """How the work stands, then what came of it. The work is done in a thread of its own and always finishes:
    a reader who leaves the page in the middle has still added the articles."""
    lines: SimpleQueue[str | None] = SimpleQueue()
    with ThreadPoolExecutor(1, thread_name_prefix="adding") as pool:
        future = pool.submit(work, lambda done, total, line: lines.put(working_html(line, done, total)))
        future.add_done_callback(lambda _: lines.put(None))
        yield Report(working_html("Starting"))
        while (line := _newest(lines)) is not None:
            yield Report(line)
        try:
            receipt = future.result()
        except Exception as error:
            yield Report(problem_html(told(error)))
        else:
            yield Report(receipt_html(receipt), taken=not receipt.rejected)


def _newest(lines: SimpleQueue[str | None]) -> str | None:
    """Waits for a line, then skips to the last one there: a page need not draw what is already over."""
    line = lines.get()
    while line is not None and not lines.empty():
        line = lines.get()
    return line
