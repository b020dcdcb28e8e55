"""Through every tab as a reader would go: nothing is asked of another machine, and the browser complains of nothing."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from ui_desk import META, drawn, to_tab, typed

Open = Callable[..., Page]


@pytest.mark.parametrize("width", [390, 1440])
def test_every_tab_keeps_to_this_machine_and_to_itself(open_page: Open, width: int) -> None:
    page = open_page(width, 844)
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url))
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    through_all_tabs(page)
    hosts = {urlsplit(url).hostname for url in asked if not url.startswith(("data:", "blob:"))}
    assert hosts == {"127.0.0.1"}, hosts
    assert said == []


def through_all_tabs(page: Page) -> None:
    drawn(page)
    page.get_by_role("textbox", name="Your question").fill("Is Meta open?")
    page.get_by_role("textbox", name="Your question").press("Enter")
    expect(page.locator("#exchange-1 .basis")).to_contain_text("As of")
    page.locator("#exchange-1 .cite").first.click()
    page.locator(".reader mark.now").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Copy", exact=True).click()
    to_tab(page, "Library")
    page.locator("#library").get_by_role("button", name=META.title).click()
    expect(page.locator(".reading-card")).to_contain_text("position is unchanged")
    typed(page.get_by_label("Search headlines, outlets and texts"), "behemoth")
    expect(page.locator("#library tbody tr")).to_have_count(1)
    to_tab(page, "Feeds")
    expect(page.locator(".feed")).to_have_count(2)
    to_tab(page, "Stories")
    page.locator("#new").get_by_role("button", name="Timeline of this story").first.click()
    expect(page.locator("#story h2")).to_be_visible()
    to_tab(page, "Settings")
    page.get_by_role("radio", name="Dark").check()
    page.get_by_role("radio", name="Strongly").check()
    page.get_by_role("button", name="Test").click()
    expect(page.locator("#trial")).to_contain_text("no model to ask")
