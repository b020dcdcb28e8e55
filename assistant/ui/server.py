"""Serving the page."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import gradio as gr
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute

from assistant.ui.doorman import Doorman
from assistant.ui.dressed import Dressed
from assistant.ui.files import Files
from assistant.ui.page import Page
from assistant.ui.theme import theme
from vectorstore.errors import SettingsError

_NAMES = ("first", "page", "story", "talks", "settings", "library", "reader")
STYLES = [Path(__file__).parent / f"{name}.css" for name in _NAMES]
READERS_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Server:
    """A page that is being served, until it is closed or the process ends."""

    url: str
    _page: gr.Blocks

    def close(self) -> None:
        try:
            self._page.close(verbose=False)
        except RuntimeError:  # Gradio wakes its heartbeats from this thread, to which its loop may just add one
            self._page.is_running = True  # else it would take itself for closed, and go on
            self._page.close(verbose=False)


def serve(
    page: Page,
    host: str,
    port: int,
    max_upload_mb: int,
    routes: Sequence[BaseRoute] = (),
    public_name: str = "",
) -> Server:
    """Start serving the page at host and port, and the routes beside it, in threads of its own. Prints nothing.

    It answers to that host, to addresses, to localhost and to its public name, if it has one.

    SettingsError when the port is taken or the host is not this machine's.
    """
    _check_free(host, port)
    files = Files()
    page.queue(default_concurrency_limit=READERS_AT_ONCE, max_size=64)
    _, url, _ = page.launch(
        server_name=host,
        server_port=port,
        quiet=True,
        prevent_thread_lock=True,
        share=False,
        max_file_size=f"{max_upload_mb}mb",
        enable_monitoring=False,
        run_history=False,
        ssr_mode=False,
        footer_links=["api"],
        theme=theme(),
        css_paths=STYLES,
        app_kwargs={
            "middleware": [
                Middleware(GZipMiddleware, compresslevel=5),
                Middleware(Doorman, host, public_name),
                Middleware(Dressed, files, page.welcome),
            ],
            "routes": [*routes, *files.routes],
        },
    )
    return Server(str(url), page)


def _check_free(host: str, port: int) -> None:
    # Gradio's own message names its arguments and environment variables, which nobody here has set.
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        raise SettingsError(
            f"Cannot serve on {host}:{port} ({error.strerror or error}). Choose another host or port."
        ) from error
