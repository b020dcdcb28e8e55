"""`dateline serve`."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.commands.questions import ModelOption
from assistant.ui.desk import Desk
from vectorstore.console.commands import JsonOption, LibraryOption, tell
from vectorstore.errors import DatelineError
from vectorstore.observing.work import watched

if TYPE_CHECKING:
    from assistant.ui.accounts.openid import Provider
    from vectorstore.storage.people import People

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Watched:
    """Who may see the figures, programs that bring the `token` or, if `local`, those on this machine too, and how many
    passages an index may lack of a server that is ready."""

    token: str = ""
    local: bool = False
    most_behind: int = 50_000


@dataclass(frozen=True, slots=True)
class Site:
    """What is served and where; `public_name` is what readers call it where that is not the host, and pages of
    `allowed_origins` may use its API. Programs that bring the `token` may send articles. Once the page is there,
    `start` is called, and `warm` in a thread of its own. With `people`, they alone may use it, and may
    sign in by their `provider`."""

    desk: Desk
    host: str
    port: int
    public_name: str
    allowed_origins: tuple[str, ...]
    token: str
    start: Callable[[], None]
    warm: Callable[[], None]
    watched: Watched = Watched()
    people: People | None = None
    provider: Provider | None = None


class ServeCommand:
    """Over what opens the site with the settings that are named; one that is None is as the environment has it."""

    def __init__(self, open_site: Callable[..., AbstractContextManager[Site]]) -> None:
        self._open_site = open_site

    def add_to(self, cli: typer.Typer) -> None:
        cli.command()(self.serve)

    def serve(
        self,
        library: LibraryOption = None,
        host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
        port: Annotated[int | None, typer.Option(help="Port to listen on.", min=1, max=65535)] = None,
        model: ModelOption = None,
        samples: Annotated[bool, typer.Option("--samples", help="Put sample articles into an empty library.")] = False,
        refresh_every: Annotated[str | None, typer.Option(help="Read the feeds so often: 30m, 2h or 1d.")] = None,
        to_all: Annotated[
            bool, typer.Option("--open", help="Without accounts: whoever reaches it can read and change the library.")
        ] = False,
        as_json: JsonOption = False,
    ) -> None:
        """Serve the chat page until Ctrl-C."""
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # stopped by the system as cleanly as by Ctrl-C
        given = {"library": library, "host": host, "port": port, "model": model, "refresh_every": refresh_every}
        given["accounts"] = False if to_all else None
        with self._open_site(samples=samples, **given) as site:
            _serve_until_stopped(site, as_json)


def _serve_until_stopped(site: Site, as_json: bool) -> None:
    from assistant.ui.accounts import Accounts
    from assistant.ui.accounts.guarded import guarded
    from assistant.ui.articles_api import article_routes
    from assistant.ui.health import Watching, watch_routes
    from assistant.ui.library_tab import library_routes
    from assistant.ui.metrics import CONTENT_TYPE, Metrics
    from assistant.ui.openai_api import routes
    from assistant.ui.page import build_page
    from assistant.ui.sent_pages import sent_page_routes
    from assistant.ui.server import serve

    logging.captureWarnings(True)  # what Gradio warns of goes into the log, and is written as all of it is
    desk = guarded(site.desk, site.people) if site.people else site.desk
    metrics, seen = Metrics(desk.condition, desk.line), site.watched
    watching = Watching(desk.condition, metrics.written, CONTENT_TYPE, seen.token, seen.local, seen.most_behind)
    beside = [
        *article_routes(desk, site.token),
        *sent_page_routes(desk),
        *routes(desk),
        *library_routes(desk),
        *watch_routes(watching),
    ]
    at = (site.host, site.port)
    page, named = build_page(desk, site.people), (site.public_name, site.allowed_origins)
    accounts = Accounts(site.people, site.token, site.provider, site.public_name) if site.people else None
    server = serve(page, *at, desk.max_upload_mb, beside, *named, accounts=accounts)
    tell({"url": server.url}, f"Dateline is at {server.url} (Ctrl-C stops it)", as_json)
    sys.stdout.flush()
    # Only now: its imports would keep the page waiting.
    threading.Thread(target=_quietly, args=(site.warm,), daemon=True).start()
    site.start()
    with watched(metrics), suppress(KeyboardInterrupt):
        threading.Event().wait()
    server.close()


def _quietly(warm: Callable[[], None]) -> None:
    try:
        warm()
    except DatelineError as error:
        logger.warning("%s", error)
