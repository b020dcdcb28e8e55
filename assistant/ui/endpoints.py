"""The page's named endpoints, for programs: Gradio serves and documents them, gradio_client calls them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from functools import wraps
from inspect import signature
from typing import Any, ParamSpec, TypeVar

import gradio as gr
from gradio.events import api
from pydantic import ValidationError, validate_call

from assistant.api.service import Wire
from assistant.conversations.messages import turns_of
from assistant.ui.answer_run import snapshots
from assistant.ui.conversation import told
from assistant.ui.conversation_markdown import plain
from assistant.ui.desk import Desk
from assistant.ui.places import Places

P = ParamSpec("P")
R = TypeVar("R")

# A search is all processor time.
_SEARCHES = {"at_once": 2, "waiting": 16}


def offer(desk: Desk) -> None:
    """Within the page's Blocks: what the wire offers, and the answer as running text while it is written.

    Gradio starts each call at once, and here a search takes a place of its kind and a question one in the desk's line:
    in Gradio's own queue, many of one kind would keep out all others.
    """
    searches = Places("searches", **_SEARCHES)

    def in_line() -> AbstractContextManager[None]:
        return desk.line.taken()

    def chat(message: str, history: list[dict[str, Any]] | None = None) -> Iterator[str]:
        """Answer a question about the articles of the library, with the sources as footnotes.

        `history` holds the earlier messages as {"role": "user" or "assistant", "content": text}.
        The answer is yielded whole each time it has grown.
        """
        try:
            with in_line(), closing(snapshots(desk, message, turns_of(history or []))) as growing:
                yield from map(plain, growing)
        except Exception as error:
            raise _as_line(error) from error

    wire = Wire(desk)
    api(chat, api_name="chat", concurrency_limit=None)
    api(_telling(wire.search, searches.taken), api_name="search", concurrency_limit=None)
    api(_telling(wire.ask, in_line), api_name="ask", concurrency_limit=None)
    api(_telling(wire.article, searches.taken), api_name="article", concurrency_limit=None)


def _telling(asked: Callable[P, R], taken: Callable[[], AbstractContextManager[None]]) -> Callable[P, R]:
    """Gradio describes the types of the parameters and does not look whether they were kept to."""
    checked, parameters = validate_call(asked), signature(asked)

    @wraps(asked)
    def asking(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            # By name, since an error names what it is about as it was given.
            with taken():
                return checked(**parameters.bind(*args, **kwargs).arguments)  # type: ignore[call-arg]
        except ValidationError as error:
            first = error.errors()[0]
            raise gr.Error(f"{first['loc'][0]}: {first['msg']}", print_exception=False) from error
        except Exception as error:
            raise _as_line(error) from error

    return asking


def _as_line(error: Exception) -> gr.Error:
    return gr.Error(told(error), print_exception=False)
