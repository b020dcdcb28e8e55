"""The reader's language and time zone, from the request to whatever is drawn for it.

A request's own is set by `Reading`, an event's by assistant.ui.page. What Gradio draws by itself from the page's
configuration, which is made once and in English, is translated here on its way to the browser.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import gradio as gr
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.text.texts import ENGLISH, LANGUAGES, language, reading_at, reading_in, tr, wanted, zone_of

_TEXTS = ("label", "placeholder", "submit_btn", "stop_btn")
_BUTTONS = ("button", "uploadbutton")


class Reading:
    """An ASGI middleware: what a request is answered with is in its reader's language."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        headers = Headers(scope=scope)
        with reading_in(wanted(headers)), reading_at(zone_of(headers)):
            await self._app(scope, receive, send)


def drawn(draw: Callable[[], str], **given: Any) -> gr.HTML:
    """HTML that no event changes; it is drawn anew for each language."""
    component = gr.HTML(draw(), apply_default_css=False, **{"js_on_load": None, **given})
    component.draw = draw  # type: ignore[attr-defined]
    return component


def configuration(script: str, components: Mapping[int, Any]) -> str:
    """`window.gradio_config = {...};` in the reader's language; `components` are those of the page, by their ids."""
    if language() == ENGLISH:
        return script
    begins = script.index("{")
    config, end = json.JSONDecoder().raw_decode(script, begins)
    for each in config["components"]:
        _translate(each, getattr(components.get(each["id"]), "draw", None))
    return f"{script[:begins]}{json.dumps(config)}{script[end:]}"


def _translate(component: dict[str, Any], draw: Callable[[], str] | None) -> None:
    props = component["props"]
    names = (*_TEXTS, "value") if component["type"] in _BUTTONS else _TEXTS
    for name in names:
        if isinstance(props.get(name), str):
            props[name] = tr(props[name])
    if "rtl" in props:
        props["rtl"] = LANGUAGES[language()].rtl
    if draw:
        props["value"] = draw()
