"""Serving the page."""

from __future__ import annotations

import socket
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Thread
from time import sleep
from typing import Any, cast

import gradio as gr
import uvicorn
from fastapi import FastAPI
from gradio.routes import App
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Mount, Route

from assistant.ui.access import Access
from assistant.ui.bounds import Bounds
from assistant.ui.connections import Connection
from assistant.ui.dressed import Dressed
from assistant.ui.files import Files
from assistant.ui.page import Page
from assistant.ui.page_policy import PagePolicy
from assistant.ui.routes import OpenRoutes
from assistant.ui.sessions import Sessions
from assistant.ui.theme import theme
from vectorstore.errors import SettingsError
from vectorstore.private import make_folder

_NAMES = ("first", "page", "story", "talks", "settings", "library", "reader")
STYLES = [Path(__file__).parent / f"{name}.css" for name in _NAMES]
READERS_AT_ONCE = 8
_EVENTS_AT_ONCE = 64
_SENT_AS_IT_IS = (*DEFAULT_EXCLUDED_CONTENT_TYPES, "application/vnd.sqlite3")
"""Of a backup the browser is told how long it is."""
_CLOSING = 5
"""Seconds that open connections are given when the server closes."""


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
) -> Server:
    """Start serving the page at host and port, and the routes beside it, in a thread of its own. Prints nothing.

    It answers to that host, to the address that a connection comes in on, to localhost and to its public name, if it
    has one. Pages of `allowed_origins` may use what assistant.ui.access.EMBEDDABLE names. Who sends more slowly than
    `patience` allows, in seconds, is cut off.

    SettingsError when the port is taken or the host is not this machine's.
    """
    _check_free(host, port)
    with suppress(OSError):  # where it cannot be made, an upload says so
        make_folder(Path(page.GRADIO_CACHE))
    files = Files()
    beside = [*routes, *files.routes, Route("/robots.txt", _robots)]
    inner = _mounted(page, files, beside, max_upload_mb)
    inner.add_middleware(Bounds, max_upload_mb=max_upload_mb, patience=patience)
    # Always, for Gradio's own, which lets in everybody, is then not added.
    inner.add_middleware(
        CORSMiddleware, allow_origins=allowed_origins, allow_methods=["GET", "POST"], allow_headers=["*"]
    )
    app = Access(inner, OpenRoutes(beside, page.GRADIO_CACHE), host, public_name, allowed_origins)
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
    page.max_threads = _EVENTS_AT_ONCE  # threads for events of their own: what else is asked for has the usual forty
    page.queue(default_concurrency_limit=READERS_AT_ONCE, max_size=_EVENTS_AT_ONCE)
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
                Middleware(Dressed, files, page.welcome),
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
