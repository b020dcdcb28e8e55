"""What is drawn: text stays text, marks stand on the right words, dates are the publisher's."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser

import pytest
from ui_desk import (
    BEHEMOTH,
    HOSTILE,
    HOSTILE_TEXT,
    META,
    NOW,
    PASTED,
    ScriptedDesk,
    answered,
    cite,
    document,
    hit,
    hostile_answer,
    meta_answer,
    refusal,
    reported,
    story,
)

from assistant.answering.provenance import basis
from assistant.answering.welcome import Welcome
from assistant.presentation.changes import changes
from assistant.text.labels import day
from assistant.types import Account, Answer, AnswerKind, Exchange, Sentence, Stage, Support
from assistant.ui.answer_view import live_html, past_html, stage
from assistant.ui.chat_tab import welcome_html
from assistant.ui.conversation_markdown import plain
from assistant.ui.feeds_tab import Followed, empty_html, export_html, feeds_html, standing_html
from assistant.ui.library_view import library_html
from assistant.ui.reader_view import article_html, changes_html, leaf_html
from assistant.ui.render import byline, is_web_address, link, shown
from assistant.ui.render_sources import marked, sources_html, spans
from assistant.ui.story_view import arrivals_html, story_html
from assistant.ui.work import note_html, problem_html, receipt_html, working_html
from vectorstore.models import Copy
from vectorstore.reports import Standing, Step
from vectorstore.storage.listings import Listing, ListPage
from vectorstore.storage.subscriptions import FeedArticle, Subscription

OURS = set("article h2 h3 h4 p div span aside ol ul li a bdi blockquote mark button section progress".split())
OURS |= set("table thead tbody tr th td ins del i dl dt dd b br svg line circle text title rect nav".split())
OURS |= {"details", "summary", "time", "form", "label", "textarea", "datalist", "input"}


class Reader(HTMLParser):
    """Reads markup as a browser would: which elements and attributes there are, and what text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.marks: list[str] = []
        self._marking = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "mark":
            self._marking = True
            self.marks.append("")

    def handle_endtag(self, tag: str) -> None:
        self._marking = self._marking and tag != "mark"

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._marking:
            self.marks[-1] += data

    def links(self) -> list[str | None]:
        return [attributes.get("href") for tag, attributes in self.tags if tag == "a"]


HOSTILE_LATER = replace(HOSTILE, version=2, title=HOSTILE_TEXT, text=f"{HOSTILE_TEXT} <i>new</i>", gone_at=NOW)
HOSTILE_LISTED = FeedArticle(HOSTILE_TEXT, HOSTILE_TEXT, HOSTILE_TEXT, NOW)
HOSTILE_FEED = Subscription(HOSTILE_TEXT, NOW, HOSTILE_TEXT, last_run_at=NOW, last_result=HOSTILE_TEXT)


