"""The library's table with its filters and its chart: what is on it and what its controls do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.ui.conversation import told
from assistant.ui.desk import Desk
from assistant.ui.render import legible
from assistant.ui.render_chart import chart_html
from assistant.ui.render_library import library_html
from assistant.ui.render_work import problem_html
from assistant.ui.table_filters import kept_to
from assistant.ui.work import QUIET
from vectorstore.errors import DatelineError, LimitUnusable
from vectorstore.listing import Column, Listing

SCRIPT = (Path(__file__).parent / "library.js").read_text(encoding="utf-8")
_NAMES = {"from": "From", "to": "To", "outlet": "Outlet"}
_WHOLE_DAY = len("2022-07-03")
_LAST: dict[str, Any] = {**QUIET, "trigger_mode": "always_last"}

Updates = tuple[Any, ...]


class TablePanel:
    """`listing` is what the table shows; of what stands in the fields, the last that could be used.

    `chart` is to be rendered where it belongs.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.listing = gr.State(Listing())
        day: dict[str, Any] = {"placeholder": "2022-07-03", "max_lines": 1, "max_length": 40, "min_width": 110}
        with gr.Row(elem_id="table-filters"):
            self.search = gr.Textbox(
                "",
                label="Search headlines and outlets",
                max_lines=1,
                max_length=200,
                min_width=220,
                elem_id="table-search",
            )
            # Any name can be typed: one that the library does not hold is told below, and not by Gradio.
            self.outlet = gr.Dropdown(
                [], value="", label="Outlet", allow_custom_value=True, min_width=150, elem_id="table-outlet"
            )
            self.since = gr.Textbox("", label="From", elem_id="table-from", **day)
            self.until = gr.Textbox("", label="To", elem_id="table-to", **day)
        self.problem = gr.HTML(js_on_load=None, apply_default_css=False, elem_id="table-problem")
        self.table = gr.HTML(elem_id="library", js_on_load=SCRIPT, apply_default_css=False)
        self.chart = gr.HTML(elem_id="chart", js_on_load=None, apply_default_css=False, render=False)
        self.given = [self.search, self.outlet, self.since, self.until, self.listing]
        self.shown = [self.listing, self.table, self.outlet]
        self._connect()

    def _connect(self) -> None:
        kept = [self.listing, self.problem, self.table]
        days = self.since, self.until
        for changed in (
            gr.on([self.search.change, self.outlet.change], self.keep, self.given, kept, **_LAST),
            gr.on([each.change for each in days], self.keep_whole_days, self.given, kept, **_LAST),
            gr.on([event for each in days for event in (each.submit, each.blur)], self.keep, self.given, kept, **_LAST),
        ):
            changed.then(self.draw, self.listing, self.chart, **QUIET)
        self.table.sort(self.sort, self.given, [self.listing, self.table], **_LAST)
        self.table.turn(self.turn, self.given, [self.listing, self.table], **_LAST)

    def begin(self, events: list[Any]) -> None:
        """Draw everything as it is at these events: the table first, since the chart takes longer."""
        looked = gr.on(events, self.look, self.given, self.shown, **QUIET)
        looked.then(self.draw, self.listing, self.chart, **QUIET)

    def follow(self, changed: Any) -> None:
        """The same once `changed` is over."""
        changed.then(self.look, self.given, self.shown, **QUIET).then(self.draw, self.listing, self.chart, **QUIET)

    def draw(self, listing: Listing) -> str:
        """The chart of what the table shows."""
        try:
            return chart_html(self._desk.tally(listing))
        except DatelineError:
            return ""  # the table tells of it

    def look(self, search: str, outlet: str | None, since: str, until: str, listing: Listing) -> Updates:
        """The table as it is now."""
        try:
            outlets = sorted(set(filter(None, self._desk.outlets())), key=str.casefold)
            listing, table = self._drawn(self._kept_to(search, outlet, since, until, listing), listing.start)
            choices = [("All outlets", ""), *((legible(name), name) for name in outlets)]
            return listing, table, gr.Dropdown(choices=choices)
        except DatelineError as error:
            return gr.skip(), problem_html(told(error)), gr.skip()

    def keep(self, search: str, outlet: str | None, since: str, until: str, listing: Listing) -> Updates:
        """The table is kept to what the fields say; where that cannot be used, it stays, and the reason is told."""
        try:
            wanted = kept_to(search, outlet or "", since, until, self._known(outlet), listing)
            if wanted == replace(listing, start=0):
                return gr.skip(), "", gr.skip()
            listing, table = self._drawn(wanted)
            return listing, "", table
        except LimitUnusable as error:
            return gr.skip(), problem_html(f"{_NAMES[error.field]}: {error}."), gr.skip()
        except DatelineError as error:
            return gr.skip(), problem_html(told(error)), gr.skip()

    def keep_whole_days(self, search: str, outlet: str | None, since: str, until: str, listing: Listing) -> Updates:
        """As `keep`, but not in the middle of a day that is being typed."""
        if any(0 < len(day.strip()) < _WHOLE_DAY for day in (since, until)):
            return (gr.skip(),) * 3
        return self.keep(search, outlet, since, until, listing)

    def sort(
        self, search: str, outlet: str | None, since: str, until: str, listing: Listing, event: gr.EventData
    ) -> Updates:
        kept = self._kept_to(search, outlet, since, until, listing)
        return self._safely(kept.sorted_by(Column(event.by)))

    def turn(
        self, search: str, outlet: str | None, since: str, until: str, listing: Listing, event: gr.EventData
    ) -> Updates:
        return self._safely(self._kept_to(search, outlet, since, until, listing), int(event.start))

    def _safely(self, listing: Listing, start: int = 0) -> Updates:
        try:
            return self._drawn(listing, start)
        except DatelineError as error:
            return gr.skip(), problem_html(told(error))

    def _drawn(self, listing: Listing, start: int = 0) -> tuple[Listing, str]:
        """The table, and the listing with the page that it is."""
        page = self._desk.listed(listing.turned(start))
        listing = listing.turned(page.start)
        return listing, library_html(page, listing)

    def _kept_to(self, search: str, outlet: str | None, since: str, until: str, listing: Listing) -> Listing:
        """What the fields say, which a server that was started anew has not heard of; else the listing as it was."""
        try:
            return kept_to(search, outlet or "", since, until, self._known(outlet), listing)
        except LimitUnusable:
            return listing

    def _known(self, outlet: str | None) -> list[str]:
        return list(self._desk.outlets()) if outlet else []
