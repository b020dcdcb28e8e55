"""Every tab against axe-core's rules for people who see, hear or move otherwise, in light and dark, at three widths."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.metadata import files
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from ui_desk import META, ScriptedDesk, drawn, to_tab

Open = Callable[..., Page]
NO_TRANSITION = """document.getAnimations().every(
    each => each.playState !== "running" || each.effect.getComputedTiming().endTime === Infinity)"""
GRAVE = {"serious", "critical"}


@cache
def axe() -> str:
    """axe-core's own script, which is all that is wanted of the package."""
    [script] = [file for file in files("axe-playwright-python") or () if file.name == "axe.min.js"]
    return script.read_text(encoding="utf-8")


def violations(page: Page) -> list[dict[str, Any]]:
    """What axe-core calls serious or critical in what stands on the page now."""
    page.wait_for_function(NO_TRANSITION)  # a colour on its way to another has the contrast of neither
    page.evaluate(axe())
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
    return [
        {"rule": rule["id"], "where": node["target"], "why": node["failureSummary"]}
        for rule in found
        if rule["impact"] in GRAVE
        for node in rule["nodes"]
    ]


def ask(page: Page, question: str, number: int) -> None:
    page.get_by_role("textbox", name="Your question").fill(question)
    page.get_by_role("textbox", name="Your question").press("Enter")
    expect(page.locator(f"#exchange-{number} .basis")).to_contain_text("As of")


@pytest.mark.parametrize("width", [390, 768, 1440])
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_no_tab_has_a_serious_violation(open_page: Open, desk: ScriptedDesk, width: int, colours: str) -> None:
    page = open_page(width, 844, colours)
    drawn(page)
    assert violations(page) == [], "the welcome"
    ask(page, "Is Meta still open sourcing its models?", 1)
    assert violations(page) == [], "an answer"
    page.locator("#exchange-1 .cite").first.click()
    page.locator(".reader mark.now").wait_for()
    assert violations(page) == [], "the reader"
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keyboard shortcuts").wait_for()
    assert violations(page) == [], "the keys"
    page.keyboard.press("Escape")
    ask(page, "Who won the 2031 Tour de France?", 2)
    assert violations(page) == [], "a refusal"
    page.get_by_role("button", name="Dates, outlet, articles").click()
    expect(page.get_by_label("From")).to_be_visible()
    assert violations(page) == [], "the limits"
    to_tab(page, "Library")
    page.locator("#library").get_by_role("button", name=META.title).click()
    page.locator(".reading-card").wait_for()
    assert violations(page) == [], "an open article"
    to_tab(page, "Feeds")
    page.locator(".feed").first.wait_for()
    assert violations(page) == [], "feeds"
    to_tab(page, "Stories")
    page.locator("#new").get_by_role("button", name="Timeline of this story").first.click()
    page.locator("#story h2").wait_for()
    assert violations(page) == [], "a story"
    to_tab(page, "Settings")
    page.locator("#set-model").wait_for()
    assert violations(page) == [], "settings"


@pytest.mark.parametrize("width", [390, 768, 1440])
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_nor_has_an_empty_library(open_page: Open, desk: ScriptedDesk, width: int, colours: str) -> None:
    desk.articles.clear()
    page = open_page(width, 844, colours)
    page.get_by_role("button", name="Add articles").wait_for()
    assert violations(page) == [], "the welcome"
    to_tab(page, "Library")
    page.locator("#library").get_by_text("The library is empty").wait_for()
    assert violations(page) == [], "the table"


def test_a_button_without_a_name_and_faint_words_are_found(open_page: Open) -> None:
    page = open_page()
    drawn(page)
    page.evaluate(
        """document.querySelector(".welcome").insertAdjacentHTML("beforeend",
            '<button type="button"></button><p style="color: #ccc; background: #fff">faint</p>')"""
    )
    assert {"button-name", "color-contrast"} == {found["rule"] for found in violations(page)}