def every_drawing() -> list[str]:
    desk, answer = ScriptedDesk(), hostile_answer(HOSTILE_TEXT)
    labelled = replace(answer.sentences[0], label=HOSTILE_TEXT)
    row = document(HOSTILE_TEXT, "rejected", HOSTILE_TEXT, HOSTILE_TEXT)
    return [
        live_html(Exchange(1, HOSTILE_TEXT, answer, problem=HOSTILE_TEXT), follow_ups=[HOSTILE_TEXT]),
        past_html([Exchange(1, HOSTILE_TEXT, replace(answer, writing=HOSTILE_TEXT, stage=Stage.WRITING))]),
        live_html(Exchange(2, HOSTILE_TEXT, refusal(HOSTILE_TEXT))),
        live_html(
            Exchange(1, "?", replace(answer, differing=(Account(HOSTILE_TEXT, answer.citations[0]),) * 2)),
            {HOSTILE.id: HOSTILE_LATER},
        ),
        welcome_html(Welcome(1, 1, None, (HOSTILE_TEXT,), desk.briefs())),
        library_html(desk.listed(Listing()), Listing()),
        article_html(HOSTILE, [HOSTILE, HOSTILE_LATER], [(0, 30)]),
        leaf_html(HOSTILE, [HOSTILE, HOSTILE_LATER], [(0, 30)]),
        changes_html(changes(HOSTILE, HOSTILE_LATER), [HOSTILE, HOSTILE_LATER]),
        feeds_html([Followed(HOSTILE_FEED, 9, frozenset([HOSTILE_TEXT]), True, (HOSTILE_LISTED,))], NOW, HOSTILE_TEXT),
        feeds_html([Followed(replace(HOSTILE_FEED, failures=2), 1)], NOW),
        empty_html(HOSTILE_TEXT),
        export_html([HOSTILE_FEED], HOSTILE_TEXT.encode("utf-8", "replace")),
        standing_html(Standing(problem=HOSTILE_TEXT, last_at=NOW), NOW),
        note_html(HOSTILE_TEXT),
        receipt_html(reported([row, replace(row, outcome="added")])),
        problem_html(HOSTILE_TEXT),
        working_html(Step(HOSTILE_TEXT, 1, 2)),
        story_html(story(HOSTILE_TEXT)),
        arrivals_html(desk.arrivals(NOW)),
        *(
            live_html(Exchange(1, "?", replace(answer, kind=kind, sentences=(labelled,))))
            for kind in (AnswerKind.DIGEST, AnswerKind.TIMELINE, AnswerKind.COMPARISON)
        ),
    ]


@pytest.mark.parametrize("html", every_drawing(), ids=range(23))
def test_hostile_words_become_neither_elements_nor_attributes_nor_links(html: str) -> None:
    reader = Reader(html)
    assert {tag for tag, _ in reader.tags} <= OURS
    names = {name for _, attributes in reader.tags for name in attributes}
    assert not [name for name in names if name.startswith("on") or name in {"style", "src", "srcdoc", "action"}]
    for address in reader.links():
        assert address and (
            address.startswith(("#source-", "#event-", "https://", "library.", "data:text/x-opml;charset=utf-8,"))
        )


@pytest.mark.parametrize(
    "piece", ["<script>", "![x](http://evil.example/x.png)", "$x$", "${window.hacked=1}", "* list `tick`"]
)
def test_hostile_words_are_shown_letter_for_letter(piece: str) -> None:
    assert piece in Reader(live_html(Exchange(1, "?", hostile_answer()))).text
    assert piece in Reader(article_html(HOSTILE, [HOSTILE])).text


@pytest.mark.parametrize("character", ["\u202e", "\u2066", "\x00", "\x1b", "\x85", "\ud800"], ids=ascii)
def test_characters_that_reorder_or_hide_text_are_replaced_one_by_one(character: str) -> None:
    assert shown(f"a{character}b") == "a\ufffdb"


def test_tabs_lines_and_every_script_stay_as_they_are() -> None:
    text = "a\tb\nc Ünïcødé עברית 日本 👩‍🚀"
    assert shown(text) == text


