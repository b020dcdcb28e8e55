"""How the page opens: what is sent, what stands before Gradio has drawn anything, and a question as soon as it is
asked."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect
from ui_desk import ScriptedDesk

Open = Callable[..., Page]
QUESTION = "Is Meta still open sourcing its models?"
PLAIN = {"accept-encoding": "identity"}
GRADIOS_SCRIPT = re.compile(r"/assets/index-[\w-]+\.js$")


def kept(address: str) -> str:
    """The path of the page's configuration."""
    return re.search(r"kept/[\w.-]+", httpx.get(address).text)[0]  # type: ignore[index]


def built(address: str) -> str:
    """The path of Gradio's first script."""
    return re.search(r"assets/index-[\w-]+\.js", httpx.get(address).text)[0]  # type: ignore[index]


def test_the_document_is_small(address: str) -> None:
    assert len(httpx.get(address, headers=PLAIN).content) < 60_000


@pytest.mark.parametrize("path", ["", "config", "gradio_api/info", "theme.css", kept, built])
def test_what_is_sent_is_compressed_for_whoever_can_read_it(address: str, path: str | Callable[[str], str]) -> None:
    url = address + (path if isinstance(path, str) else path(address))
    compressed, plain = httpx.get(url, headers={"accept-encoding": "gzip"}), httpx.get(url, headers=PLAIN)
    assert compressed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert compressed.content == plain.content
    assert int(compressed.headers["content-length"]) < len(plain.content) / 2


def test_events_are_sent_as_they_come_and_not_compressed(address: str, desk: ScriptedDesk) -> None:
    data = {"data": ["Is Meta open, slowly?", []]}
    event = httpx.post(f"{address}gradio_api/call/chat", json=data).json()["event_id"]
    headers = {"accept-encoding": "gzip, br"}
    with httpx.stream("GET", f"{address}gradio_api/call/chat/{event}", headers=headers) as answer:
        lines = answer.iter_lines()
        assert "position is unchanged" in next(line for line in lines if "unchanged" in line)
        assert not desk.closed.is_set()  # the rest of the answer is still to come
        assert "content-encoding" not in answer.headers
        desk.closed.set()


@pytest.mark.parametrize("path", [kept, built])
def test_files_that_never_change_are_fetched_once(address: str, path: Callable[[str], str]) -> None:
    assert "immutable" in httpx.get(address + path(address)).headers["cache-control"]
    assert "immutable" not in httpx.get(address).headers.get("cache-control", "")


@pytest.mark.parametrize("name", ["nothing.js", "%2e%2e%2findex.html", "%2e%2e", "%00", "%ff", "x" * 5000])
@pytest.mark.parametrize("folder", ["kept", "assets"])
def test_other_files_are_not_there(address: str, folder: str, name: str) -> None:
    answer = httpx.get(f"{address}{folder}/{name}")
    assert answer.status_code in {403, 404}
    assert "immutable" not in answer.headers.get("cache-control", "")


def test_the_browser_is_told_the_same_as_a_program(open_page: Open, address: str) -> None:
    told = open_page().evaluate("gradio_config")
    config = httpx.get(f"{address}config?page=").json()
    assert json.dumps(told["components"]) == json.dumps(config["components"])
    assert json.dumps(told["dependencies"]) == json.dumps(config["dependencies"])
    assert " object at 0x" not in json.dumps(config), "or a browser fetches it anew each time"


@pytest.fixture
def opening(browser: Browser) -> Iterator[Page]:
    """A page that has not been opened."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield context.new_page()
    context.close()


@contextmanager
def held_back(page: Page, address: str) -> Iterator[None]:
    """The page as it is until Gradio's scripts arrive."""
    held: list[Route] = []
    arriving = Event()
    page.route(GRADIOS_SCRIPT, lambda route: route.continue_() if arriving.is_set() else held.append(route))
    page.goto(address, wait_until="commit")
    expect(page.locator("#shell textarea")).to_be_focused()
    yield
    arriving.set()
    for route in held:
        route.continue_()
    expect(page.locator("#shell")).to_have_count(0, timeout=30_000)


def places(locators: Sequence[Locator]) -> list[tuple[str, list[int]]]:
    """The words of each and where they stand, to two pixels."""
    boxes = [each.bounding_box() or {} for each in locators]
    return [
        (each.inner_text().strip(), [round(value / 2) for value in box.values()])
        for each, box in zip(locators, boxes, strict=True)
    ]


@pytest.mark.parametrize("width", [390, 768, 1440])
@pytest.mark.parametrize("shut", [False, True], ids=["with the list", "list hidden"])
def test_the_shell_stands_where_the_page_is_going_to(opening: Page, address: str, width: int, shut: bool) -> None:
    page = opening
    page.set_viewport_size({"width": width, "height": 900})
    if shut:
        page.add_init_script("localStorage.setItem('dateline-conversations-hidden', 'yes')")
    same = ["h1", "h2", ".held", ".latest", ".chip >> nth=0", ".chip >> nth=1", ".sources", "textarea"]
    with held_back(page, address):
        shell = page.locator("#shell")
        names = shell.locator(".shell-bar span").all_inner_texts()
        before = places([shell.locator(each) for each in same])
        before += places([shell.locator(".shell-bar span").nth(number) for number in range(len(names))])
    page.locator("#live .chip").first.wait_for()
    page.wait_for_timeout(500)
    parts = [page.locator(f":is(#masthead, #live, #composer) {each}") for each in same]
    after = places(parts) + places([page.get_by_role("tab", name=name, exact=True) for name in names])
    assert before == after


