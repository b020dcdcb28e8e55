"""What tests of the page share, since each costs seconds: a server, and the browser's contexts. Between two tests the
server falls quiet and the contexts forget everything but the files that never change under their name."""

from __future__ import annotations

from collections import defaultdict
from threading import enumerate as threads
from typing import Any

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page
from ui_desk import ScriptedDesk, eventually, free_port

from assistant.ui.library_tab import library_routes
from assistant.ui.page import build_page
from assistant.ui.server import serve

_WORKING = ("answering", "adding")
"""What threads are named in which the page's work goes on without a reader."""

_OPEN = "/gradio_api/heartbeat/"


class _CurrentDesk:
    """That of the test which is running."""

    def __init__(self) -> None:
        self.desk = ScriptedDesk()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.desk, name)


class SharedServer:
    """The page of one desk after the other."""

    def __init__(self) -> None:
        self._current: Any = _CurrentDesk()
        self._page = build_page(self._current)
        max_upload_mb = ScriptedDesk.max_upload_mb
        self._server = serve(self._page, "127.0.0.1", free_port(), max_upload_mb, library_routes(self._current))
        self.url = self._server.url

    def takes(self, desk: ScriptedDesk) -> None:
        assert desk.max_upload_mb == ScriptedDesk.max_upload_mb, "it was told when it was started"
        self._current.desk = desk

    def falls_quiet(self) -> None:
        """Nothing that a test began is still at work, or it would go on with the next one's desk."""
        eventually(lambda: not self._busy())

    def _busy(self) -> bool:
        queue = self._page._queue
        working = any(each.name.startswith(_WORKING) for each in threads())
        return bool(working or len(queue) or any(queue.active_jobs) or self._requests())

    def _requests(self) -> int:
        """Those at work: a program holds one open for as long as it runs, which does nothing."""
        state = self._server._server.server_state
        told: list[Any] = [each for each in list(state.connections) if each.cycle and not each.cycle.response_complete]
        return len(state.tasks) - sum(each.scope["path"].startswith(_OPEN) for each in told)

    def close(self) -> None:
        self._server.close()


class Contexts:
    """Of one browser. A new one for each test would fetch and compile all of Gradio's scripts again.

    No two readers of a test have the same, and what is kept of one test is what an address never changes.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[tuple[Any, ...], list[_Kept]] = defaultdict(list)
        self._taken: list[_Kept] = []

    def take(self, **options: Any) -> BrowserContext:
        kind = tuple(sorted(options.items()))
        kept = self._free[kind].pop() if self._free[kind] else self._made(kind)
        self._taken.append(kept)
        return kept.context

    def give_back(self, address: str) -> None:
        """All that were taken, and whatever else is open is closed."""
        ours = [each.context for kept in self._free.values() for each in kept] + [each.context for each in self._taken]
        for context in self._browser.contexts:
            if context not in ours:
                context.close()
        while self._taken:
            kept = self._taken.pop()
            kept.forget(address)
            self._free[kept.kind].append(kept)

    def _made(self, kind: tuple[Any, ...]) -> _Kept:
        options: dict[str, Any] = dict(kind)
        context = self._browser.new_context(permissions=["clipboard-read", "clipboard-write"], **options)
        blank = context.new_page()
        return _Kept(kind, context, blank, context.new_cdp_session(blank))


class _Kept:
    def __init__(self, kind: tuple[Any, ...], context: BrowserContext, blank: Page, session: CDPSession) -> None:
        self.kind, self.context, self._blank, self._session = kind, context, blank, session

    def forget(self, origin: str) -> None:
        for page in self.context.pages:
            if page != self._blank:
                page.close()
        self.context.clear_cookies()
        self._session.send("Storage.clearDataForOrigin", {"origin": origin.rstrip("/"), "storageTypes": "all"})
