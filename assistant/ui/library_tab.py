"""The tab of the library: its table, adding articles, removing them, its file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any, BinaryIO

import gradio as gr
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from assistant.text.labels import language_named
from assistant.text.texts import tr, tr_later, tr_line
from assistant.ui.bounds import MOST_FILES
from assistant.ui.conversation import said, told
from assistant.ui.desk import Desk
from assistant.ui.language import drawn
from assistant.ui.library_view import chart_html, kept_to, library_html, removed_html
from assistant.ui.limits_panel import NAMES, unusable
from assistant.ui.reader import ArticleCard
from assistant.ui.render import headline, legible
from assistant.ui.render_work import note_html, problem_html
from assistant.ui.sent_pages import SCRIPT as BOOKMARK
from assistant.ui.sent_pages import bookmark_html
from assistant.ui.work import QUIET, Job, Work, halt, report_component, retried
from vectorstore.errors import DatelineError, LimitUnusable
from vectorstore.export import lines
from vectorstore.storage.listings import Column, Listing
from vectorstore.storage.rows import Removed

UNDO = (Path(__file__).parent / "undo.js").read_text(encoding="utf-8")

Updates = tuple[Any, ...]
SCRIPT = (Path(__file__).parent / "library.js").read_text(encoding="utf-8")
_WHOLE_DAY = len("2022-07-03")
_LAST: dict[str, Any] = {**QUIET, "trigger_mode": "always_last"}

_AT_ONCE = 100
_PIECE = 1 << 20


class LibraryTab:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.job = gr.State(None)
        self.removed = gr.State(None)
        with gr.Row(equal_height=False, elem_classes="columns", elem_id="shelf"):
            with gr.Column(scale=2, min_width=300, elem_classes="adding"):
                self._draw_adding()
            with gr.Column(scale=5, min_width=560, elem_classes="listing"):
                self.card = ArticleCard(desk)
                self.undo = gr.HTML(elem_id="undo", js_on_load=UNDO, apply_default_css=False)
                self.table = TablePanel(desk)
            with gr.Column(scale=2, min_width=300, elem_classes="holding"):
                self.table.chart.render()  # type: ignore[no-untyped-call]
        self._connect()

    def _draw_adding(self) -> None:
        drawn(lambda: f"<h2>{tr('Add articles')}</h2>")
        with gr.Tabs():
            with gr.Tab(tr_later("Address")):
                self.url = gr.Textbox("", label=tr_later("Address of an article"), placeholder="https://", max_lines=1)
                self.add_url = gr.Button(tr_later("Add"), variant="primary")
            with gr.Tab(tr_later("Files")):
                kinds = tr_later("Text, Markdown, HTML, JSON or CSV")
                self.files = gr.File(label=kinds, file_count="multiple", height=160, elem_id="files")
            with gr.Tab(tr_later("Text")):
                self.title = gr.Textbox("", label=tr_later("Headline (optional)"), max_lines=1)
                self.outlet = gr.Textbox("", label=tr_later("Outlet (optional)"), max_lines=1)
                self.text = gr.Textbox("", label=tr_later("Text of the article"), lines=6, max_lines=12)
                self.add_text = gr.Button(tr_later("Add text"), variant="primary")
        drawn(bookmark_html, js_on_load=BOOKMARK)
        self.report = report_component("report")

    def _connect(self) -> None:
        working, card, table = [self.report, self.job], self.card, self.table
        pasted = [self.text, self.title, self.outlet]
        adding = (
            gr.on([self.add_url.click, self.url.submit], self.take_url, self.url, [*working, self.url], **QUIET),
            self.files.upload(self.take_files, self.files, [*working, self.files], preprocess=False, **QUIET),
            self.add_text.click(self.take_text, pasted, [*working, *pasted], **QUIET),
            card.again.click(self.read_again, card.chosen, working, **QUIET),
            self.report.again(self.retry, self.job, working, **QUIET),
        )
        self.report.halt(halt, self.job, None, **QUIET)
        table.table.select(self.pick, None, card.shown, **QUIET)
        undoing = [self.undo, self.removed, *card.shown]
        removed = card.remove.click(self.discard, card.chosen, undoing, **QUIET)
        restored = self.undo.undo(self.put_back, self.removed, undoing, **QUIET)
        for changed in (*adding, removed, restored):
            table.follow(changed)

    def take_url(self, url: str) -> Iterator[Updates]:
        yield from self._take(lambda progress, stop: self._desk.add_url(url.strip(), progress, stop), fields=1)

    def take_files(self, uploads: list[dict[str, Any]]) -> Iterator[Updates]:
        # Without Gradio's preprocessing, which hands on the cleaned path and forgets the name its owner gave a file.
        # That the path lies among the uploads has been checked before.
        files = {Path(each["path"]): each["orig_name"] or Path(each["path"]).name for each in uploads}
        if len(files) > MOST_FILES:
            raise said(tr("At most {n} files can be added at once.", n=MOST_FILES))
        job = Job(lambda progress, stop: self._desk.add_files(list(files.items()), progress, stop))
        for report in job.reports():
            # At once: emptied a moment after the report, the field would swallow a file that is dropped in between.
            yield report.html, job, None if report.over else gr.skip()

    def take_text(self, text: str, title: str, outlet: str) -> Iterator[Updates]:
        yield from self._take(
            lambda progress, stop: self._desk.add_text(text, title.strip(), outlet.strip(), progress, stop), fields=3
        )

    def read_again(self, article_id: str) -> Iterator[Updates]:
        yield from self._take(
            lambda progress, stop: self._desk.add_url(self._desk.article(article_id).url, progress, stop), fields=0
        )

    def retry(self, job: Job | None) -> Iterator[Updates]:
        yield from retried(self._desk, job)

    def _take(self, work: Work, fields: int) -> Iterator[Updates]:
        """The report as it grows; the fields are emptied once their content is in the library, not before."""
        job = Job(work)
        for report in job.reports():
            yield (report.html, job, *(["" if report.taken else gr.skip()] * fields))

    def pick(self, event: gr.EventData) -> Updates:
        return self.card.open(str(event.article))

    def discard(self, article_id: str) -> Updates:
        """At once: it can be taken back."""
        try:
            removed = self._desk.remove(article_id)
        except DatelineError as error:
            return problem_html(told(error)), None, *[gr.skip()] * len(self.card.shown)
        return removed_html(headline(removed.article)), removed, *self.card.put_away()

    def put_back(self, removed: Removed | None) -> Updates:
        """What was removed last, and its card open again."""
        if removed is None:  # the server was started anew under the page
            return problem_html(tr("What was removed is no longer kept.")), None, *[gr.skip()] * len(self.card.shown)
        try:
            again = self._desk.restore(removed)
        except DatelineError as error:
            return problem_html(told(error)), removed, *[gr.skip()] * len(self.card.shown)
        told_so = "" if again else note_html(tr("It is in the library: it was added again meanwhile."))
        return told_so, None, *self.card.open(removed.article.id)


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
                label=tr_later("Search headlines and outlets"),
                max_lines=1,
                max_length=200,
                min_width=220,
                elem_id="table-search",
            )
            # Any name can be typed: one that the library does not hold is told below, and not by Gradio.
            self.outlet = gr.Dropdown(
                [], value="", label=NAMES["outlet"], allow_custom_value=True, min_width=150, elem_id="table-outlet"
            )
            self.language = gr.Dropdown(
                [], value="", label=NAMES["language"], allow_custom_value=True, min_width=130, elem_id="table-language"
            )
            self.since = gr.Textbox("", label=NAMES["from"], elem_id="table-from", **day)
            self.until = gr.Textbox("", label=NAMES["to"], elem_id="table-to", **day)
        self.problem = gr.HTML(js_on_load=None, apply_default_css=False, elem_id="table-problem")
        self.table = gr.HTML(elem_id="library", js_on_load=SCRIPT, apply_default_css=False)
        self.chart = gr.HTML(elem_id="chart", js_on_load=None, apply_default_css=False, render=False)
        self.given = [self.search, self.outlet, self.language, self.since, self.until, self.listing]
        self.shown = [self.listing, self.table, self.outlet, self.language]
        self._connect()

    def _connect(self) -> None:
        kept = [self.listing, self.problem, self.table]
        days = self.since, self.until
        for changed in (
            gr.on(
                [each.change for each in (self.search, self.outlet, self.language)],
                self.keep,
                self.given,
                kept,
                **_LAST,
            ),
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

    def look(
        self, search: str, outlet: str | None, language: str | None, since: str, until: str, listing: Listing
    ) -> Updates:
        """The table as it is now."""
        try:
            outlets = sorted(set(filter(None, self._desk.outlets())), key=str.casefold)
            listing, table = self._drawn(self._kept_to(search, outlet, language, since, until, listing), listing.start)
            choices = [(tr("All outlets"), ""), *((legible(name), name) for name in outlets)]
            held = sorted((language_named(each), each) for each in self._desk.languages())
            languages = [(tr("All languages"), ""), *held]
            return listing, table, gr.Dropdown(choices=choices), gr.Dropdown(choices=languages)
        except DatelineError as error:
            return gr.skip(), problem_html(told(error)), gr.skip(), gr.skip()

    def keep(
        self, search: str, outlet: str | None, language: str | None, since: str, until: str, listing: Listing
    ) -> Updates:
        """The table is kept to what the fields say; where that cannot be used, it stays, and the reason is told."""
        try:
            wanted = self._read(search, outlet, language, since, until, listing)
            if wanted == replace(listing, start=0):
                return gr.skip(), "", gr.skip()
            listing, table = self._drawn(wanted)
            return listing, "", table
        except LimitUnusable as error:
            return gr.skip(), problem_html(unusable(error)), gr.skip()
        except DatelineError as error:
            return gr.skip(), problem_html(told(error)), gr.skip()

    def keep_whole_days(
        self, search: str, outlet: str | None, language: str | None, since: str, until: str, listing: Listing
    ) -> Updates:
        """As `keep`, but not in the middle of a day that is being typed."""
        if any(0 < len(day.strip()) < _WHOLE_DAY for day in (since, until)):
            return (gr.skip(),) * 3
        return self.keep(search, outlet, language, since, until, listing)

    def sort(
        self,
        search: str,
        outlet: str | None,
        language: str | None,
        since: str,
        until: str,
        listing: Listing,
        event: gr.EventData,
    ) -> Updates:
        kept = self._kept_to(search, outlet, language, since, until, listing)
        return self._safely(kept.sorted_by(Column(event.by)))

    def turn(
        self,
        search: str,
        outlet: str | None,
        language: str | None,
        since: str,
        until: str,
        listing: Listing,
        event: gr.EventData,
    ) -> Updates:
        return self._safely(self._kept_to(search, outlet, language, since, until, listing), int(event.start))

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

    def _kept_to(
        self, search: str, outlet: str | None, language: str | None, since: str, until: str, listing: Listing
    ) -> Listing:
        """What the fields say, which a server that was started anew has not heard of; else the listing as it was."""
        try:
            return self._read(search, outlet, language, since, until, listing)
        except LimitUnusable:
            return listing

    def _read(
        self, search: str, outlet: str | None, language: str | None, since: str, until: str, listing: Listing
    ) -> Listing:
        known, held = self._desk.outlets() if outlet else (), self._desk.languages() if language else ()
        return kept_to(search, outlet or "", since, until, known, listing, language or "", held)


def library_routes(desk: Desk) -> Sequence[BaseRoute]:
    """Beside the page; `search`, `outlet`, `language`, `from` and `to` say what is wanted, as on the page."""

    def library(request: Request) -> Response:
        names = ("search", "outlet", "from", "to", "language")
        search, outlet, since, until, language = (request.query_params.get(name, "") for name in names)
        try:
            listing = kept_to(search, outlet, since, until, desk.outlets(), None, language, desk.languages())
            written = lines(desk.export(listing))
            begun = list(islice(written, 1))  # what cannot be read at all is told, and no file
        except LimitUnusable as error:
            return PlainTextResponse(f"{error.field}: {tr_line(str(error))}\n", status_code=400)
        except Exception as error:
            return PlainTextResponse(f"{told(error)}\n", status_code=500)
        headers = {"Content-Disposition": 'attachment; filename="dateline.jsonl"'}
        return StreamingResponse(_together(chain(begun, written)), media_type="application/jsonl", headers=headers)

    return [Route("/library.jsonl", library), Route("/library.db", partial(_backup, desk, Lock()))]


def _backup(desk: Desk, copying: Lock, request: Request) -> Response:
    """Copied first, since it is one state of the library; the copy has no name any more while it is sent."""
    if not copying.acquire(blocking=False):
        return PlainTextResponse(f"{tr('A backup is being made already. Try again in a minute.')}\n", status_code=503)
    try:
        with TemporaryDirectory(prefix="dateline-", ignore_cleanup_errors=True) as place:
            copy = Path(place) / "dateline.db"
            desk.back_up(copy)
            size, file = copy.stat().st_size, copy.open("rb")
    except Exception as error:
        return PlainTextResponse(f"{told(error)}\n", status_code=500)
    finally:
        copying.release()
    name = f"dateline-{datetime.now(UTC):%Y-%m-%d}.db"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Length": str(size)}
    return StreamingResponse(_pieces(file), media_type="application/vnd.sqlite3", headers=headers)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece


def _together(written: Iterator[str]) -> Iterator[str]:
    """Many lines at a time: each is handed on by itself from one thread to another."""
    while some := list(islice(written, _AT_ONCE)):
        yield "".join(some)
