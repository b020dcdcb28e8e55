"""Where an article is read: beside an answer, and in the library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import gradio as gr
from pydantic import BaseModel, Field, ValidationError

from assistant.presentation.changes import changes
from assistant.query.search_filters import dated
from assistant.text.texts import language, tr, tr_later
from assistant.ui.answer_view import keys_html
from assistant.ui.conversation import told
from assistant.ui.desk import Desk
from assistant.ui.language import drawn
from assistant.ui.places import Places
from assistant.ui.reader_view import (
    Labels,
    article_html,
    changes_html,
    details_html,
    frame_html,
    gone_html,
    leaf_html,
    sheet_html,
    translation_html,
)
from assistant.ui.render import is_web_address, legible, shown
from assistant.ui.render_sources import Span, joined, preview_html
from assistant.ui.work import QUIET, QUIET_EACH, problem_html
from vectorstore.errors import AnnotationUnusable, ArticleNotFound, DatelineError, LimitUnusable
from vectorstore.models import Article
from vectorstore.storage.annotations import LONGEST_NOTE, Mark

_READING, _FRAME, _PREVIEW, _KEYS, _CALENDAR, _CARD = (
    (Path(__file__).parent / name).read_text(encoding="utf-8")
    for name in ("reading.js", "reader.js", "preview.js", "chat_keys.js", "calendar.js", "article.js")
)


# What `legible` may have left out of the words, and a browser of the spaces between them.
_UNSEEN = 200
_MOST_TRANSLATED = 1000
_LONGEST_DETAIL = 1000

Updates = tuple[Any, ...]


class Wanted(BaseModel):
    """What a browser asks for: a version of an article, where its cited words stand, and one stretch of them with its
    words, by which another article under the same id is told apart."""

    article: str
    version: int
    cited: list[tuple[int, int]] = Field(max_length=200)
    at: int = 0
    words: str = ""


class Quoted(BaseModel):
    """The words of a version of an article that a browser wants translated."""

    article: str
    version: int
    start: int = Field(ge=0)
    end: int


class Annotated(BaseModel):
    """A mark that is made with its note, a note that is written, or a mark that is removed; with what is cited on the
    sheet, which is drawn anew."""

    act: Literal["mark", "note", "unmark"]
    article: str
    version: int
    cited: list[tuple[int, int]] = Field(default_factory=list, max_length=200)
    start: int = 0
    end: int = 0
    words: str = ""
    note: str = Field(default="", max_length=2 * LONGEST_NOTE)
    key: int = 0


class Sheets:
    """Articles with what their reader marked in them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def marks(self, article_id: str) -> Sequence[Mark]:
        return self._desk.annotations.marks(article_id)

    def annotated(self, asked: object) -> str:
        """The sheet as it is then; or a line that says why nothing was kept."""
        try:
            wanted = Annotated.model_validate(asked)
            article = self._desk.article(wanted.article, wanted.version)
            self._keep(wanted, article)
            return sheet_html(article, inside(wanted.cited, article), self.marks(article.id))
        except ValidationError:
            return problem_html(tr("That cannot be kept."))
        except DatelineError as error:
            return problem_html(told(error))

    def _keep(self, wanted: Annotated, article: Article) -> None:
        kept = self._desk.annotations
        if wanted.act == "unmark":
            kept.unmark(wanted.key)
        elif wanted.act == "note":
            kept.note(wanted.key, wanted.note)
        else:
            start, end = _trimmed(article.text, wanted.start, wanted.end)
            # Between the cells of a table a browser sees no pipes, and nowhere what is hidden.
            if _letters(legible(article.text[max(0, start) : end])) != _letters(wanted.words):
                raise AnnotationUnusable(tr("These words are not in the article. Select them again."))
            kept.mark(article.id, article.version, article.text, start, end, wanted.note)


