"""Nothing that is typed is lost: offline, without a server, after a reload, in another tab, and when it is too long."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from threading import Event

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from ui_desk import ScriptedDesk, eventually, free_port

from assistant.ui.library_tab import library_routes
from assistant.ui.page import build_page
from assistant.ui.server import Server, serve

QUESTION = "Is Meta still open sourcing its models?"


class Served:
    """A server that can be stopped and started anew at the same address."""

    def __init__(self, desk: ScriptedDesk) -> None:
        self._desk, self._port = desk, free_port()
        self.start()

    def start(self) -> None:
        self._desk.closed.clear()
        self._server: Server = serve(
            build_page(self._desk), "127.0.0.1", self._port, self._desk.max_upload_mb, library_routes(self._desk)
        )
        self.url = self._server.url

    def stop(self) -> None:
        self._desk.closed.set()
        self._server.close()
        self._desk.put_away()


@pytest.fixture
def served(desk: ScriptedDesk) -> Iterator[Served]:
    served = Served(desk)
    yield served
    served.stop()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield context
    context.close()


def opened(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(address)
    expect(page.locator("#shell")).to_have_count(0, timeout=30_000)
    return page


def box(page: Page):  # type: ignore[no-untyped-def]
    return page.get_by_role("textbox", name="Your question")


def ask(page: Page, question: str) -> None:
    box(page).fill(question)
    box(page).press("Enter")


def answered(page: Page, number: int, question: str) -> None:
    expect(page.locator(f"#exchange-{number} .question")).to_have_text(question)
    expect(page.locator(f"#exchange-{number} .basis")).to_contain_text("As of")
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()


@contextmanager
def offline(context: BrowserContext, page: Page) -> Iterator[None]:
    context.set_offline(True)
    expect(page.locator("#offline")).to_be_visible()
    yield
    context.set_offline(False)
    expect(page.locator("#offline")).to_be_hidden()


def test_what_is_asked_offline_stands_at_once_and_is_sent_later_once(
    context: BrowserContext, served: Served, desk: ScriptedDesk
) -> None:
    page = opened(context, served.url)
    ask(page, QUESTION)
    answered(page, 1, QUESTION)
    box(page).fill("And Behe")
    with offline(context, page):
        page.keyboard.press("End")
        page.keyboard.type("moth?")
        page.keyboard.press("Enter")
        expect(page.locator("#exchange-2 .question")).to_have_text("And Behemoth?")
        expect(page.locator("#offline")).to_contain_text("Your question is kept and will be sent.")
        expect(page.locator(".toast-body")).to_have_count(0)
        page.keyboard.type("And then?")
    answered(page, 2, "And Behemoth?")
    expect(box(page)).to_have_value("And then?")
    assert [asked for asked, _ in desk.asked] == [QUESTION, "And Behemoth?"]


NOTHING_KEPT = """
    const get = () => { throw new DOMException("The reader does not let it", "SecurityError"); };
    Object.defineProperty(window, "localStorage", { configurable: true, get });
    Object.defineProperty(window, "sessionStorage", { configurable: true, get });
"""
NO_ROOM = """
    Storage.prototype.setItem = () => { throw new DOMException("There is no more room", "QuotaExceededError"); };
