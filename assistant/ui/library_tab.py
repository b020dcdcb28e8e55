"""The tab of the library: its table, adding articles, removing them, its file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
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

from assistant.query.search_filters import dated, day_of
from assistant.text.texts import tr, tr_later, tr_line
from assistant.ui.bounds import MOST_FILES
from assistant.ui.conversation import said, told
from assistant.ui.desk import Desk
from assistant.ui.language import drawn
from assistant.ui.library_table import Filter, TablePanel, listing_of
from assistant.ui.library_view import files_html, proposal_html, removed_html
from assistant.ui.limits_panel import DAY
from assistant.ui.reader import ArticleCard
from assistant.ui.render import headline
from assistant.ui.sent_pages import SCRIPT as BOOKMARK
from assistant.ui.sent_pages import bookmark_html
from assistant.ui.work import QUIET, QUIET_EACH, Job, Work, halt, note_html, problem_html, report_component, retried
from vectorstore.errors import ArticleNotFound, DatelineError, LimitUnusable
from vectorstore.export import lines
from vectorstore.reports import Outcome, Report
from vectorstore.storage.rows import Removed

UNDO = (Path(__file__).parent / "undo.js").read_text(encoding="utf-8")

Updates = tuple[Any, ...]
PROPOSAL = (Path(__file__).parent / "proposal.js").read_text(encoding="utf-8")
# Of so many rows of a report it is looked whether their texts state a day.
_PROPOSED = 20

_AT_ONCE = 100
_PIECE = 1 << 20


class LibraryTab:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.job = gr.State(None)
        self.removed = gr.State(None)
        with gr.Row(equal_height=False, elem_classes="columns", elem_id="shelf"):
            with gr.Column(scale=2, min_width=300, elem_classes=["adding", "for-editors"]):
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
            with gr.Tab(tr_later("Link")):
                self.url = gr.Textbox(
                    "", label=tr_later("Address of an article"), placeholder="example.com/news", max_lines=1
                )
                self.add_url = gr.Button(tr_later("Add"), variant="primary")
            with gr.Tab(tr_later("Files")):
                self.files = gr.File(label=tr_later("Files to add"), file_count="multiple", height=160, elem_id="files")
                drawn(partial(files_html, self._desk.readable), elem_id="files-told")
            with gr.Tab(tr_later("Paste text")):
                self.text = gr.Textbox("", label=tr_later("Text of the article"), lines=6, max_lines=12)
                self.title = gr.Textbox("", label=tr_later("Headline (optional)"), max_lines=1)
                self.outlet = gr.Textbox("", label=tr_later("Outlet (optional)"), max_lines=1)
                self.day = gr.Textbox("", label=tr_later("Date (optional)"), elem_id="paste-day", **DAY)
                self.proposal = gr.HTML(
                    elem_id="proposal", js_on_load=PROPOSAL, apply_default_css=False, visible="hidden"
                )
                self.address = gr.Textbox("", label=tr_later("Link (optional)"), max_lines=1)
                self.add_text = gr.Button(tr_later("Add text"), variant="primary")
        drawn(bookmark_html, js_on_load=BOOKMARK)
        self.report = report_component("report")

    def _connect(self) -> None:
        working, card, table = [self.report, self.job], self.card, self.table
        pasted = [self.text, self.title, self.outlet, self.day, self.address]
        self.text.blur(self.propose, [self.text, self.day], self.proposal, **QUIET)
        self.proposal.use(self.use_proposed, None, [self.day, self.proposal], **QUIET)
        adding = (
            gr.on([self.add_url.click, self.url.submit], self.take_url, self.url, [*working, self.url], **QUIET),
            self.files.upload(self.take_files, self.files, [*working, self.files], preprocess=False, **QUIET),
            self.add_text.click(self.take_text, pasted, [*working, *pasted], **QUIET),
            card.again.click(self.read_again, card.chosen, working, **QUIET),
            self.report.again(self.retry, self.job, working, **QUIET),
        )
        self.report.halt(halt, self.job, None, **QUIET)
        table.table.select(self.pick, None, card.shown, **QUIET_EACH)
        undoing = [self.undo, self.removed, *card.shown]
        removed = card.remove.click(self.discard, card.chosen, undoing, **QUIET)
        restored = self.undo.undo(self.put_back, self.removed, undoing, **QUIET)
        dated = self.report.use(self.use_date, None, card.shown, **QUIET)
        for changed in (*adding, removed, restored, dated, *card.changed):
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
        for report in job.reports(self._proposed):
            # At once: emptied a moment after the report, the field would swallow a file that is dropped in between.
            yield report.html, job, None if report.over else gr.skip()

    def take_text(self, text: str, title: str, outlet: str, day: str, address: str) -> Iterator[Updates]:
        try:
            stated = day_of(day)
        except LimitUnusable as error:
            yield problem_html(tr("{line}.", line=f"{tr('Date')}: {tr_line(str(error))}")), None, *[gr.skip()] * 5
            return
        yield from self._take(
            lambda progress, stop: self._desk.add_text(
                text, title.strip(), outlet.strip(), progress, stop, stated, address.strip()
            ),
            fields=5,
        )

    def propose(self, text: str, day: str) -> Any:
        """The day that the text states itself, which is taken only when the reader says so."""
        found = self._desk.stated_day(text) if text.strip() and not day.strip() else None
        return gr.HTML(value=proposal_html(found) if found else "", visible=bool(found) or "hidden")

    def use_proposed(self, event: gr.EventData) -> Updates:
        return str(event.day), gr.HTML(value="", visible="hidden")

    def use_date(self, event: gr.EventData) -> Updates:
        """An article gets the date that its text states, as the reader's own correction."""
        article_id = str(event.article)
        try:
            article = self._desk.article(article_id)
            self._desk.edit(article.id, {"published_at": dated(str(event.day), article.published_at)})
        except DatelineError as error:
            raise said(told(error)) from error
        return self.card.open(article_id)

    def read_again(self, article_id: str) -> Iterator[Updates]:
        yield from self._take(
            lambda progress, stop: self._desk.add_url(self._desk.article(article_id).url, progress, stop), fields=0
        )

    def retry(self, job: Job | None) -> Iterator[Updates]:
        yield from retried(self._desk, job)

    def _take(self, work: Work, fields: int) -> Iterator[Updates]:
        """The report as it grows; the fields are emptied once their content is in the library, not before."""
        job = Job(work)
        for report in job.reports(self._proposed):
            yield (report.html, job, *(["" if report.taken else gr.skip()] * fields))

    def _proposed(self, receipt: Report) -> dict[str, date]:
        """The days that texts without a date state at their heads, by the ids of their articles."""
        found: dict[str, date] = {}
        for row in [each for each in receipt.rows if each.outcome is Outcome.ADDED][:_PROPOSED]:
            with suppress(ArticleNotFound):
                article = self._desk.article(row.article_id)
                if not article.published_at and (stated := self._desk.stated_day(article.text)):
                    found[article.id] = stated.date()
        return found

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


def library_routes(desk: Desk) -> Sequence[BaseRoute]:
    """Beside the page; `search`, `outlet`, `language`, `from`, `to` and `among` say what is wanted, as on the page."""

    def library(request: Request) -> Response:
        names = ("search", "outlet", "language", "from", "to", "among")
        try:
            listing = listing_of(desk, Filter(*(request.query_params.get(name, "") for name in names)))
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
