"""The page's server."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Thread
from time import sleep
from types import SimpleNamespace
from typing import Any, cast

import gradio as gr
import uvicorn
from fastapi import FastAPI
from gradio.blocks import Block
from gradio.routes import App
from gradio.state_holder import SessionState, StateHolder
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Mount, Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from assistant.ui.accounts import Accounts
from assistant.ui.accounts.roles import of_events
from assistant.ui.assets import Dressed, Files
from assistant.ui.bounds import Bounds
from assistant.ui.installing import installing_routes
from assistant.ui.language import Reading
from assistant.ui.observing import ID, Observed
from assistant.ui.page import Page
from assistant.ui.security import Access, OpenRoutes, PagePolicy
from vectorstore.errors import SettingsError
from vectorstore.storage.private import make_folder

# Faces that come with the system: nothing is loaded.
TEXT = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif")
MONO = ("ui-monospace", "Menlo", "Consolas", "monospace")

COLOURS = {
    "body_background_fill": "var(--paper)",
    "body_text_color": "var(--ink)",
    "body_text_color_subdued": "var(--faint)",
    "background_fill_primary": "var(--paper)",
    "background_fill_secondary": "var(--leaf)",
    "block_background_fill": "transparent",
    "block_border_color": "var(--rule)",
    "block_label_background_fill": "transparent",
    "block_label_text_color": "var(--faint)",
    "block_title_text_color": "var(--faint)",
    "border_color_primary": "var(--rule)",
    "border_color_accent": "var(--accent)",
    "color_accent_soft": "var(--tint)",
    "input_background_fill": "var(--leaf)",
    "input_border_color": "var(--rule-strong)",
    "input_border_color_focus": "var(--accent)",
    "input_placeholder_color": "var(--faint)",
    "link_text_color": "var(--accent)",
    "link_text_color_hover": "var(--accent)",
    "button_primary_background_fill": "var(--accent)",
    "button_primary_background_fill_hover": "var(--accent-deep)",
    "button_primary_border_color": "var(--accent)",
    "button_primary_text_color": "var(--on-accent)",
    "button_secondary_background_fill": "transparent",
    "button_secondary_background_fill_hover": "var(--tint)",
    "button_secondary_border_color": "var(--rule-strong)",
    "button_secondary_text_color": "var(--ink)",
    "button_cancel_background_fill": "var(--alarm)",
    "button_cancel_background_fill_hover": "var(--alarm)",
    "button_cancel_border_color": "var(--alarm)",
    "button_cancel_text_color": "var(--on-accent)",
}


# In rem, not in Gradio's pixels: a reader can set the size of text.
SIZES = gr.themes.Size(
    name="text_rem",
    xxs="0.5625rem",
    xs="0.625rem",
    sm="0.75rem",
    md="0.875rem",
    lg="1rem",
    xl="1.375rem",
    xxl="1.625rem",
)
MOST_SESSIONS = 1000
"""Of 20 KB each; the one that was used the longest ago is forgotten first."""
MOST_CONNECTIONS = 512
"""Of the 1,024 files that a process may usually open, the library needs some too."""

_TOO_SLOW = (
    b"HTTP/1.1 408 Request Timeout\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n"
    b"The request was sent too slowly.\n"
)
_NAMES = ("first", "page", "story", "talks", "settings", "feeds", "library", "reader")
STYLES = [Path(__file__).parent / f"{name}.css" for name in _NAMES]
_SENT_AS_IT_IS = (*DEFAULT_EXCLUDED_CONTENT_TYPES, "application/vnd.sqlite3")
"""Of a backup the browser is told how long it is."""
_CLOSING = 5
"""Seconds that open connections are given when the server closes."""


def theme() -> gr.themes.Base:
    dark = {f"{name}_dark": colour for name, colour in COLOURS.items()}
    plain = gr.themes.Base(text_size=SIZES, font=TEXT, font_mono=MONO, radius_size=gr.themes.sizes.radius_sm)
    flat = {"block_shadow": "none", "block_border_width": "0px", "input_border_width": "1px"}
    return plain.set(**COLOURS, **dark, **flat, color_accent="var(--accent)")


class Sessions(StateHolder):
    """Gradio's, without what it needs for deep links, which are closed here: the configuration of every component, for
    each session. That took 11 ms of the event loop and 300 KB for every call: a thousand searches stopped the server
    for ten seconds, and left it 200 MB larger."""

    def __init__(self, page: gr.Blocks) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        page.state_session_capacity = MOST_SESSIONS
        self.set_blocks(page)

    def __getitem__(self, session_id: str) -> SessionState:
        if session_id not in self.session_data:
            self.session_data[session_id] = _Session(self.blocks)
        return super().__getitem__(session_id)


class _Session(SessionState):
    def __init__(self, page: gr.Blocks) -> None:
        without_components: Any = SimpleNamespace(default_config=page.default_config, blocks={})
        super().__init__(cast(gr.Blocks, without_components))

    def __setitem__(self, key: int, value: Any) -> None:
        """Gradio puts a component that is updated in the place of the one before with an id of its own, under which it
        is kept once more when its value comes back: 5 KB for each question that is asked on a page."""
        if isinstance(value, Block):
            value._id = key
        super().__setitem__(key, value)


class Connection(H11Protocol):
    """uvicorn's, which waits for a request forever, and for any number of them. Here its headers have `patience`
    seconds to arrive in. h11 keeps them under 64 KB."""

    def __init__(self, *args: Any, patience: float, **given: Any) -> None:
        super().__init__(*args, **given)
        self._patience = patience
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait()
        if len(self.connections) > MOST_CONNECTIONS:  # this one is among those that wait
            own = (each for each in self.connections if isinstance(each, Connection))
            waiting = {each._deadline.when(): each for each in own if each._deadline}
            waiting[min(waiting)].transport.abort()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._wait_no_more()
        elif self._deadline is None:  # the first bytes of one more request
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait_no_more()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._deadline = self.loop.call_later(self._patience, self._give_up)

    def _wait_no_more(self) -> None:
        if self._deadline:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        if not self.transport.is_closing():
            self.transport.write(_TOO_SLOW)
            self.transport.close()


@dataclass(frozen=True, slots=True)
class Server:
    """A page that is being served, until it is closed or the process ends."""

    url: str
    _server: uvicorn.Server
    _thread: Thread

    def close(self) -> None:
        self._server.should_exit = True
        self._thread.join(_CLOSING)


def serve(
    page: Page,
    host: str,
    port: int,
    max_upload_mb: int,
    routes: Sequence[BaseRoute] = (),
    public_name: str = "",
    allowed_origins: Collection[str] = (),
    patience: float = 30.0,
    accounts: Accounts | None = None,
) -> Server:
    """Start serving the page at host and port, and the routes beside it, in a thread of its own. Prints nothing.

    It answers to that host, to the address that a connection comes in on, to localhost and to its public name, if it
    has one. Pages of `allowed_origins` may use what assistant.ui.security.EMBEDDABLE names. Who sends more slowly than
    `patience` allows, in seconds, is cut off. With `accounts` nothing is done for whoever has not signed in.

    SettingsError when the port is taken or the host is not this machine's.
    """
    _check_free(host, port)
    with suppress(OSError):  # where it cannot be made, an upload says so
        make_folder(Path(page.GRADIO_CACHE))
    files = Files()
    beside = [*routes, *page.routes, *installing_routes(), *files.routes, Route("/robots.txt", _robots)]
    if accounts:
        beside += accounts.routes
        page.needed, page.owners = of_events(page), accounts.owners
    inner = _mounted(page, files, beside, max_upload_mb)
    if accounts:
        accounts.guard(inner, allowed_origins)
    inner.add_middleware(Reading)
    inner.add_middleware(Bounds, max_upload_mb=max_upload_mb, patience=patience)
    # Always, for Gradio's own, which lets in everybody, is then not added.
    inner.add_middleware(
        CORSMiddleware,
        allow_origins=allowed_origins,
        allow_methods=["GET", "POST"],
        allow_headers=["*"],
        expose_headers=[ID, "Retry-After"],
    )
    routes_held = OpenRoutes(beside, page.GRADIO_CACHE)
    app = Observed(Access(inner, routes_held, host, public_name, allowed_origins), routes_held.template)
    connection: Any = partial(Connection, patience=patience)
    server = _PageServer(page, uvicorn.Config(app, host, port, http=connection, log_config=None, access_log=False))
    thread = Thread(target=server.run, name="serving", daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise SettingsError(f"Cannot serve on {host}:{port}. Choose another host or port.")
        sleep(0.001)
    return Server(_url(host, port), server, thread)


def _mounted(page: Page, files: Files, beside: Sequence[BaseRoute], max_upload_mb: int) -> FastAPI:
    inner: FastAPI = gr.mount_gradio_app(
        FastAPI(openapi_url=None),
        page,
        "/",
        max_file_size=f"{max_upload_mb}mb",
        show_error=False,
        enable_monitoring=False,
        run_history=False,
        ssr_mode=False,
        footer_links=["api"],
        theme=theme(),
        css_paths=STYLES,
        app_kwargs={
            "middleware": [
                Middleware(GZipMiddleware, compresslevel=5, exclude_content_types=_SENT_AS_IT_IS),
                Middleware(PagePolicy),
                Middleware(Dressed, files, page.welcome, page.blocks),
            ],
            "routes": list(beside),
            "openapi_url": None,
        },
    )
    [gradio] = [cast(App, route.app) for route in inner.routes if isinstance(route, Mount)]
    page.app = gradio  # whose streams it ends on closing
    gradio.state_holder = Sessions(page)
    return inner


class _PageServer(uvicorn.Server):
    """Ends the page's streams before it waits for the connections to close."""

    def __init__(self, page: gr.Blocks, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._page = page

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._page.close(verbose=False)
        await super().shutdown(sockets)


async def _robots(request: Request) -> PlainTextResponse:
    return PlainTextResponse("User-agent: *\nDisallow: /\n")


def _url(host: str, port: int) -> str:
    name = "localhost" if host in ("0.0.0.0", "::") else host
    return f"http://[{name}]:{port}/" if ":" in name else f"http://{name}:{port}/"


def _check_free(host: str, port: int) -> None:
    # uvicorn would end the thread with a line of its own.
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        raise SettingsError(
            f"Cannot serve on {host}:{port} ({error.strerror or error}). Choose another host or port."
        ) from error
