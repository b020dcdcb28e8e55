"""The reader beside the chat: the whole article behind a citation. How it looks is decided in render_reader."""

from __future__ import annotations

from pathlib import Path

import gradio as gr
from pydantic import BaseModel, Field, ValidationError

from assistant.ui.conversation import told
from assistant.ui.desk import Desk
from assistant.ui.render import legible
from assistant.ui.render_keys import keys_html
from assistant.ui.render_reader import GONE, frame_html, leaf_html
from assistant.ui.render_sources import joined
from assistant.ui.render_work import problem_html
from vectorstore.errors import ArticleNotFound, DatelineError

_SCRIPT, _KEYS = ((Path(__file__).parent / name).read_text(encoding="utf-8") for name in ("reader.js", "chat_keys.js"))


# What `legible` may have left out of the words, and a browser of the spaces between them.
_UNSEEN = 200


class Wanted(BaseModel):
    """What a browser asks for: a version of an article, where its cited words stand, and one stretch of them with its
    words, by which another article under the same id is told apart."""

    article: str
    version: int
    cited: list[tuple[int, int]] = Field(max_length=200)
    at: int = 0
    words: str = ""


class Reader:
    """Its frame calls `read` when an article is to be opened in the library. The list of keys stands beside it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

        def article(asked: object) -> str:
            return self.leaf(asked)

        # A function of the page's, not an event: it waits for no answer that is being written, and the page's script
        # can leave what comes too late.
        self.frame = gr.HTML(
            frame_html(),
            elem_id="reader",
            js_on_load=_SCRIPT,
            apply_default_css=False,
            server_functions=[article],
        )
        gr.HTML(keys_html(), elem_id="keys", js_on_load=_KEYS, apply_default_css=False)

    def leaf(self, asked: object) -> str:
        """The whole article, or a notice alone where what was cited is not there any more."""
        try:
            wanted = Wanted.model_validate(asked)
            versions = self._desk.versions(wanted.article)
        except ValidationError:
            return problem_html("That article cannot be shown.")
        except ArticleNotFound:
            return GONE
        except DatelineError as error:
            return problem_html(told(error))
        article = next((each for each in versions if each.version == wanted.version), None)
        if article is None or not _says(article.text, wanted):
            return GONE
        inside = [(start, end) for start, end in wanted.cited if 0 <= start < end <= len(article.text)]
        return leaf_html(article, versions, joined(inside))


def _says(text: str, wanted: Wanted) -> bool:
    there = legible(text[max(0, wanted.at) :][: len(wanted.words) + _UNSEEN])
    return " ".join(there.split()).startswith(" ".join(wanted.words.split()))
