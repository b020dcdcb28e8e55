"""The settings on the page: kept by the browser, brought with each question, and put on before anything is drawn."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from model_server import model_server as model_server
from playwright.sync_api import Page, expect
from ui_desk import ScriptedDesk, at_rest, drawn, to_tab

from assistant.generation.connection import ModelConnection
from assistant.generation.model_menu import ChatModels, Trial
from assistant.generation.providers import QUOTE
from assistant.types import AS_SET, Manner, Recency
from assistant.ui.settings_tab import Preferences, kept_settings, settings_html, trial_html

Open = Callable[..., Page]
QUESTION = "Is Meta open?"
HOSTILE_NAME = "<img src=x onerror=window.hacked=1>"


@pytest.fixture
def desk(tmp_path: Path, model_server: str) -> Iterator[ScriptedDesk]:
    desk = ScriptedDesk(folder=tmp_path, chat_models=ChatModels("quote", None, url=f"{model_server}/v1"))
    yield desk
    desk.put_away()


@pytest.mark.parametrize(
    "brought",
    [
        None,
        "text",
        [1],
        {},
        {"sources": 9, "recency": "always", "quote": "yes", "model": 7},
        {"sources": True, "recency": [], "quote": 1, "model": "x" * 301},
        {"sources": 2.5, "recency": None, "model": None},
    ],
)
def test_what_a_browser_brings_that_is_no_setting_counts_as_none(brought: object) -> None:
    assert kept_settings(brought) == Preferences()
    assert kept_settings(brought).manner == AS_SET


def test_settings_come_back_from_the_browser_as_they_went() -> None:
    settings = Preferences("openai:small", True, 8, Recency.STRONG)
    assert kept_settings(json.loads(json.dumps(settings.to_keep()))) == settings
    assert settings.manner == Manner(8, Recency.STRONG, QUOTE)
    assert Preferences("openai:small").manner.model == "openai:small"


def test_a_model_that_was_chosen_and_is_gone_stays_chosen_and_says_so() -> None:
    gone = settings_html(Preferences("ollama:gone"), "local", ["openai:small"])
    assert re.search('<option value="ollama:gone"[^>]* selected>gone \\(ollama\\) — not there now</option>', gone)
    assert "not there now" not in settings_html(Preferences("ollama:gone"), "local")
    assert re.search('<option value=""[^>]* selected>', settings_html(Preferences("local"), "local", []))


def test_names_of_models_and_their_words_are_only_ever_text() -> None:
    assert "<img" not in settings_html(Preferences(HOSTILE_NAME), HOSTILE_NAME, [HOSTILE_NAME])
    assert "<img" not in trial_html(Trial(HOSTILE_NAME, 1.0)) + trial_html(Trial(problem=HOSTILE_NAME))


def to_settings(page: Page) -> None:
    to_tab(page, "Settings")
    expect(page.get_by_label("Model", exact=True)).to_contain_text("small (openai)")


def ask(page: Page, number: int = 1) -> None:
    to_tab(page, "Chat")
    page.get_by_role("textbox", name="Your question").fill(QUESTION)
    page.get_by_role("textbox", name="Your question").press("Enter")
    expect(page.locator(f"#exchange-{number} .basis")).to_contain_text("As of")


def changed(page: Page, change: Callable[[], object]) -> None:
    """Done, and heard of by the server, which has the browser keep it."""
    before = page.evaluate("localStorage['dateline-settings']")
    change()
    page.wait_for_function("before => localStorage['dateline-settings'] !== before", arg=before)


def test_what_is_set_goes_with_the_next_question_and_is_there_after_a_reload(
    open_page: Open, desk: ScriptedDesk
) -> None:
    page = open_page()
    to_settings(page)
    changed(page, lambda: page.get_by_label("Model", exact=True).select_option("openai:small"))
    changed(page, lambda: page.get_by_label("Sources per answer").select_option("8"))
    changed(page, lambda: page.get_by_role("radio", name="Strongly").check())
    ask(page)
    wanted = Manner(8, Recency.STRONG, "openai:small")
    assert desk.manners == [wanted]
    page.reload()
    expect(page.locator("#exchange-1 .basis")).to_contain_text("As of")
    to_settings(page)
    expect(page.get_by_label("Model", exact=True)).to_have_value("openai:small")
    expect(page.get_by_role("radio", name="Strongly")).to_be_checked()
    changed(page, lambda: page.get_by_role("checkbox").check())
    expect(page.get_by_label("Model", exact=True)).to_be_disabled()
    ask(page, 2)
    assert desk.manners == [wanted, Manner(8, Recency.STRONG, QUOTE)]


def test_a_model_is_tried_and_what_came_of_it_is_told_in_a_line(open_page: Open) -> None:
    page = open_page()
    to_settings(page)
    page.get_by_role("button", name="Test").click()
    expect(page.locator("#trial")).to_contain_text("there is no model to ask")
    page.get_by_label("Model", exact=True).select_option("openai:small")
    page.get_by_role("button", name="Test").click()
    expect(page.locator("#trial")).to_contain_text("It said “Hello” after")
    page.get_by_label("Model", exact=True).select_option(f"openai:{HOSTILE_NAME}")
    page.get_by_role("button", name="Test").click()
    expect(page.locator("#trial .problem")).to_contain_text("could not be asked this (status 400)")
    assert page.evaluate("window.hacked") is None


class Ring(KeyringBackend):
    priority = 5

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[username]


@pytest.fixture
def ring() -> Iterator[Ring]:
    before, ring = keyring.get_keyring(), Ring()
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(before)


def test_a_server_is_entered_with_a_key_that_is_never_shown_again(
    open_page: Open, desk: ScriptedDesk, model_server: str, tmp_path: Path, ring: Ring
) -> None:
    desk.chat_models = ChatModels("quote", None, connection=ModelConnection(tmp_path / "server.json", changeable=True))
    page = open_page()
    to_tab(page, "Settings")
    page.locator("summary", has_text="A server with an address and a key").click()
    page.get_by_label("Address", exact=True).fill(model_server)
    page.get_by_label("Key, if it asks for one").fill("sk-secret-key")
    page.get_by_role("button", name="Connect").click()
    expect(page.get_by_text("Connected: it has 3 models.")).to_be_visible()
    expect(page.get_by_text("A key is kept for it.")).to_be_visible()
    expect(page.get_by_label("Key, if it asks for one")).to_have_value("")
    assert ring.kept == {f"{model_server}/v1": "sk-secret-key"}
    page.get_by_label("Model", exact=True).select_option("openai:small")
    expect(page.locator("#leaves")).to_have_text("Nothing leaves this computer: the model runs here.")
    page.get_by_role("button", name="Test").click()
    expect(page.locator("#trial")).to_contain_text("It said “Hello” after")
    page.reload()
    to_tab(page, "Settings")
    expect(page.get_by_text("A key is kept for it.")).to_be_visible()
    assert "sk-secret-key" not in page.content()
    page.get_by_role("button", name="Forget this server").click()
    expect(page.get_by_text("The server and its key are forgotten.")).to_be_visible()
    assert ring.kept == {}


def test_a_wrong_address_is_told_and_nothing_is_kept(open_page: Open, desk: ScriptedDesk, tmp_path: Path) -> None:
    desk.chat_models = ChatModels("quote", None, connection=ModelConnection(tmp_path / "server.json", changeable=True))
    page = open_page()
    to_tab(page, "Settings")
    page.locator("summary", has_text="A server with an address and a key").click()
    page.get_by_label("Address", exact=True).fill("http://169.254.169.254/")
    page.get_by_role("button", name="Connect").click()
    expect(page.get_by_role("alert")).to_contain_text("kept for a cloud's own services")
    assert desk.chat_models.connection.address == ""


def test_where_others_reach_the_page_its_server_cannot_be_changed(open_page: Open) -> None:
    page = open_page()
    to_settings(page)
    page.locator("summary", has_text="A server with an address and a key").click()
    expect(page.get_by_text("Whoever runs this Dateline sets its server")).to_be_visible()
    expect(page.get_by_role("button", name="Connect")).to_have_count(0)


def test_ollama_is_explained_where_it_is_not_found(open_page: Open) -> None:
    page = open_page()
    to_settings(page)
    ollama = page.locator("details", has_text="Ollama").first
    expect(ollama).to_contain_text("Not found at http://127.0.0.1:11434")
    ollama.locator("summary").click()
    expect(ollama).to_contain_text("Nothing leaves this computer.")
    expect(ollama.locator("tbody tr")).to_have_count(3)


def test_what_is_for_programs_is_in_the_settings_alone(open_page: Open) -> None:
    page = open_page()
    expect(page.locator("footer")).to_be_hidden()
    expect(page.get_by_role("button", name="Export ratings")).to_have_count(0)
    to_settings(page)
    page.get_by_role("button", name="Export ratings").click()
    expect(page.get_by_text("No answer has a thumb yet.")).to_be_visible()
    page.get_by_role("button", name="Use via API").click()
    expect(page.get_by_text("API documentation").first).to_be_visible()


PAINTED = "getComputedStyle(document.documentElement).backgroundColor"
LIGHT, DARK = "rgb(251, 250, 247)", "rgb(23, 22, 20)"
# A change of the system's colours reaches the page with the next frame that is drawn, not with the call that makes it.
TWO_FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
# What stands behind everything and behind the page, at every frame from the first on.
EACH_FRAME = """
    window.seen = [];
    const look = () => {
        for (const part of [document.documentElement, document.body, document.querySelector(".gradio-container")]) {
            const colour = part && getComputedStyle(part).backgroundColor;
            if (colour && colour !== "rgba(0, 0, 0, 0)" && !seen.includes(colour)) seen.push(colour);
        }
        requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
"""


@pytest.mark.parametrize(("system", "choice", "colour"), [("light", "Dark", DARK), ("dark", "Light", LIGHT)])
def test_colours_act_at_once_and_a_reload_never_shows_others(
    open_page: Open, system: str, choice: str, colour: str
) -> None:
    page = open_page(colours=system)
    to_settings(page)
    requests = at_rest(page)
    page.get_by_role("radio", name=choice).check()
    assert page.evaluate(PAINTED) == colour
    assert page.evaluate("document.body.matches('.dark')") == (choice == "Dark")
    page.emulate_media(color_scheme="dark" if system == "light" else "light")
    page.emulate_media(color_scheme="dark" if system == "dark" else "light")
    page.evaluate(TWO_FRAMES)
    assert page.evaluate(PAINTED) == colour, "the system changes its colours, and the reader has chosen"
    assert requests == []
    page.add_init_script(EACH_FRAME)
    page.reload()
    to_settings(page)
    expect(page.get_by_role("radio", name=choice)).to_be_checked()
    assert page.evaluate("window.seen") == [colour]
    assert page.evaluate("document.body.matches('.dark')") == (choice == "Dark")


def test_match_system_follows_the_system(open_page: Open) -> None:
    page = open_page(colours="dark")
    assert page.evaluate(PAINTED) == DARK
    page.emulate_media(color_scheme="light")
    page.wait_for_function(f"{PAINTED} === '{LIGHT}' && !document.body.matches('.dark')")


def test_the_size_of_text_changes_everything_at_once_and_is_kept(open_page: Open) -> None:
    sizes = """() => [".tab-container button", "#composer textarea", ".welcome p"].map(
        part => parseFloat(getComputedStyle(document.querySelector(part)).fontSize))"""
    page = open_page()
    drawn(page)
    normal = page.evaluate(sizes)
    to_settings(page)
    page.get_by_role("radio", name="Large").check()
    to_tab(page, "Chat")
    assert page.evaluate(sizes) == pytest.approx([size * 1.2 for size in normal], abs=0.2)
    page.reload()
    drawn(page)
    assert page.evaluate(sizes) == pytest.approx([size * 1.2 for size in normal], abs=0.2)


@pytest.mark.parametrize("width", [390, 768, 1440])
def test_the_largest_text_fits_the_window(open_page: Open, width: int) -> None:
    page = open_page(width, 844)
    page.evaluate("localStorage['dateline-text'] = 'large'; dispatchEvent(new Event('storage'))")
    ask(page)
    for tab in ("Chat", "Library", "Feeds", "Stories", "Settings"):
        to_tab(page, tab)
        page.wait_for_timeout(300)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, tab
