"""The page as it is in a newsroom: two servers of `dateline serve` over PostgreSQL and a Chroma server, with two
workers. What is done at one of them is seen at the other."""

from __future__ import annotations

import threading
from http.server import ThreadingHTTPServer

from playwright.sync_api import Browser, Page, expect
from test_several_servers import Press, Several, several  # noqa: F401
from test_ui_forty_turns import GONE

TEXT = (
    "TANGA, 20 November 2026 - The lighthouse of Tanga was repainted violet on Friday by Mirela Okafor, who has kept "
    "it for nine years. The town council paid 4,200 shillings for the paint, and the harbour closed for an hour."
)
HEADLINE = "Lighthouse of Tanga is violet"
SLOW = 60_000


def opened(page: Page, address: str, faults: list[str]) -> Page:
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(address)
    expect(page.locator("#shell")).to_have_count(0, timeout=SLOW)
    return page


def to(page: Page, tab: str) -> None:
    page.get_by_role("tab", name=tab, exact=True).click()


def test_the_page_is_used_at_two_servers(several: Several, browser: Browser) -> None:  # noqa: F811
    press = ThreadingHTTPServer(("127.0.0.1", 0), Press)
    threading.Thread(target=press.serve_forever, daemon=True).start()
    faults: list[str] = []
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    try:
        with several.begin_work():
            one, other = (opened(context.new_page(), each.url, faults) for each in several.servers)

            to(one, "Library")
            one.get_by_role("tab", name="Paste text").click()
            one.get_by_label("Text of the article").fill(TEXT)
            one.get_by_label("Headline (optional)").fill(HEADLINE)
            one.get_by_role("button", name="Add text").click()
            expect(one.locator("#report")).to_contain_text("1 added", timeout=SLOW)

            box = other.get_by_role("textbox", name="Your question")
            box.fill("Who repainted the lighthouse of Tanga?")
            box.press("Enter")
            expect(other.locator("#exchange-1 .answer")).to_contain_text("Mirela Okafor", timeout=SLOW)
            expect(other.locator("#exchange-1 .basis")).to_contain_text("As of")
            other.locator("#exchange-1 .answer .cite").first.click()
            expect(other.locator("#exchange-1 mark").first).to_be_visible()
            other.get_by_role("button", name="Good answer").click()

            to(other, "Library")
            other.get_by_role("button", name=HEADLINE).click()
            expect(other.locator(".reading-card")).to_contain_text("4,200 shillings")
            other.get_by_label("New tag").fill("coast")
            other.get_by_label("New tag").press("Enter")
            expect(other.locator("#article .tags li", has_text="coast")).to_be_visible()

            to(one, "Feeds")
            one.get_by_label("Address of a site or feed").fill(f"http://127.0.0.1:{press.server_port}/feed")
            one.get_by_role("button", name="Follow").click()
            expect(one.locator(".feed")).to_have_count(1, timeout=SLOW)

            one.reload()
            to(one, "Library")
            expect(one.locator("#library tbody")).to_contain_text("#coast", timeout=SLOW)
            one.get_by_role("button", name=HEADLINE).click()
            one.get_by_role("button", name="Remove", exact=True).click()
            expect(one.locator("#undo")).to_contain_text("Removed")
            other.reload()
            to(other, "Library")
            expect(other.locator("#library tbody")).not_to_contain_text(HEADLINE, timeout=SLOW)
            one.locator("#undo").get_by_role("button", name="Undo").click()
            expect(one.locator("#library tbody")).to_contain_text(HEADLINE)

            to(one, "Stories")
            expect(one.locator("#new")).to_contain_text(HEADLINE, timeout=SLOW)
            to(one, "Settings")
            expect(one.get_by_label("Model", exact=True)).to_be_visible()
            to(one, "Chat")
            expect(one.locator("body")).to_contain_text("Who repainted the lighthouse of Tanga?")
        assert [each for each in faults if not any(gone in each for gone in GONE)] == []  # of what a reload ends
    finally:
        context.close()
        press.shutdown()
        press.server_close()
