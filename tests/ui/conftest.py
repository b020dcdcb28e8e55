"""The scripted desk on a real server, and a real browser that may reach nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright
from ui_desk import ScriptedDesk, chromium
from ui_shared import Contexts, SharedServer

from assistant.text.texts import reading_in, tr

# The last three: the page that goes opens its stream once more, of which the server has just let go.
_CUT_OFF = (
    "AbortError: signal is aborted",
    "Connection errored out",
    "Unexpected error 404: Not Found",
    "net::ERR_INCOMPLETE_CHUNKED_ENCODING",
    "network error",
)
# Gradio's page for programs asks whether there is more than there is.
_NOT_THERE = ("/monitoring/summary", "/gradio_api/mcp/schema")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ScriptedDesk]:
    desk = ScriptedDesk(folder=tmp_path)
    yield desk
    desk.put_away()


@pytest.fixture(scope="session")
def shared() -> Iterator[SharedServer]:
    server = SharedServer()
    yield server
    server.close()


@pytest.fixture
def address(desk: ScriptedDesk, shared: SharedServer) -> Iterator[str]:
    """The desk, served."""
    shared.takes(desk)
    yield shared.url
    desk.closed.set()
    shared.falls_quiet()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not chromium():
        pytest.skip("chromium is not installed")
    expect.set_options(timeout=20_000)  # a busy machine takes its time; what is there is seen at once all the same
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(
            executable_path=chromium(),
            args=[
                "--no-sandbox",
                "--disable-background-networking",
                "--disable-component-update",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
            ],
        )


@pytest.fixture(scope="session")
def contexts(browser: Browser) -> Contexts:
    return Contexts(browser)


@pytest.fixture
def open_page(contexts: Contexts, address: str) -> Iterator[Callable[..., Page]]:
    """Opens the page. Fails the test when the page asked for anything elsewhere, complained or opened a dialog."""
    complaints: list[str] = []
    used: list[BrowserContext] = []

    def only_here(request: Request) -> None:
        if not request.url.startswith((address, "data:", "blob:")):
            complaints.append(f"a request for {request.url}")

    def opened(
        width: int = 1440,
        height: int = 900,
        colours: str = "light",
        at: str = "",
        locale: str = "en-US",
        touch: bool = False,
    ) -> Page:
        scheme = "dark" if colours == "dark" else "light"
        context = contexts.take(color_scheme=scheme, locale=locale, has_touch=touch)
        context.on("request", only_here)
        used.append(context)
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.on("console", lambda message: complaints.append(message.text) if _is_complaint(message) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(f"a dialog: {dialog.message}"))
        page.goto(f"{address}{at}")
        expect(page.locator("#shell")).to_have_count(0, timeout=30_000)
        with reading_in(locale.partition("-")[0]):
            box = page.get_by_role("textbox", name=tr("Your question"), include_hidden=True)
        box.first.wait_for(state="attached")  # not to be seen where the address is that of another tab
        _forgive_leaving(page, complaints)
        return page

    yield opened
    for context in used:
        context.remove_listener("request", only_here)
    contexts.give_back(address)
    assert complaints == []


def _is_complaint(message: ConsoleMessage) -> bool:
    return message.type == "error" and not message.location["url"].endswith(_NOT_THERE)


def _forgive_leaving(page: Page, complaints: list[str]) -> None:
    """A reload, or going elsewhere, cuts off what Gradio was still sending or reading, which it calls an error."""
    reload, go = page.reload, page.goto

    def forgiven(act: Callable[[], object] = reload) -> None:
        """Also of what makes the page load itself again; `act` waits until it is there."""
        before = len(complaints)
        act()
        complaints[before:] = [each for each in complaints[before:] if not any(cut in each for cut in _CUT_OFF)]

    page.reload = forgiven  # type: ignore[method-assign, assignment]
    page.goto = lambda link: forgiven(lambda: go(link))  # type: ignore[method-assign, assignment, return-value]
