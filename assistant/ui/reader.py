"""Where an article is read: beside an answer, and in the library."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr
from pydantic import BaseModel, Field, ValidationError

from assistant.presentation.changes import changes
from assistant.text.texts import language, tr, tr_later
from assistant.ui.answer_view import keys_html
from assistant.ui.conversation import told
from assistant.ui.desk import Desk
from assistant.ui.language import drawn
from assistant.ui.places import Places
from assistant.ui.reader_view import article_html, changes_html, frame_html, gone_html, leaf_html, translation_html
from assistant.ui.render import is_web_address, legible, shown
from assistant.ui.render_sources import Span, joined
from assistant.ui.render_work import problem_html
from assistant.ui.work import QUIET
from vectorstore.errors import ArticleNotFound, DatelineError
from vectorstore.models import Article

_SCRIPT, _KEYS = ((Path(__file__).parent / name).read_text(encoding="utf-8") for name in ("reader.js", "chat_keys.js"))


# What `legible` may have left out of the words, and a browser of the spaces between them.
_UNSEEN = 200
_MOST_TRANSLATED = 1000
SCRIPT = (Path(__file__).parent / "article.js").read_text(encoding="utf-8")

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


class Reader:
    """Its frame calls `read` when an article is to be opened in the library. The list of keys stands beside it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._places = Places("translations", at_once=1, waiting=4)

        def article(asked: object) -> str:
            return self.leaf(asked)

        def translation(asked: object) -> str:
            return self.translation(asked)

        # Functions of the page's, not events: they wait for no answer that is being written, and the page's script can
        # leave what comes too late.
        served = [article, translation]
        self.frame = drawn(frame_html, elem_id="reader", js_on_load=_SCRIPT, server_functions=served)
        drawn(keys_html, elem_id="keys", js_on_load=_KEYS)

    def leaf(self, asked: object) -> str:
        """The whole article, or a notice alone where what was cited is not there any more."""
        try:
            wanted = Wanted.model_validate(asked)
            versions = self._desk.versions(wanted.article)
        except ValidationError:
            return problem_html(tr("That article cannot be shown."))
        except ArticleNotFound:
            return gone_html()
        except DatelineError as error:
            return problem_html(told(error))
        article = next((each for each in versions if each.version == wanted.version), None)
        if article is None or not _says(article.text, wanted):
            return gone_html()
        inside = [(start, end) for start, end in wanted.cited if 0 <= start < end <= len(article.text)]
        return leaf_html(article, versions, joined(inside))

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


def _says(text: str, wanted: Wanted) -> bool:
    there = legible(text[max(0, wanted.at) :][: len(wanted.words) + _UNSEEN])
    return " ".join(there.split()).startswith(" ".join(wanted.words.split()))


class ArticleCard:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.chosen = gr.State("")
        with gr.Column(visible=False, elem_id="chosen") as self.details:
            self.article = gr.HTML(js_on_load=SCRIPT, apply_default_css=False)
            with gr.Row():
                self.again = gr.Button(tr_later("Read again"), size="sm", min_width=80)
                self.remove = gr.Button(tr_later("Remove"), size="sm", min_width=80)
                self.close = gr.Button(tr_later("Close"), size="sm", min_width=80)
        self.shown = [self.chosen, self.details, self.article, self.again, self.remove]
        self.close.click(self.put_away, None, self.shown, **QUIET)
        self.article.turn(self.turn_to, self.chosen, self.article, **QUIET)
        self.article.compare(self.compare, self.chosen, self.article, **QUIET)

    def open(self, article_id: str) -> Updates:
        """The article as it stands now."""
        try:
            versions = self._desk.versions(article_id)
        except DatelineError as error:
            return "", gr.Column(visible=True), problem_html(told(error)), *[gr.Button(visible=False)] * 2
        return self._opened(versions[-1], versions)

    def open_at(self, event: gr.EventData) -> Updates:
        """A version of an article with the words marked that a story or an answer cites."""
        try:
            versions = self._desk.versions(str(event.article))
            article = _version(versions, event.version)
        except DatelineError as error:
            return "", gr.Column(visible=True), problem_html(told(error)), *[gr.Button(visible=False)] * 2
        return self._opened(article, versions, [(int(event.start), int(event.end))])

    def _opened(self, article: Article, versions: Sequence[Article], cited: Sequence[Span] = ()) -> Updates:
        card = article_html(article, versions, cited)
        if not versions:
            return "", gr.Column(visible=True), card, *[gr.Button(visible=False)] * 2
        again = gr.Button(visible=is_web_address(article.url))
        return article.id, gr.Column(visible=True), card, again, gr.Button(visible=True)

    def turn_to(self, article_id: str, event: gr.EventData) -> str:
        try:
            versions = self._desk.versions(article_id)
            return article_html(_version(versions, event.version), versions)
        except DatelineError as error:
            return problem_html(told(error))

    def compare(self, article_id: str, event: gr.EventData) -> str:
        try:
            versions = self._desk.versions(article_id)
            earlier, later = (_version(versions, number) for number in (event.before, event.after))
            return changes_html(changes(earlier, later), versions)
        except DatelineError as error:
            return problem_html(told(error))

    def put_away(self) -> Updates:
        return "", gr.Column(visible=False), "", gr.skip(), gr.skip()


def _version(versions: Sequence[Article], number: Any) -> Article:
    found = [each for each in versions if each.version == number]
    if not found:
        raise ArticleNotFound(tr_later("That version is not in the library."))
    return found[0]