def test_what_is_typed_too_soon_stands_in_the_box(opening: Page, address: str) -> None:
    page = opening
    with held_back(page, address):
        page.keyboard.type("Is Meta")
        page.keyboard.press("ArrowLeft")
    page.keyboard.type("!")
    expect(page.get_by_role("textbox", name="Your question")).to_have_value("Is Met!a")


@pytest.mark.parametrize("way", ["Enter", "Ask", "example"])
def test_what_is_asked_too_soon_is_answered_once(opening: Page, address: str, desk: ScriptedDesk, way: str) -> None:
    page, question = opening, desk.examples[1]
    with held_back(page, address):
        if way == "example":
            page.locator("#shell .chip").nth(1).click()
        else:
            page.keyboard.type(question)
            page.keyboard.press("Enter") if way == "Enter" else page.get_by_role("button", name="Ask").click()
        expect(page.locator("#shell .question")).to_have_text(question)
        expect(page.locator("#shell .welcome")).to_be_hidden()
    expect(page.locator("#exchange-1 .basis")).to_contain_text("As of")
    expect(page.locator(".exchange")).to_have_count(1)
    assert desk.asked == [(question, ())]


def test_what_is_asked_too_soon_in_a_conversation_is_asked_in_it(
    opening: Page, address: str, desk: ScriptedDesk
) -> None:
    page = opening
    with held_back(page, address):
        page.keyboard.type(QUESTION)
        page.keyboard.press("Enter")
    expect(page.locator("#exchange-1 .basis")).to_contain_text("As of")
    with held_back(page, page.url):
        page.keyboard.type("And Behemoth?")
        page.keyboard.press("Enter")
    expect(page.locator("#exchange-2 .basis")).to_contain_text("As of")
    assert desk.asked[-1][1][0].question == QUESTION


@contextmanager
def busy(desk: ScriptedDesk) -> Iterator[None]:
    """A server that takes its time before it says anything to a question."""
    outlets, over = desk.outlets, Event()

    def slow() -> Sequence[str]:
        over.wait(20)
        return outlets()

    desk.outlets = slow  # type: ignore[method-assign]
    yield
    desk.outlets = outlets  # type: ignore[method-assign]
    over.set()


def ask(page: Page, question: str, way: str = "Enter") -> None:
    page.get_by_role("textbox", name="Your question").fill(question)
    if way == "Enter":
        page.get_by_role("textbox", name="Your question").press("Enter")
    else:
        page.get_by_role("button", name="Ask", exact=True).click()


@pytest.mark.parametrize("way", ["Enter", "Ask"])
@pytest.mark.parametrize("width", [390, 768, 1440])
def test_a_question_stands_before_the_server_has_heard_it_and_does_not_move_then(
    open_page: Open, desk: ScriptedDesk, width: int, way: str
) -> None:
    page = open_page(width)
    for number, question in enumerate([QUESTION, "And Behemoth?", "And then?"], start=1):
        standing = page.locator(f"#exchange-{number} .question")
        with busy(desk):
            ask(page, question, way)
            expect(page.locator(".asked .question")).to_have_text(question)
            expect(page.locator(f"#exchange-{number} .stage")).to_have_text("Searching")
            expect(page.locator(".welcome")).to_be_hidden()
            before = standing.bounding_box()
        expect(page.locator(f"#exchange-{number} .basis")).to_contain_text("As of")
        expect(page.locator(".exchange")).to_have_count(number)
        assert standing.bounding_box() == pytest.approx(before, abs=1)
    assert [asked for asked, _ in desk.asked] == [QUESTION, "And Behemoth?", "And then?"]


def test_an_example_stands_before_the_server_has_heard_it(open_page: Open, desk: ScriptedDesk) -> None:
    page = open_page()
    with busy(desk):
        page.get_by_role("button", name=desk.examples[1]).click()
        expect(page.locator(".asked .question")).to_have_text(desk.examples[1])
    expect(page.locator("#exchange-1 .basis")).to_contain_text("As of")


@pytest.mark.parametrize("question", ["", "  \n ", "x" * 4001], ids=["empty", "blank", "over-long"])
def test_what_is_no_question_does_not_stand(open_page: Open, question: str) -> None:
    page = open_page()
    page.get_by_role("textbox", name="Your question").evaluate("(box, words) => (box.value = words)", question)
    page.get_by_role("textbox", name="Your question").press("Enter")
    expect(page.locator(".asked")).to_have_count(0)
    expect(page.locator(".welcome")).to_be_visible()


def test_what_the_server_does_not_take_goes_again_and_stays_in_the_box(open_page: Open, desk: ScriptedDesk) -> None:
    page = open_page()
    page.get_by_role("button", name="Dates, outlet, articles").click()
    page.get_by_label("From").fill("someday")
    with busy(desk):
        ask(page, QUESTION)
        expect(page.locator(".asked .question")).to_have_text(QUESTION)
    expect(page.locator("#limits .problem")).to_contain_text("From")
    expect(page.locator(".asked")).to_have_count(0)
    expect(page.locator(".welcome")).to_be_visible()
    expect(page.get_by_role("textbox", name="Your question")).to_have_value(QUESTION)


def test_what_fails_on_the_server_goes_again(open_page: Open, desk: ScriptedDesk) -> None:
    def broken() -> Sequence[str]:
        over.wait(20)
        raise ZeroDivisionError

    page, over = open_page(), Event()
    desk.outlets = broken  # type: ignore[method-assign]
    ask(page, QUESTION)
    expect(page.locator(".asked .question")).to_have_text(QUESTION)
    over.set()
    expect(page.locator(".asked")).to_have_count(0)
    expect(page.get_by_role("textbox", name="Your question")).to_have_value(QUESTION)