class Reader:
    """Its frame calls `read` when an article is to be opened in the library, `about` when one is to be asked about. The
    list of keys stands beside it."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._sheets = desk, Sheets(desk)
        self._places = Places("translations", at_once=1, waiting=4)

        def article(asked: object) -> str:
            return self.leaf(asked)

        def translation(asked: object) -> str:
            return self.translation(asked)

        def annotate(asked: object) -> str:
            return self._sheets.annotated(asked)

        # Functions of the page's, not events: they wait for no answer that is being written, and the page's script can
        # leave what comes too late.
        served = [article, translation, annotate]
        self.frame = drawn(frame_html, elem_id="reader", js_on_load=_READING + _FRAME, server_functions=served)
        drawn(preview_html, elem_id="preview", js_on_load=_PREVIEW)
        drawn(keys_html, elem_id="keys", js_on_load=_KEYS + _CALENDAR)

    def leaf(self, asked: object) -> str:
        """The whole article, or a notice alone where what was cited is not there any more."""
        try:
            wanted = Wanted.model_validate(asked)
            versions = self._desk.versions(wanted.article)
            article = next((each for each in versions if each.version == wanted.version), None)
            if article is None or not _says(article.text, wanted):
                return gone_html()
            return leaf_html(article, versions, inside(wanted.cited, article), self._sheets.marks(article.id))
        except ValidationError:
            return problem_html(tr("That article cannot be shown."))
        except ArticleNotFound:
            return gone_html()
        except DatelineError as error:
            return problem_html(told(error))

    def translation(self, asked: object) -> str:
        """An article's words in the page's language, marked as a machine's; or why there is no translation."""
        try:
            wanted = Quoted.model_validate(asked)
            words = self._desk.article(wanted.article, wanted.version).text[wanted.start : wanted.end][
                :_MOST_TRANSLATED
            ]
            with self._places.taken():
                return translation_html(self._desk.translated(words, language()))
        except ValidationError:
            return translation_html("")
        except DatelineError as error:
            return shown(told(error))


def inside(cited: Sequence[Span], article: Article) -> list[Span]:
    """The stretches that lie in the article's text."""
    return joined([(start, end) for start, end in cited if 0 <= start < end <= len(article.text)])


def _says(text: str, wanted: Wanted) -> bool:
    there = legible(text[max(0, wanted.at) :][: len(wanted.words) + _UNSEEN])
    return " ".join(there.split()).startswith(" ".join(wanted.words.split()))


def _trimmed(text: str, start: int, end: int) -> Span:
    """Without the spaces that a browser selects with a word."""
    words = text[max(0, start) : max(0, end)]
    return start + len(words) - len(words.lstrip()), end - (len(words) - len(words.rstrip()))


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


