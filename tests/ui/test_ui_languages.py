"""The whole page in other languages, in a browser that asks for them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from catalogue import all_messages
from playwright.sync_api import Browser, Page, expect
from test_ui_opening import held_back, places
from ui_desk import drawn, to_tab

from assistant.text.texts import reading_in, tr

Open = Callable[..., Page]
TABS = ("Library", "Feeds", "Stories", "Settings")
# Outside of what articles, readers and programs say: in the direction of their own words, or in a list of names.
SEEN = """() => {
  const theirs = "[dir='auto'], bdi, blockquote, select, kbd, code, script, style, .name, .heard";
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.data.trim();
    const seen = element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    if (text && seen && !element.closest(theirs)) texts.push(text);
  }
  for (const field of document.querySelectorAll("input, textarea")) {
    if (field.checkVisibility() && field.placeholder) texts.push(field.placeholder);
  }
  return texts;
}"""
NAMES = re.compile(
    r"\b(?:The Ledger|Dateline|Markdown|HTML|JSONL?|CSV|OPML|API|URL|UTC|OpenAI|Ollama|example\.com\S*|https?://\S*)"
)


def visited(page: Page, language: str) -> dict[str, list[str]]:
    """What is seen on each tab, an answer with its reader first."""
    drawn(page)
    seen = {"welcome": page.evaluate(SEEN)}
    box = page.locator("#composer textarea")
    box.fill("Is Meta open in July?")
    box.press("Enter")
    page.locator("#live .onward .chip").first.wait_for()
    page.locator("#live .legend summary").click()
    seen["answer"] = page.evaluate(SEEN)
    page.locator("#live a.cite").first.click()
    page.locator("dialog.reader .text").wait_for()
    seen["reader"] = page.evaluate(SEEN)
    page.keyboard.press("Escape")
    for name, ready in zip(TABS, ("#library tr", "#feeds .feed", "#new h4", "#settings select"), strict=True):
        with reading_in(language):
            to_tab(page, tr(name))
        page.locator(ready).first.wait_for()
        seen[name] = page.evaluate(SEEN)
    return seen


@pytest.mark.parametrize(("locale", "latin"), [("de-DE", True), ("ar-EG", False), ("ja-JP", False)])
def test_no_english_is_left_on_the_page(open_page: Open, locale: str, latin: bool) -> None:
    language = locale.partition("-")[0]
    seen = visited(open_page(locale=locale), language)
    with reading_in(language):
        english = {one for one in all_messages() if tr(one) != one}
    left = {name: [text for text in texts if text in english] for name, texts in seen.items()}
    if not latin:  # where any word in Latin letters would be one
        left = {name: [text for text in texts if _has_latin_words(text)] for name, texts in seen.items()}
    assert all(len(texts) > 8 for texts in seen.values())
    assert left == {name: [] for name in seen}


def _has_latin_words(text: str) -> bool:
    return bool(re.search(r"[A-Za-z]{3,}", NAMES.sub("", text)))


@pytest.mark.parametrize("width", [390, 768, 1440])
@pytest.mark.parametrize("locale", ["de-DE", "ar-EG", "ja-JP"])
def test_nothing_scrolls_sideways_in_another_language(open_page: Open, locale: str, width: int) -> None:
    page = open_page(width=width, locale=locale)
    for name in ("Chat", *TABS):
        with reading_in(locale.partition("-")[0]):
            to_tab(page, tr(name))
        page.wait_for_timeout(300)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("locale", ["de-DE", "ar-EG"])
def test_the_shell_of_another_language_stands_where_its_page_is_going_to(
    browser: Browser, address: str, locale: str, width: int
) -> None:
    page = browser.new_context(viewport={"width": width, "height": 900}, locale=locale).new_page()
    same = ["h1", "h2", ".held", ".latest", ".chip >> nth=0", ".chip >> nth=1", "textarea"]
    with held_back(page, address):
        before = places([page.locator(f"#shell {each}") for each in same])
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator("#live .chip").first.wait_for()
    page.wait_for_timeout(500)
    after = places([page.locator(f":is(#masthead, #live, #composer) {each}") for each in same])
    page.context.close()
    assert before == after


def test_an_arabic_page_runs_from_right_to_left_and_quotes_as_the_article_runs(open_page: Open) -> None:
    page = open_page(locale="ar-EG")
    drawn(page)
    page.locator("#composer textarea").fill("Is Meta open?")
    page.locator("#composer textarea").press("Enter")
    quoted = page.locator("#live .card .excerpt.now").first
    quoted.wait_for()
    assert page.evaluate("document.documentElement.dir") == "rtl"
    directions = "(element) => getComputedStyle(element).direction"
    assert page.locator("#live .card .byline").first.evaluate(directions) == "rtl"
    assert quoted.evaluate(directions) == "ltr"
    # The conversations stand at the beginning of the line, the sources at its end.
    talks, cards, answer = (
        page.locator(each).first.bounding_box() for each in ("#talks", "#live .card", "#live .answer")
    )
    assert talks and cards and answer and talks["x"] > answer["x"] > cards["x"]


def test_a_chosen_language_is_kept_until_it_is_left_to_the_browser_again(open_page: Open) -> None:
    page = open_page()
    to_tab(page, "Settings")

    def choose(label: str, value: str, language: str) -> None:
        page.get_by_label(label, exact=True).select_option(value=value)
        expect(page.locator("html")).to_have_attribute("lang", language)
        expect(page.locator("#shell")).to_have_count(0, timeout=30_000)
        drawn(page)

    reload: Callable[..., None] = page.reload  # type: ignore[assignment]
    reload(lambda: choose("Language", "ja", "ja"))
    expect(page.locator(".welcome h2").last).to_have_text("ニュースに質問")
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "ja")
    expect(page.locator("#shell")).to_have_count(0, timeout=30_000)
    to_tab(page, "設定")
    expect(page.get_by_label("言語", exact=True)).to_have_value("ja")
    reload(lambda: choose("言語", "", "en"))
    expect(page.get_by_role("tab", name="Settings")).to_be_visible()


def test_two_readers_of_one_house_each_read_in_their_own_language(open_page: Open) -> None:
    german, english = open_page(locale="de-DE"), open_page()
    for page in (german, english):
        drawn(page)
        page.locator("#composer textarea").fill("Is Meta open?")
        page.locator("#composer textarea").press("Enter")
    expect(german.locator("#live .onward-title")).to_have_text("Weiterfragen")
    expect(english.locator("#live .onward-title")).to_have_text("Ask next")
    expect(german.locator("#live .sources-title")).to_have_text("Quellen")
    expect(english.locator("#live .sources-title")).to_have_text("Sources")