@pytest.mark.parametrize(
    ("address", "fine"),
    [
        ("https://a.example/x?y=1&z=2", True),
        ("HTTP://a.example", True),
        ("javascript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        (" https://a.example", False),
        ("https:\\\\a.example", False),
        ("data:text/html,x", False),
        ("//a.example", False),
        ("https://", False),
        ("http://[broken", False),
        ("", False),
    ],
)
def test_only_web_addresses_become_links(address: str, fine: bool) -> None:
    assert is_web_address(address) is fine
    assert bool(link(address, "Open")) is fine


def test_an_address_cannot_leave_its_attribute() -> None:
    (tag, attributes), *_ = Reader(link('https://a.example/"onclick="x', "Open")).tags
    assert (tag, attributes["href"]) == ("a", 'https://a.example/"onclick="x')
    assert "onclick" not in attributes


def test_a_date_is_the_publishers_or_unknown_and_never_that_of_fetching() -> None:
    assert day(datetime(2022, 7, 2, tzinfo=UTC)) == "2 July 2022"
    assert byline(BEHEMOTH) == "Circuit Daily · date unknown"
    assert byline(PASTED) == "date unknown"


def test_cards_are_numbered_and_mark_exactly_the_cited_words() -> None:
    reader = Reader(sources_html(3, meta_answer()))
    of_meta = ["Meta says its position is unchanged", "a mix of open"]
    assert reader.marks == [*of_meta, *of_meta, *["delayed a second time"] * 2]  # folded, then in the whole passage
    assert [attributes["id"] for tag, attributes in reader.tags if tag == "li"] == ["source-3-1", "source-3-2"]
    assert reader.links() == ["https://ledger.example/meta", "https://circuit.example/behemoth?x=1&y=2"]


def test_a_card_tells_where_else_its_story_stands() -> None:
    copies = (Copy("c1", HOSTILE.outlet, HOSTILE.url, None), Copy("c2", "Circuit Daily", "", None))
    reader = Reader(sources_html(1, answered("?", [replace(hit(META), copies=copies), hit(META)], [])))
    assert reader.text.count(f"· also in {HOSTILE.outlet} and Circuit Daily") == 1
    assert {tag for tag, _ in reader.tags} <= OURS and reader.links() == ["https://ledger.example/meta"] * 2


def test_marks_count_from_where_the_passage_starts() -> None:
    source = hit(META, META.text.index("It will"))
    answer = answered("?", [source], [(Sentence("Spending.", (1,), Support.SUPPORTED), "$10 to $65 billion")])
    assert Reader(sources_html(1, answer)).marks == ["$10 to $65 billion"] * 2


def test_overlapping_citations_are_joined_and_cut_to_the_passage() -> None:
    source = hit(META, 5, 40)
    whole = cite(1, hit(META), "Meta says its position")
    assert spans([cite(1, source, "position is unchanged"), whole], 5, 40) == [(0, 30)]


def test_marking_escapes_after_cutting() -> None:
    assert marked("a<b & c>d", [(1, 5)]) == "a<mark>&lt;b &amp;</mark> c&gt;d"


def test_the_first_snapshot_shows_the_cards_with_nothing_marked() -> None:
    first = replace(meta_answer(), stage=Stage.SEARCHED, sentences=(), citations=())
    reader = Reader(live_html(Exchange(1, "?", first)))
    assert "Behemoth delayed again" in reader.text
    assert reader.marks == []
    assert "Reading 2 articles" in reader.text


@pytest.mark.parametrize(
    ("exchange", "line"),
    [
        (Exchange(1, "?"), "Searching 39,144 passages"),
        (Exchange(1, "?", replace(meta_answer(), stage=Stage.WRITING)), "Writing"),
        (Exchange(1, "?", meta_answer()), ""),
        (Exchange(1, "?", replace(meta_answer(), stage=Stage.WRITING), stopped=True), ""),
        (Exchange(1, "?", problem="broken"), ""),
    ],
    ids=["nothing yet", "writing", "done", "stopped", "broken"],
)
def test_the_stage_is_named_until_it_is_over(exchange: Exchange, line: str) -> None:
    assert stage(exchange, 39_144) == line


def test_citations_lead_to_the_cards_of_their_own_answer() -> None:
    html = past_html([Exchange(1, "?", meta_answer()), Exchange(2, "?", meta_answer())])
    reader = Reader(html)
    ids = [attributes["id"] for _, attributes in reader.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    inside = [address for address in reader.links() if address and address.startswith("#")]
    strip, cited = ["#source-1-1", "#source-1-2"], ["#source-1-1", "#source-1-1", "#source-1-2", "#source-1-2"]
    assert inside[:6] == [*strip, *cited] and inside[6] == "#source-2-1"
    assert {address.removeprefix("#") for address in inside} <= set(ids)


def test_a_citation_of_a_source_that_is_not_there_is_not_drawn() -> None:
    assert "[7]" not in Reader(live_html(Exchange(1, "?", hostile_answer()))).text


def test_a_forged_mark_in_the_words_is_no_link() -> None:
    forged = Sentence("It is so [1]. Sources: [1] The Ledger", (), Support.UNSUPPORTED)
    reader = Reader(live_html(Exchange(1, "?", answered("?", [hit(META)], [(forged, "")]))))
    assert "It is so [1]. Sources: [1] The Ledger" in reader.text
    assert not [address for address in reader.links() if address and address.startswith("#")]


def test_unsupported_sentences_say_so_and_the_others_do_not() -> None:
    reader = Reader(live_html(Exchange(1, "?", meta_answer())))
    classes = [str(attributes.get("class")) for tag, attributes in reader.tags if tag == "span"]
    kinds = [each.removeprefix("sentence ") for each in classes if each.startswith("sentence")]
    assert kinds == ["quoted", "supported", "supported", "unsupported"]
    labels = [attributes.get("aria-label") for tag, attributes in reader.tags if attributes.get("class") == "doubt"]
    assert labels == ["Not confirmed by the sources"]


def test_the_badge_says_why_a_sentence_is_doubted_and_takes_it_for_text() -> None:
    said = Sentence("Spending rose.", (), Support.UNSUPPORTED, 'the passage does not say “<b>"rose"”')
    html = live_html(Exchange(1, "?", replace(meta_answer(), sentences=(said,))))
    labels = [attributes.get("title") for _, attributes in Reader(html).tags if attributes.get("class") == "doubt"]
    assert labels == ['Not confirmed by the sources: the passage does not say “<b>"rose"”']


def test_a_refusal_names_the_nearest_articles_and_has_no_sources_and_no_reproach() -> None:
    html = live_html(Exchange(1, "?", refusal("?")))
    nearest = [attributes for tag, attributes in Reader(html).tags if attributes.get("class") == "card near"]
    assert [each["data-article"] for each in nearest] == [META.id, BEHEMOTH.id, HOSTILE.id]
    assert Reader(html).links() == []  # they open here, not at the outlet
    assert "Meta keeps its models open" in Reader(html).text and "2 July 2022" in Reader(html).text
    assert "source-1-" not in html and "doubt" not in html


def test_an_answer_says_what_it_rests_on() -> None:
    assert basis(meta_answer()) == "As of 3 July 2022 · newest source 2 July 2022 · 2 articles, 2 outlets"
    assert basis(refusal("?")) == "As of 3 July 2022"


def differing_answer(says: str = "12 dead") -> Answer:
    answer = meta_answer()
    first, *_, last = answer.citations
    return replace(answer, differing=(Account(says, first), Account("9 dead", last)))


def test_reports_that_differ_stand_under_the_answer_each_with_its_source() -> None:
    reader = Reader(live_html(Exchange(4, "?", differing_answer())))
    told = "Reports differ12 dead — The Ledger, 2 July 2022 [1]9 dead — Circuit Daily, date unknown [2]"
    assert told in reader.text
    assert "contradict" not in reader.text
    assert reader.links()[-4:-2] == ["#source-4-1", "#source-4-2"]
    line = "Reports differ: 12 dead — The Ledger, 2 July 2022 [1]; 9 dead — Circuit Daily, date unknown [2]"
    assert line in plain(differing_answer())
    assert "differ" not in Reader(live_html(Exchange(1, "?", meta_answer()))).text + plain(meta_answer())


def test_an_old_library_and_a_correction_are_told_under_the_answer() -> None:
    answer = replace(meta_answer(), newest_article=NOW.replace(month=5))
    assert "Newest article in your library: 3 May 2022" in Reader(live_html(Exchange(1, "?", answer))).text
    assert plain(answer).endswith("Newest article in your library: 3 May 2022")
    later = {"meta": replace(META, version=2, updated_at=NOW)}
    told = "[1] corrected 3 July 2022, after this answer"
    assert told in Reader(live_html(Exchange(1, "?", answer), later)).text
    assert told in Reader(past_html([Exchange(1, "?", answer)], later)).text
    assert "corrected" not in Reader(live_html(Exchange(1, "?", answer), {"meta": META})).text


def test_a_follow_up_says_how_it_was_read() -> None:
    answer = replace(meta_answer("And Behemoth?"), standalone_question="What about Meta's Behemoth?")
    assert "Understood as: What about Meta's Behemoth?" in Reader(live_html(Exchange(2, "And Behemoth?", answer))).text
    assert "Understood as" not in live_html(Exchange(1, "?", meta_answer()))


def test_a_stopped_answer_keeps_what_was_written() -> None:
    half = replace(meta_answer(), stage=Stage.WRITING, writing="It plans to")
    text = Reader(live_html(Exchange(1, "?", half, stopped=True))).text
    assert "Meta says its position is unchanged." in text and "It plans to (stopped)" in text


def test_a_quotation_stands_apart_with_its_day_and_outlet() -> None:
    drawn = live_html(Exchange(1, "?", replace(meta_answer(), stage=Stage.WRITING, writing="And then")))
    quote, said = re.findall(r"<p(?: class=\"quote\")?>(?:(?!<p).)*?words.*?</p>", drawn)
    assert 'class="quote"' in quote and Reader(quote).text.endswith("[1] 2 July 2022, The Ledger")
    assert Reader(said).text.startswith("It plans") and Reader(said).text.endswith("And then")


def test_plain_text_has_its_sources_as_footnotes() -> None:
    assert plain(meta_answer()).split("\n\n") == [
        "Meta says its position is unchanged. [1]",
        "It plans open and closed models, for $10 to $65 billion. [1] [2] "
        "Behemoth has been delayed twice. [2] Everyone was pleased. (not confirmed by the sources)",
        "[1] Meta keeps its models open, with more caution, The Ledger, 2 July 2022, https://ledger.example/meta\n"
        "[2] Behemoth delayed again, Circuit Daily, date unknown, https://circuit.example/behemoth?x=1&y=2",
        "As of 3 July 2022 · newest source 2 July 2022 · 2 articles, 2 outlets",
    ]
    assert "As of" not in plain(replace(meta_answer(), stage=Stage.WRITING))
    assert "Nearest in the library:\n- Meta keeps" in plain(refusal("?"))


def test_only_a_done_answer_can_be_copied_or_asked_again() -> None:
    unfinished = Answer("?", "?", NOW)
    assert "data-retry" not in live_html(Exchange(1, "?", unfinished))
    assert "data-retry" in live_html(Exchange(1, "?", meta_answer()))
    assert "data-retry" not in past_html([Exchange(1, "?", meta_answer())])


def test_the_welcome_says_what_is_held_as_far_as_it_is_known() -> None:
    assert "1 article from 1 outlet, newest 3 July 2022." in welcome_html(Welcome(1, 1, date(2022, 7, 3)))
    unknown = welcome_html(Welcome(3593, 0))
    assert "3,593 articles." in unknown and "newest" not in unknown and "The latest" not in unknown
    asked = welcome_html(Welcome(2, 1, None, ("What’s new?", "Who won?")))
    assert asked.count("data-ask") == 2, "nothing is offered twice"


def test_an_empty_library_says_how_to_fill_it() -> None:
    assert "Add articles" in welcome_html(Welcome())
    assert "data-ask" not in welcome_html(Welcome())
    assert "library is empty" in library_html(ListPage((), 0, 0, 0), Listing())


def test_a_report_counts_and_gives_the_reason_of_each_rejection() -> None:
    rows = [
        document("a.txt", "added", "A"),
        document("b.txt", "unchanged", "B"),
        document("c.txt", "rejected", "", "the file is empty"),
    ]
    text = Reader(receipt_html(reported(rows))).text
    assert "1 added · 1 unchanged · 1 rejected" in text
    assert "c.txt: the file is empty" in text and "A · added" in text
    assert "nothing new" in receipt_html(reported([]))