class ArticleCard:
    """`article` calls `about` when the article is to be asked about; `changed` are the events that change the table."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._sheets = desk, Sheets(desk)
        self.chosen = gr.State("")

        def annotate(asked: object) -> str:
            return self._sheets.annotated(asked)

        with gr.Column(visible=False, elem_id="chosen") as self.details:
            self.article = gr.HTML(
                js_on_load=_READING + _CARD, apply_default_css=False, server_functions=[annotate], elem_id="article"
            )
            with gr.Row():
                self.again = gr.Button(
                    tr_later("Check for updates"), size="sm", min_width=80, elem_classes="for-editors"
                )
                self.remove = gr.Button(tr_later("Remove"), size="sm", min_width=80, elem_classes="for-editors")
                self.close = gr.Button(tr_later("Close"), size="sm", min_width=80)
        self.shown = [self.chosen, self.details, self.article, self.again, self.remove]
        self.close.click(self.put_away, None, self.shown, **QUIET)
        self.article.turn(self.turn_to, self.chosen, self.article, **QUIET_EACH)
        self.article.compare(self.compare, self.chosen, self.article, **QUIET_EACH)
        self.changed = (
            self.article.tag(self.tag, self.chosen, self.article, **QUIET_EACH),
            self.article.collect(self.collect, self.chosen, self.article, **QUIET_EACH),
            self.article.edit(self.edit, self.chosen, self.article, **QUIET_EACH),
        )

    def open(self, article_id: str) -> Updates:
        """The article as it stands now."""
        try:
            return self._opened(self._desk.versions(article_id))
        except DatelineError as error:
            return _unopened(error)

    def open_at(self, event: gr.EventData) -> Updates:
        """A version of an article, 0 for the last one, with the words marked that a story or an answer cites."""
        try:
            start, end = int(event.start), int(event.end)
            cited = [(start, end)] if 0 <= start < end else []
            versions = self._desk.versions(str(event.article))
            return self._opened(versions, event.version, cited)
        except DatelineError as error:
            return _unopened(error)

    def _opened(self, versions: Sequence[Article], version: Any = 0, cited: Sequence[Span] = ()) -> Updates:
        article = _version(versions, version) if version else versions[-1]
        card = self._card(article, versions, cited)
        again = gr.Button(visible=is_web_address(article.url))
        return article.id, gr.Column(visible=True), card, again, gr.Button(visible=True)

    def _card(self, article: Article, versions: Sequence[Article], cited: Sequence[Span] = ()) -> str:
        kept = self._desk.annotations
        tags = kept.tags_of([article.id]).get(article.id, ())
        tagged = Labels(tags, [tag for tag, _ in kept.tags()])
        shared = Labels(self._desk.collections_of(article.id), [*self._desk.collections()])
        beside = details_html(article, tagged, shared, kept.edited(article.id))
        return article_html(article, versions, inside(cited, article), self._sheets.marks(article.id), beside)

    def turn_to(self, article_id: str, event: gr.EventData) -> str:
        try:
            versions = self._desk.versions(article_id)
            return self._card(_version(versions, event.version), versions)
        except DatelineError as error:
            return problem_html(told(error))

    def compare(self, article_id: str, event: gr.EventData) -> str:
        try:
            versions = self._desk.versions(article_id)
            earlier, later = (_version(versions, number) for number in (event.before, event.after))
            return changes_html(changes(earlier, later), versions)
        except DatelineError as error:
            return problem_html(told(error))

    def tag(self, article_id: str, event: gr.EventData) -> str:
        """A tag is added or taken away."""

        def act(article: Article) -> None:
            if event.add:
                self._desk.annotations.tag(article.id, str(event.add))
            else:
                self._desk.annotations.untag(article.id, str(event.remove))

        return self._acted(article_id, act)

    def collect(self, article_id: str, event: gr.EventData) -> str:
        """It is put into a collection or taken out of one."""

        def act(article: Article) -> None:
            if event.add:
                self._desk.collect(article.id, str(event.add))
            else:
                self._desk.take_out(article.id, str(event.remove))

        return self._acted(article_id, act)

    def edit(self, article_id: str, event: gr.EventData) -> str:
        """Details are put right, or all put back as they were published."""

        def act(article: Article) -> None:
            edit = self._desk.annotations.edited(article.id)
            wanted = (edit.stated if edit else {}) if event.original else details(event.details, article)
            self._desk.edit(article.id, wanted)

        return self._acted(article_id, act)

    def _acted(self, article_id: str, act: Any) -> str:
        """The card as it is then, below why it could not be done."""
        problem = ""
        try:
            try:
                act(self._desk.article(article_id))
            except AnnotationUnusable as error:
                problem = problem_html(told(error))
            versions = self._desk.versions(article_id)
            return problem + self._card(versions[-1], versions)
        except DatelineError as error:
            return problem_html(told(error))

    def put_away(self) -> Updates:
        return "", gr.Column(visible=False), "", gr.skip(), gr.skip()


def details(given: Any, article: Article) -> Mapping[str, Any]:
    """What was typed into the fields of an article, each as an Article has it. Raises AnnotationUnusable."""
    if not isinstance(given, dict):
        raise AnnotationUnusable(tr("That cannot be kept."))
    line = {name: " ".join(str(given.get(name, ""))[:_LONGEST_DETAIL].split()) for name in ("title", "outlet", "url")}
    if line["url"] and not is_web_address(line["url"]):
        raise AnnotationUnusable(tr("“{address}” is not a web address.", address=line["url"][:200]))
    day = str(given.get("published_at", "")).strip()
    try:
        return line | {"published_at": dated(day, article.published_at)}
    except LimitUnusable:
        raise AnnotationUnusable(tr("“{day}” is not a day such as 2022-07-03.", day=day[:40])) from None


def _unopened(error: DatelineError) -> Updates:
    return "", gr.Column(visible=True), problem_html(told(error)), *[gr.Button(visible=False)] * 2


def _version(versions: Sequence[Article], number: Any) -> Article:
    found = [each for each in versions if each.version == number]
    if not found:
        raise ArticleNotFound(tr_later("That version is not in the library."))
    return found[0]