"""


@pytest.mark.parametrize("browsers", [NOTHING_KEPT, NO_ROOM], ids=["nothing kept", "no room"])
def test_a_browser_that_keeps_nothing_loses_nothing_while_the_page_stands(
    context: BrowserContext, served: Served, desk: ScriptedDesk, browsers: str
) -> None:
    complaints: list[str] = []
    context.add_init_script(browsers)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    page = opened(context, served.url)
    ask(page, QUESTION)
    answered(page, 1, QUESTION)
    with offline(context, page):
        ask(page, "And Behemoth?")
        expect(page.locator("#exchange-2 .question")).to_have_text("And Behemoth?")
        page.keyboard.type("And then?")
    answered(page, 2, "And Behemoth?")
    expect(box(page)).to_have_value("And then?")
    assert [asked for asked, _ in desk.asked] == [QUESTION, "And Behemoth?"]
    page.get_by_role("button", name="New conversation").first.click()
    expect(box(page)).to_have_value("")
    page.get_by_role("tab", name="Settings").click()
    page.get_by_label("Dark").check()
    expect(page.locator("html")).to_have_class(re.compile("dark"))
    assert complaints == []


def test_a_question_that_waits_can_be_taken_back(context: BrowserContext, served: Served, desk: ScriptedDesk) -> None:
    page = opened(context, served.url)
    with offline(context, page):
        ask(page, QUESTION)
        expect(page.locator("#exchange-1 .question")).to_have_text(QUESTION)
        page.get_by_role("button", name="Do not send it").click()
        expect(box(page)).to_have_value(QUESTION)
        expect(page.locator(".exchange")).to_have_count(0)
    assert desk.asked == []
    box(page).press("Enter")
    answered(page, 1, QUESTION)


def test_what_is_asked_while_the_server_is_gone_is_answered_by_the_next_one(
    context: BrowserContext, served: Served, desk: ScriptedDesk
) -> None:
    page = opened(context, served.url)
    ask(page, QUESTION)
    answered(page, 1, QUESTION)
    served.stop()
    ask(page, "And Behemoth?")
    expect(page.locator("#offline")).to_be_visible()
    expect(page.locator("#exchange-2 .question")).to_have_text("And Behemoth?")
    box(page).fill("A draft")
    served.start()
    answered(page, 2, "And Behemoth?")
    expect(page.locator("#offline")).to_be_hidden()
    expect(box(page)).to_have_value("A draft")
    assert desk.asked[-1][1][0].question == QUESTION


@pytest.mark.parametrize("reloaded", [False, True], ids=["as it was", "loaded anew"])
def test_an_answer_that_the_server_was_writing_when_it_stopped_is_written_anew(
    context: BrowserContext, served: Served, desk: ScriptedDesk, reloaded: bool
) -> None:
    """Also by a page that Gradio has loaded anew meanwhile, as it does when the next server does not know its session;
    but not a second time."""
    page = opened(context, served.url)
    before, over = desk.stream, Event()

    def never(*asked: object, **given: object):  # type: ignore[no-untyped-def]
        desk.asked.append((str(asked[0]), ()))
        over.wait(120)  # beyond the end of its server
        yield from ()

    def restart(times: int) -> None:
        eventually(lambda: len(desk.asked) == times)
        desk.notebook._conversations._only_read = "the power went"  # what ends with the process is not written down
        served.stop()
        if times == 2:
            desk.stream = before  # type: ignore[method-assign]
        served.start()
        if reloaded:
            page.reload()

    desk.stream = never  # type: ignore[method-assign]
    ask(page, QUESTION)
    restart(times=1)
    restart(times=2)
    expect(page.locator("#exchange-1")).to_contain_text("(stopped)")
    assert len(desk.asked) == 2
    page.get_by_role("button", name="Retry").click()
    answered(page, 1, QUESTION)
    expect(page.locator(".exchange")).to_have_count(1)
    over.set()


def test_a_draft_is_there_after_a_reload_and_in_its_conversation_only(context: BrowserContext, served: Served) -> None:
    page = opened(context, served.url)
    ask(page, QUESTION)
    answered(page, 1, QUESTION)
    box(page).fill("Half a question")
    page.reload()
    expect(page.locator("#exchange-1 .question")).to_have_text(QUESTION)
    expect(box(page)).to_have_value("Half a question")
    page.get_by_role("button", name="New conversation").click()
    expect(page.get_by_role("heading", name="Ask the news")).to_be_visible()
    expect(box(page)).to_have_value("")
    page.go_back()
    expect(box(page)).to_have_value("Half a question")
    expect(box(opened(context, page.url))).to_have_value("Half a question")


def test_a_question_asked_in_vain_is_sent_by_another_tab_once(
    context: BrowserContext, served: Served, desk: ScriptedDesk
) -> None:
    page = opened(context, served.url)
    ask(page, QUESTION)
    answered(page, 1, QUESTION)
    at = page.url
    context.set_offline(True)
    expect(page.locator("#offline")).to_be_visible()
    ask(page, "And Behemoth?")
    expect(page.locator("#exchange-2 .question")).to_have_text("And Behemoth?")
    page.close()
    context.set_offline(False)
    answered(opened(context, at), 2, "And Behemoth?")
    assert [asked for asked, _ in desk.asked] == [QUESTION, "And Behemoth?"]


def test_tabs_of_one_conversation_stay_in_step_and_swallow_nothing(
    context: BrowserContext, served: Served, desk: ScriptedDesk
) -> None:
    first = opened(context, served.url)
    ask(first, QUESTION)
    answered(first, 1, QUESTION)
    second = opened(context, first.url)
    ask(first, "And Behemoth, slowly?")
    expect(second.locator("#exchange-2 .answer")).to_contain_text("position is unchanged")
    ask(second, "Where will they be built?")
    expect(second.locator("#note")).to_contain_text("Being answered in another tab")
    expect(box(second)).to_have_value("Where will they be built?")
    desk.closed.set()
    answered(second, 2, "And Behemoth, slowly?")
    box(second).press("Enter")
    answered(first, 3, "Where will they be built?")
    answered(second, 3, "Where will they be built?")


def test_an_earlier_question_is_changed_and_what_came_after_is_kept(
    context: BrowserContext, served: Served, desk: ScriptedDesk
) -> None:
    page = opened(context, served.url)
    for number, question in enumerate([QUESTION, "And Behemoth?", "And then?"], start=1):
        ask(page, question)
        answered(page, number, question)
    page.locator("#exchange-2").get_by_role("button", name="Edit").click()
    field = page.get_by_role("textbox", name="The question in other words")
    expect(page.locator(".editing")).to_contain_text("kept as another conversation")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#exchange-2 .question")).to_be_visible()
    page.locator("#exchange-2").get_by_role("button", name="Edit").click()
    field.fill("And Llama?")
    page.get_by_role("button", name="Save and ask").click()
    answered(page, 2, "And Llama?")
    expect(page.locator(".exchange")).to_have_count(2)
    assert [turn.question for turn in desk.asked[-1][1]] == [QUESTION]
    page.locator("#note a").click()
    expect(page.locator("#exchange-3 .question")).to_have_text("And then?")
    expect(page.locator("#exchange-2 .question")).to_have_text("And Behemoth?")


def test_how_long_a_question_is_is_told_before_it_is_too_long_and_nothing_is_cut(
    context: BrowserContext, served: Served, desk: ScriptedDesk
) -> None:
    page = opened(context, served.url)
    length = page.locator("#length")
    box(page).fill("x" * 1799)
    expect(length).to_be_hidden()
    box(page).fill("x" * 1801)
    expect(length).to_have_text("1801 of 2,000 characters")
    too_long = "x" * 5400
    ask(page, too_long)
    expect(length).to_contain_text("5400 characters: too long.")
    expect(box(page)).to_have_value(too_long)
    expect(page.locator(".exchange")).to_have_count(0)
    assert desk.notebook.entries() == []
    long = "word " * 399 + "end"
    ask(page, long)
    answered(page, 1, long)
    folded = page.locator("#exchange-1 .question").bounding_box()
    page.get_by_role("button", name="Show all").click()
    whole = page.locator("#exchange-1 .question").bounding_box()
    assert folded and whole and whole["height"] > 2 * folded["height"]


def test_what_a_program_sends_that_is_no_question_is_refused(served: Served, desk: ScriptedDesk) -> None:
    address, keys = f"{served.url}talk/ask", count()

    def sent(**changed: object) -> dict[str, object]:
        body = {"id": "abc", "key": str(next(keys)), "number": 1, "question": "Why?"} | changed
        answer: dict[str, object] = httpx.post(address, json=body).json()
        return answer

    for wrong in ({"id": "a/b"}, {"id": ""}, {"number": 0}, {"question": 5}, {"fields": ["a"]}):
        assert "cannot be read" in str(sent(**wrong)["problem"])
    assert httpx.post(address, content=b"\xff{").status_code == 422
    assert not sent(question=" \n ")["taken"]
    assert "too long" in str(sent(question="y" * 2001)["problem"])
    assert not sent(again=True, question="", number=7)["taken"]
    assert desk.asked == []
    assert httpx.post(address, json={}, headers={"origin": "https://elsewhere.example"}).status_code == 403


def test_the_same_request_sent_twice_asks_once(served: Served, desk: ScriptedDesk) -> None:
    body = {"id": "abc", "key": "k", "number": 1, "question": QUESTION}
    for _ in range(2):
        assert httpx.post(f"{served.url}talk/ask", json=body).json()["taken"]
    eventually(lambda: not httpx.get(f"{served.url}talk", params={"id": "abc"}).json()["busy"])
    assert httpx.post(f"{served.url}talk/ask", json=body | {"key": "other"}).json()["count"] == 1
    assert [asked for asked, _ in desk.asked] == [QUESTION]


def test_rename_selects_the_title(context: BrowserContext, served: Served) -> None:
    page = opened(context, served.url)
    ask(page, QUESTION)
    answered(page, 1, QUESTION)
    page.get_by_label(f"Rename, export or delete: {QUESTION}").click()
    page.get_by_role("button", name="Rename", exact=True).click()
    page.keyboard.type("Meta")
    page.keyboard.press("Enter")
    expect(page.locator(".talk .title")).to_have_text("Meta")
    expect(page).to_have_title(re.compile("Meta"))


def test_an_edit_outlives_what_is_drawn_meanwhile(context: BrowserContext, served: Served) -> None:
    first = opened(context, served.url)
    ask(first, QUESTION)
    answered(first, 1, QUESTION)
    second = opened(context, first.url)
    answered(second, 1, QUESTION)
    first.locator("#exchange-1").get_by_role("button", name="Edit").click()
    field = first.get_by_role("textbox", name="The question in other words")
    field.fill("Half of other words")
    second.get_by_role("button", name="Good answer").click()
    expect(second.get_by_role("button", name="Good answer")).to_have_attribute("aria-pressed", "true")
    with first.expect_response(re.compile("/talk\\?")):
        first.evaluate("dateline.follow()")
    expect(field).to_have_value("Half of other words")
    expect(field).to_be_focused()
    field.press("Escape")
    expect(first.get_by_role("button", name="Good answer")).to_have_attribute("aria-pressed", "true")


def test_what_is_taken_back_stands_above_what_was_typed_since_an_edit_too(
    context: BrowserContext, served: Served, desk: ScriptedDesk
) -> None:
    page = opened(context, served.url)
    ask(page, QUESTION)
    answered(page, 1, QUESTION)
    with offline(context, page):
        page.locator("#exchange-1").get_by_role("button", name="Edit").click()
        field = page.get_by_role("textbox", name="The question in other words")
        field.fill("Is Meta open now?")
        field.press("Enter")
        box(page).fill("And then?")
        page.get_by_role("button", name="Do not send it").click()
        expect(box(page)).to_have_value("Is Meta open now?\n\nAnd then?")
    assert [asked for asked, _ in desk.asked] == [QUESTION]
