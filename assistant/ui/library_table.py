"""The library's table: what it is kept to, how it is sorted, and the filters that are saved under a name."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import gradio as gr

from assistant.text.labels import language_named
from assistant.text.texts import tr, tr_later
from assistant.ui.conversation import told
from assistant.ui.desk import Desk
from assistant.ui.library_view import Added, chart_html, kept_to, library_html, marks_html, saved_filters_html
from assistant.ui.limits_panel import DAY, NAMES, both, choices, saved_filter, scope_of, unusable
from assistant.ui.render import legible
from assistant.ui.work import QUIET, problem_html
from vectorstore.errors import AnnotationUnusable, DatelineError, LimitUnusable
from vectorstore.storage.annotations import SavedFilter
from vectorstore.storage.listings import Column, Listing

Updates = tuple[Any, ...]
Given = dict[Any, Any]
SCRIPT, FILTERS = (
    (Path(__file__).parent / name).read_text(encoding="utf-8") for name in ("library.js", "saved_filters.js")
)
_WHOLE_DAY = len("2022-07-03")
_LAST: dict[str, Any] = {**QUIET, "trigger_mode": "always_last"}


class Filter(NamedTuple):
    """What stands in the fields."""

    search: str
    outlet: str
    language: str
    since: str
    until: str
    among: str


class TablePanel:
    """`listing` is what the table shows; of what stands in the fields, the last that could be used.

    `chart` is to be rendered where it belongs.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.listing = gr.State(Listing())
        named: dict[str, Any] = {"value": "", "allow_custom_value": True}  # what is none is told below, not by Gradio
        with gr.Row(elem_id="table-filters"):
            search = tr_later("Search headlines, outlets and texts")
            self.search = gr.Textbox(
                "", label=search, max_lines=1, max_length=200, min_width=220, elem_id="table-search"
            )
            self.outlet = gr.Dropdown([], label=NAMES["outlet"], min_width=150, elem_id="table-outlet", **named)
            self.language = gr.Dropdown([], label=NAMES["language"], min_width=130, elem_id="table-language", **named)
            self.since = gr.Textbox("", label=NAMES["from"], elem_id="table-from", **DAY)
            self.until = gr.Textbox("", label=NAMES["to"], elem_id="table-to", **DAY)
            self.among = gr.Dropdown([], label=NAMES["among"], min_width=150, elem_id="table-among", **named)
        self.saved_filters = gr.HTML(elem_id="saved-filters", js_on_load=FILTERS, apply_default_css=False)
        self.problem = gr.HTML(js_on_load=None, apply_default_css=False, elem_id="table-problem")
        self.table = gr.HTML(elem_id="library", js_on_load=SCRIPT, apply_default_css=False)
        self.chart = gr.HTML(elem_id="chart", js_on_load=None, apply_default_css=False, render=False)
        self.fields: list[Any] = [self.search, self.outlet, self.language, self.since, self.until, self.among]
        self.given = {*self.fields, self.listing}
        self.shown = [self.listing, self.table, self.outlet, self.language, self.among, self.saved_filters]
        self._connect()

    def _connect(self) -> None:
        kept = [self.listing, self.problem, self.table, self.saved_filters]
        days = self.since, self.until
        at_once = [each.change for each in self.fields if each not in days]
        for changed in (
            gr.on(at_once, self.keep, self.given, kept, **_LAST),
            gr.on([each.change for each in days], self.keep_whole_days, self.given, kept, **_LAST),
            gr.on([event for each in days for event in (each.submit, each.blur)], self.keep, self.given, kept, **_LAST),
        ):
            changed.then(self.draw, self.listing, self.chart, **QUIET)
        named = [self.problem, *self.fields]
        self.follow(self.saved_filters.save(self.save, self.given, named, **QUIET))
        self.follow(self.saved_filters.forget(self.forget, self.given, named, **QUIET))
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
        """The chart of what the table shows, and what the reader has marked."""
        try:
            marks = self._desk.annotations.marks()
            titles = {each.id: each for each in self._desk.entries([mark.article_id for mark in marks])}
            return marks_html(marks, titles) + chart_html(self._desk.tally(listing))
        except DatelineError:
            return ""  # the table tells of it

    def look(self, given: Given) -> Updates:
        """The table as it is now."""
        try:
            filter, before = self._filter(given), given[self.listing]
            outlets = sorted({name for name in self._desk.outlets() if name}, key=str.casefold)
            listing, table = self._drawn(self._kept_to(filter, before), filter.among, before.start)
            names = [(tr("All outlets"), ""), *((legible(name), name) for name in outlets)]
            held = sorted((language_named(each), each) for each in self._desk.languages())
            languages = [(tr("All languages"), ""), *held]
            among = choices(self._desk, filter.among)
            fields = [gr.Dropdown(choices=each) for each in (names, languages, among)]
            return listing, table, *fields, saved_filters_html(listing, filter.among)
        except DatelineError as error:
            return gr.skip(), problem_html(told(error)), *[gr.skip()] * 4

    def keep(self, given: Given) -> Updates:
        """The table is kept to what the fields say; where that cannot be used, it stays, and the reason is told."""
        try:
            filter, before = self._filter(given), given[self.listing]
            wanted = self._read(filter, before)
            if wanted == replace(before, start=0):
                return gr.skip(), "", gr.skip(), saved_filters_html(wanted, filter.among)
            listing, table = self._drawn(wanted, filter.among)
            return listing, "", table, saved_filters_html(listing, filter.among)
        except LimitUnusable as error:
            return gr.skip(), problem_html(unusable(error)), gr.skip(), gr.skip()
        except DatelineError as error:
            return gr.skip(), problem_html(told(error)), gr.skip(), gr.skip()

    def keep_whole_days(self, given: Given) -> Updates:
        """As `keep`, but not in the middle of a day or of words that are being typed."""
        if any(_half_typed(day.strip()) for day in (given[self.since], given[self.until])):
            return (gr.skip(),) * 4
        return self.keep(given)

    def sort(self, given: Given, event: gr.EventData) -> Updates:
        filter = self._filter(given)
        kept = self._kept_to(filter, given[self.listing])
        return self._safely(kept.sorted_by(Column(event.by)), filter.among)

    def turn(self, given: Given, event: gr.EventData) -> Updates:
        filter = self._filter(given)
        return self._safely(self._kept_to(filter, given[self.listing]), filter.among, int(event.start))

    def save(self, given: Given, event: gr.EventData) -> Updates:
        """The filter under a name: it takes the place of what stood in the fields."""
        try:
            kept = self._read(self._filter(given), given[self.listing])
            if kept.scope.articles is not None:
                raise AnnotationUnusable(tr("A saved filter with words cannot be saved again under another name."))
            saved = self._desk.annotations.save_filter(_collected(str(event.name), kept))
        except (LimitUnusable, DatelineError) as error:
            return problem_html(told(error)), *[gr.skip()] * len(self.fields)
        value = saved_filter(saved.name)
        return "", *[""] * (len(self.fields) - 1), gr.Dropdown(choices=choices(self._desk, value), value=value)

    def forget(self, given: Given, event: gr.EventData) -> Updates:
        try:
            self._desk.annotations.forget_filter(str(event.name))
        except DatelineError as error:
            return problem_html(told(error)), *[gr.skip()] * len(self.fields)
        return "", *[gr.skip()] * (len(self.fields) - 1), gr.Dropdown(choices=choices(self._desk), value="")

    def _safely(self, listing: Listing, among: str, start: int = 0) -> Updates:
        try:
            return self._drawn(listing, among, start)
        except DatelineError as error:
            return gr.skip(), problem_html(told(error))

    def _drawn(self, listing: Listing, among: str, start: int = 0) -> tuple[Listing, str]:
        """The table, and the listing with the page that it is."""
        page = self._desk.listed(listing.turned(start))
        listing = listing.turned(page.start)
        kept, ids = self._desk.annotations, [entry.id for entry in page.entries]
        added = Added(kept.tags_of(ids), frozenset(mark.article_id for mark in kept.marks()), among)
        return listing, library_html(page, listing, added)

    def _filter(self, given: Given) -> Filter:
        return Filter(*(given[field] or "" for field in self.fields))

    def _kept_to(self, filter: Filter, listing: Listing) -> Listing:
        """What the fields say, which a server that was started anew has not heard of; else the listing as it was."""
        try:
            return self._read(filter, listing)
        except LimitUnusable:
            return listing

    def _read(self, filter: Filter, listing: Listing) -> Listing:
        return listing_of(self._desk, filter, listing)


def listing_of(desk: Desk, filter: Filter, before: Listing | None = None) -> Listing:
    """Raises LimitUnusable."""
    search, outlet, language, since, until, among = filter
    known, held = desk.outlets() if outlet else (), desk.languages() if language else ()
    listing = kept_to(search, outlet, since, until, known, before, language, held)
    return replace(listing, scope=both(listing.scope, scope_of(desk, among))) if among else listing


def _half_typed(day: str) -> bool:
    """A day in figures is complete when it has all of them; words are, when the reader says so."""
    return bool(day) and (len(day) < _WHOLE_DAY or not day[:1].isdigit())


def _collected(name: str, kept: Listing) -> SavedFilter:
    def day(moment: datetime | None) -> str:
        return moment.date().isoformat() if moment else ""

    scope = kept.scope
    days = day(scope.since), day(scope.until)
    named = scope.outlets, scope.languages, scope.tags
    return SavedFilter(name, kept.search, *days, *named, scope.marked, scope.collections)
