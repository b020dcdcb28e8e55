"""`dateline serve` and `dateline mcp`."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.commands import Opened
from assistant.commands.questions import ModelOption
from assistant.ui.desk import Desk
from vectorstore.console.commands import JsonOption, LibraryOption, tell
from vectorstore.errors import DatelineError, SettingsError
from vectorstore.observing.work import watched

if TYPE_CHECKING:
    from assistant.api.service import AddsArticle
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
    from assistant.ui.accounts.gate import guarded
    from assistant.ui.articles_api import article_routes
    from assistant.ui.library_tab import library_routes
    from assistant.ui.monitoring import CONTENT_TYPE, Metrics, Watching, watch_routes
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


def require_administrator(people: People, public_name: str, reached_by_others: bool, roles: Mapping[str, str]) -> None:
    """Somebody who can let others in, by an account here or by the organisation's `roles`. Raises SettingsError."""
    if people.administered() or "administrator" in roles:
        return
    why = f"Others can reach {public_name}" if reached_by_others else "DATELINE_ACCOUNTS wants people to sign in"
    raise SettingsError(
        f"{why}, and nobody has an account yet. Make an administrator with `dateline users add NAME --admin` and "
        "start again; or let everybody read and change the library with --open."
    )


def provider_of(
    issuer: str, client_id: str, client_secret: str, roles: Mapping[str, str], collections: Sequence[str] = ()
) -> Provider | None:
    """Where people sign in by their organisation, if that is set. Raises SettingsError for half of one."""
    given = (issuer, client_id, client_secret)
    if any(given) and not all(given):
        raise SettingsError(
            "DATELINE_OIDC_ISSUER, DATELINE_OIDC_CLIENT_ID and DATELINE_OIDC_CLIENT_SECRET go together."
        )
    if not all(given):
        return None
    try:
        from assistant.ui.accounts.openid import Provider
    except ImportError as error:
        raise SettingsError("DATELINE_OIDC_ISSUER needs the package authlib: pip install 'dateline[oidc]'.") from error

    return Provider(*given, roles, tuple(collections))


class McpCommand:
    """Over the library for reading only, since it stays open as long as the program that started it. What adds an
    article has the library for as long as that takes."""

    def __init__(
        self,
        looking: Callable[[Path | None, str | None], AbstractContextManager[Opened]],
        adding: Callable[[Path | None], AddsArticle],
    ) -> None:
        self._looking, self._adding = looking, adding

    def add_to(self, cli: typer.Typer) -> None:
        cli.command()(self.mcp)

    def mcp(
        self,
        library: LibraryOption = None,
        model: ModelOption = None,
        write: Annotated[bool, typer.Option("--write", help="Let the program add articles, too.")] = False,
    ) -> None:
        """Give the library to a program that speaks MCP, on standard input and output; such programs start this."""
        try:
            from assistant.api.mcp_server import serve_tools
        except ImportError as error:
            raise DatelineError("This needs the package mcp: pip install 'dateline[mcp]'.") from error
        from assistant.api.service import Intake, Wire
        from assistant.ui.desk import ReadingDesk

        # The protocol's reader waits for input in a thread that hears of no Ctrl-C; what only reads can just end.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        with self._looking(library, model) as opened:
            desk = ReadingDesk(opened.library, opened.assistant)
            serve_tools(Wire(desk), Intake(self._adding(library)) if write else None)
