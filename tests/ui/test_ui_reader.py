"""The reader: what it is sent, and how it behaves in a real browser, beside the chat and over it, by mouse and key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from threading import Event

import pytest
from playwright.sync_api import Page, expect
from test_ui_render import Reader as Markup
from ui_desk import META, NOW, ScriptedDesk, answered, at_rest, cite, hit, meta_answer, refusal

from assistant.answering.provenance import resting
from assistant.types import Exchange, Sentence, Stage, Support
from assistant.ui.answer_view import legend_html, live_html, past_html, sentence_html
from assistant.ui.reader import Reader
from vectorstore.errors import LibraryBusy
from vectorstore.models import Article

Open = Callable[..., Page]
META_QUESTION = "Is Meta still open sourcing its models?"
LONG = replace(
    META, text="\n\n".join(["The paragraph before. " * 20] * 12 + [META.text] + ["And one behind. " * 20] * 12)
)


def ask(page: Page, question: str = META_QUESTION, number: int = 1) -> None:
    page.get_by_role("textbox", name="Your question").fill(question)
    page.get_by_role("textbox", name="Your question").press("Enter")
    expect(page.locator(f"#exchange-{number} .basis")).to_contain_text("As of")
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()


def wanted(article: Article = META, words: str = "a mix of open", **more: object) -> dict[str, object]:
    start = article.text.index(words)
    asked = {"article": article.id, "version": 1, "cited": [[start, start + len(words)]], "at": start, "words": words}
    return asked | more


# -- what it is sent -----------------------------------------------------------------------------------------------


def test_the_whole_article_comes_with_exactly_the_cited_words_marked() -> None:
    markup = Markup(Reader(ScriptedDesk()).leaf(wanted()))
    assert markup.marks == ["a mix of open"]
    assert META.text in markup.text
    assert markup.links() == ["https://ledger.example/meta"]
    [mark] = [attributes for tag, attributes in markup.tags if tag == "mark"]
    assert META.text[int(mark["data-start"] or 0) : int(mark["data-end"] or 0)] == "a mix of open"


def test_the_version_cited_comes_and_says_what_became_of_it() -> None:
    desk = ScriptedDesk()
    desk.correct("meta", text="Other words.", updated_at=NOW + timedelta(days=1))
    markup = Markup(Reader(desk).leaf(wanted()))
    assert markup.marks == ["a mix of open"]
    assert "Version 1 of 2The article was corrected 4 July 2022. This is the version that the answer" in markup.text


def test_another_text_under_the_same_name_is_not_passed_off_as_the_one_cited() -> None:
    desk = ScriptedDesk()
    desk.articles["meta"] = replace(META, text="A different report, of version 1 again.")
    leaf = Reader(desk).leaf(wanted())
    assert "has been removed from the library since" in leaf and "different report" not in leaf


def test_an_article_that_is_not_there_any_more_is_told() -> None:
    desk = ScriptedDesk(gone={"meta"})
    assert "has been removed from the library since" in Reader(desk).leaf(wanted())
    assert "has been removed from the library since" in Reader(ScriptedDesk()).leaf(wanted(version=7))


@pytest.mark.parametrize(
    "asked",
    [None, "meta", [], {"article": "meta"}, wanted(cited="all"), wanted(version="x"), wanted(cited=[[0, 1]] * 201)],
    ids=["nothing", "text", "list", "half", "no spans", "no number", "too many"],
)
def test_what_no_page_of_ours_asks_for_is_answered_with_a_line(asked: object) -> None:
    assert "That article cannot be shown." in Reader(ScriptedDesk()).leaf(asked)


def test_stretches_outside_the_article_are_not_marked() -> None:
    spans = [[-5, 4], [9, 3], [0, 10**9], [5, 9], [7, 12]]
    assert Markup(Reader(ScriptedDesk()).leaf(wanted(cited=spans, words=""))).marks == [META.text[5:12]]


def test_a_library_that_cannot_be_read_is_told_in_a_line() -> None:
    class Busy(ScriptedDesk):
        def versions(self, article_id: str) -> list[Article]:
            raise LibraryBusy("The library is being rebuilt.")

    assert "The library is being rebuilt." in Reader(Busy()).leaf(wanted())


def test_a_mark_leads_to_the_words_that_its_sentence_rests_on() -> None:
    citations = [cite(1, hit(META), "Meta says its position is unchanged"), cite(1, hit(META), "a mix of open")]
    said = Sentence("A mix of models is planned.", (1,), Support.SUPPORTED)
    assert resting(said, 1, citations) == citations[1]
    assert resting(said, 2, citations) is None
    answer = replace(meta_answer(), citations=tuple(citations))
    assert f'data-start="{META.text.index("a mix")}"' in sentence_html(said, 1, answer)


@pytest.mark.parametrize(
    ("support", "title"),
    [
        (Support.QUOTED, "Exact quote: it stands word for word in the source"),
        (Support.SUPPORTED, "Paraphrased: the source says it in other words"),
        (Support.UNSUPPORTED, "Not confirmed by the sources: the number 4 is not in the passage"),
    ],
)
def test_every_mark_says_how_far_its_sentence_is_borne_out(support: Support, title: str) -> None:
    said = Sentence("It is so.", (1,), support, "the number 4 is not in the passage")
    titles = {attributes.get("data-why") for tag, attributes in Markup(sentence_html(said, 1, meta_answer())).tags}
    assert titles - {None} == {title}


def test_the_legend_explains_the_marks_that_are_there_and_no_others() -> None:
    assert Markup(legend_html(meta_answer())).text == (
        "How to read the citations[1] Exact quote: it stands word for word in the source."
        "[1] Paraphrased: the source says it in other words.Words Not confirmed by the sources."
    )
    quoted = replace(meta_answer(), sentences=meta_answer().sentences[:1])
    assert "Paraphrase" not in legend_html(quoted)
    assert legend_html(refusal("?")) == ""


def test_follow_ups_and_legend_stand_under_the_last_answer_once_it_is_finished() -> None:
    html = live_html(Exchange(1, "?", meta_answer()), follow_ups=["What did <b> say?"])
    assert "What did <b> say?" in Markup(html).text and "How to read the citations" in html
    growing = live_html(Exchange(1, "?", replace(meta_answer(), stage=Stage.WRITING)), follow_ups=["Who?"])
    for unfinished in (growing, past_html([Exchange(1, "?", meta_answer())])):
        assert "data-ask" not in unfinished and "How to read the citations" not in unfinished


# -- in the browser ------------------------------------------------------------------------------------------------


def test_a_citation_under_the_pointer_or_the_focus_lights_its_card_and_moves_nothing(open_page: Open) -> None:
    page = open_page(height=500)
    ask(page)
    sent = at_rest(page)
    before = page.evaluate("[scrollY, document.querySelector('#live .sources').scrollTop]")
    link, card = page.locator("#exchange-1 .cite").last, page.locator("#source-1-2")
    link.hover()
    expect(card).to_contain_class("pointed")
    page.get_by_role("heading", name=META_QUESTION).hover()
    expect(card).not_to_contain_class("pointed")
    link.focus()
    expect(card).to_contain_class("pointed")
    assert page.evaluate("[scrollY, document.querySelector('#live .sources').scrollTop]") == before
    assert sent == []


def test_a_click_shows_the_words_before_anything_is_sent_and_the_article_comes_around_them(
    open_page: Open, desk: ScriptedDesk
) -> None:
    start = LONG.text.index(META.text)
    said = Sentence("Meta says its position is unchanged.", (1,), Support.QUOTED)
    source = hit(LONG, start, start + len(META.text))
    final = answered(META_QUESTION, [source], [(said, "Meta says its position is unchanged")])
    desk._final = lambda question, follow_up: final  # type: ignore[method-assign]
    desk.articles["meta"] = LONG
    asked = Event()
    versions = desk.versions

    def slow(article_id: str) -> object:
        asked.wait(30)
        return versions(article_id)

    desk.versions = slow  # type: ignore[method-assign, assignment]
    page = open_page()
    ask(page)
    page.locator("#exchange-1 .cite").first.click()
    words = page.locator(".reader mark.now")
    expect(words).to_have_text("Meta says its position is unchanged")
    expect(page.locator(".reader .text")).not_to_contain_text("The paragraph before")
    before = words.bounding_box()
    asked.set()
    expect(page.locator(".reader .text")).to_contain_text("The paragraph before")
    after = words.bounding_box()
    assert before and after and abs(before["y"] - after["y"]) < 2
    expect(words).to_be_in_viewport()


@pytest.mark.parametrize("width", [390, 1440])
def test_the_reader_goes_through_the_citations_and_gives_the_focus_back(open_page: Open, width: int) -> None:
    page = open_page(width, 844)
    ask(page)
    page.locator("#exchange-1 .cite").nth(1).press("Enter")
    reader = page.get_by_role("dialog", name="Meta keeps its models open, with more caution")
    expect(reader).to_contain_text("Citation 2 of 4")
    expect(reader).to_contain_text("It plans open and closed models, for $10 to $65 billion.")
    expect(reader).to_contain_text("Paraphrased: the source says it in other words")
    expect(reader.locator("mark.now")).to_have_text("a mix of open")
    expect(reader).to_have_attribute("aria-modal", "true" if width == 390 else "false")
    reader.get_by_role("button", name="Next").click()
    reader = page.get_by_role("dialog", name="Behemoth delayed again")
    expect(reader.locator("mark.now")).to_have_text("delayed a second time")
    reader.get_by_role("button", name="Previous").click()
    reader = page.get_by_role("dialog", name="Meta keeps its models open, with more caution")
    reader.get_by_role("button", name="Previous").click()
    expect(reader.locator("mark.now")).to_have_text("Meta says its position is unchanged")
    expect(reader.locator("mark.now")).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(page.locator(".reader")).to_be_hidden()
    expect(page.locator("#exchange-1 .cite").first).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_on_a_phone_the_focus_stays_in_the_reader(open_page: Open) -> None:
    page = open_page(390, 844)
    ask(page)
    page.locator("#exchange-1 .cite").first.click()
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate("!document.activeElement.closest('#live, #composer, #talks, [role=tab]')")


def test_an_article_is_asked_about_from_the_reader(open_page: Open, desk: ScriptedDesk) -> None:
    page = open_page(390, 844)
    ask(page)
    page.locator("#exchange-1 .cite").last.click()
    page.get_by_role("button", name="Ask about this article").click()
    box = page.get_by_role("textbox", name="Your question")
    expect(box).to_be_focused()
    expect(box).to_have_value('What did "Behemoth delayed again" say about ')
    page.keyboard.type("its results?")
    page.keyboard.press("Enter")
    expect(page.locator("#exchange-2 .basis")).to_contain_text("As of")
    assert desk.asked[-1][0] == 'What did "Behemoth delayed again" say about its results?'


def test_a_source_is_opened_from_its_card_though_nothing_is_cited_from_it(open_page: Open, desk: ScriptedDesk) -> None:
    uncited = replace(meta_answer(), sentences=meta_answer().sentences[:1], citations=meta_answer().citations[:1])
    desk._final = lambda question, follow_up: uncited  # type: ignore[method-assign]
    page = open_page()
    ask(page)
    page.get_by_text("Also read (1)").click()
    page.locator("#source-1-2").get_by_role("button", name="Read the article").click()
    reader = page.get_by_role("dialog", name="Behemoth delayed again")
    expect(reader).to_contain_text("The answer does not cite this source.")
    expect(reader.locator("mark")).to_have_count(0)
    reader.get_by_role("button", name="Next").click()
    expect(page.locator(".reader mark.now")).to_have_text("Meta says its position is unchanged")


def test_the_reader_is_put_away_when_another_conversation_is_turned_to(open_page: Open) -> None:
    page = open_page()
    ask(page)
    page.locator("#exchange-1 .cite").first.click()
    expect(page.locator(".reader")).to_be_visible()
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".reader")).to_be_hidden()


def test_the_chat_goes_by_keys(open_page: Open) -> None:
    page = open_page()
    ask(page)
    page.get_by_role("heading", name=META_QUESTION).click()
    for key, number in (("j", 1), ("j", 2), ("j", 2), ("k", 1), ("j", 2)):
        page.keyboard.press(key)
        expect(page.locator(f"#source-1-{number}")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Behemoth delayed again")).to_be_visible()
    page.keyboard.press("k")
    expect(page.get_by_role("dialog", name="Meta keeps its models open")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_contain_text("Go to the question")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_hidden()
    page.keyboard.press("/")
    box = page.get_by_role("textbox", name="Your question")
    expect(box).to_be_focused()
    page.keyboard.type("j/k?")
    expect(box).to_have_value("j/k?")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_escape_closes_the_reader_first_and_then_stops_the_answer(open_page: Open, desk: ScriptedDesk) -> None:
    page = open_page()
    page.get_by_role("textbox", name="Your question").fill("Is Meta open, slowly?")
    page.get_by_role("textbox", name="Your question").press("Enter")
    expect(page.locator("#exchange-1 .stage")).to_have_text("Writing")
    page.locator("#exchange-1 .cite").first.click()
    page.keyboard.press("Escape")
    expect(page.locator(".reader")).to_be_hidden()
    expect(page.locator("#exchange-1 .stage")).to_have_text("Writing")
    page.get_by_role("textbox", name="Your question").press("Escape")
    expect(page.locator("#exchange-1 .answer")).to_contain_text("(stopped)")
    assert desk.closed.wait(10)


def test_the_keys_are_still_while_another_page_is_open(open_page: Open) -> None:
    page = open_page()
    page.get_by_role("tab", name="Library").click()
    expect(page.get_by_role("heading", name="Add articles")).to_be_visible()
    page.keyboard.press("?")
    page.wait_for_timeout(300)
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize("width", [390, 1440])
def test_a_follow_up_is_asked_by_a_click_and_the_marks_are_explained(
    open_page: Open, desk: ScriptedDesk, width: int
) -> None:
    page = open_page(width, 844)
    ask(page)
    page.get_by_text("How to read the citations").press("Enter")
    expect(page.get_by_text("Exact quote: it stands word for word in the source.")).to_be_visible()
    page.get_by_role("button", name="What did Mark Zuckerberg say?").click()
    expect(page.locator("#exchange-2 .basis")).to_contain_text("As of")
    assert desk.asked[-1][0] == "What did Mark Zuckerberg say?"
    expect(page.locator("#past .onward .chip")).to_have_count(0)


def test_what_was_unfolded_stays_so_when_the_answer_is_drawn_anew(open_page: Open) -> None:
    page = open_page()
    ask(page)
    page.get_by_text("How to read the citations").click()
    page.get_by_role("button", name="Good answer").click()
    expect(page.get_by_label("What was good?")).to_be_visible()
    expect(page.get_by_text("Exact quote: it stands word for word in the source.")).to_be_visible()
    ask(page, "And Behemoth?", 2)
    expect(page.get_by_text("How to read the citations")).to_be_visible()
    expect(page.get_by_text("Exact quote: it stands word for word in the source.")).to_be_hidden()


def test_the_stage_tells_how_much_is_searched(open_page: Open, desk: ScriptedDesk) -> None:
    found, stream = Event(), desk.stream

    def slow(*given: object, **more: object) -> object:
        found.wait(30)
        return stream(*given, **more)  # type: ignore[arg-type]

    desk.stream = slow  # type: ignore[method-assign, assignment]
    page = open_page()
    page.get_by_role("textbox", name="Your question").fill(META_QUESTION)
    page.get_by_role("textbox", name="Your question").press("Enter")
    expect(page.locator("#exchange-1 .stage")).to_have_text("Searching 39,144 passages")
    found.set()
    expect(page.locator("#exchange-1 .basis")).to_contain_text("As of")
