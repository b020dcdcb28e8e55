"""The list of conversations, the thumbs, and a conversation as Markdown."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from markdown_it import MarkdownIt
from ui_desk import HOSTILE_TEXT, META, answered, hit, hostile_answer, meta_answer, refusal

from assistant.types import Exchange, Sentence, Support, Thumb
from assistant.ui.answer_view import exchange_html, past_html
from assistant.ui.conversation_markdown import markdown
from assistant.ui.openai_api import completion
from assistant.ui.render_talks import file_html, reason_html, talks_html
from assistant.ui.transcript_file import ExportedFile
from vectorstore.storage.conversations import ConversationEntry

AT_SEA = timezone(-timedelta(hours=8))
NOON = datetime(2022, 7, 3, 12, tzinfo=AT_SEA)


def entry(id: str, at: datetime, title: str = "Who?") -> ConversationEntry:
    return ConversationEntry(id, title, at, at)


def test_days_are_those_of_the_reader() -> None:
    late_yesterday = datetime(2022, 7, 3, 7, 30, tzinfo=UTC)
    entries = [
        entry("a", NOON),
        entry("b", late_yesterday),
        entry("c", late_yesterday - timedelta(days=1)),
        entry("d", late_yesterday - timedelta(days=40)),
    ]
    html = talks_html(entries, "b", NOON)
    assert re.findall(r"<h2>(.*?)</h2>|\">([\w: ]+)</time>", html) == [
        *[("Today", ""), ("", "12:00"), ("Yesterday", ""), ("", "23:30")],
        *[("Earlier", ""), ("", "1 July 2022"), ("", "23 May 2022")],
    ]
    assert re.findall(r'conversation=(\w)" title="Who\?" aria-current', html) == ["b"]


def test_of_many_conversations_the_last_hundred_are_listed() -> None:
    many = [entry(str(number), NOON - timedelta(hours=number)) for number in range(1234)]
    html, few = talks_html(many, "3", NOON), talks_html(many[:100], "3", NOON)
    assert html.count('class="talk"') == few.count('class="talk"') == 100
    assert "1,134 older: search for a word of theirs." in html and "older" not in few


def test_a_hostile_title_is_text() -> None:
    html = talks_html([entry('"><script>', NOON, HOSTILE_TEXT)], "", NOON, removed=HOSTILE_TEXT)
    assert "<script" not in html and "<img" not in html and "\u202e" not in html
    assert '" onmouseover' not in html and html.count("Undo") == 1


def test_an_empty_list_says_why() -> None:
    assert "Your conversations appear here" in talks_html([], "", NOON)
    assert "No conversation has these words" in talks_html([], "", NOON, searched="ferry")


def test_a_thumb_asks_for_its_reason() -> None:
    exchange = Exchange(1, "Q", meta_answer(), thumb=Thumb.DOWN, reason='<b>"no"</b>')
    html = exchange_html(exchange, {})
    assert 'class="thumb down" data-thumb="down" data-of="1" aria-pressed="true"' in html
    assert "What was wrong?" in html and "&lt;b&gt;&quot;no&quot;" in html
    assert reason_html(replace(exchange, thumb=None)) == ""


def test_a_card_whose_article_is_gone_says_so() -> None:
    html = exchange_html(Exchange(1, "Q", meta_answer(), removed=frozenset({2})), {})
    first, second = html.split('id="source-1-2"')
    assert "removed from the library since" in second and "removed from" not in first


def test_markdown_has_the_exact_words_as_footnotes() -> None:
    text = markdown("Meta", (Exchange(1, "Is Meta open?", meta_answer()), Exchange(2, "Who won?", refusal("Who won?"))))
    assert text.startswith("# Meta\n\n## Is Meta open?\n\n> Meta says its position is unchanged.[^1-1]\n\nIt plans")
    assert "for \\$10 to \\$65 billion.[^1-1][^1-2]" in text
    assert "Everyone was pleased. *(not confirmed by the sources)*" in text
    assert (
        "[^1-1]: Meta keeps its models open, with more caution, The Ledger, 2 July 2022, <https://ledger.example/meta>"
        ": “Meta says its position is unchanged” … “a mix of open”\n" in text
    )
    assert "## Who won?" in text and "Nearest in the library:\n\n- Meta keeps" in text
    assert "*As of 3 July 2022 · newest source" in text and "[^2-" not in text


def test_markdown_tells_what_was_stopped_what_failed_and_what_is_gone() -> None:
    stopped = Exchange(1, "Q", meta_answer(), stopped=True, removed=frozenset({1}))
    text = markdown("T", (stopped, Exchange(2, "- Q2", problem="Cannot be *reached*.")))
    assert "\n\n(stopped)\n" in text
    assert "(no longer in the library): “Meta" in text
    assert "## \\- Q2\n\n**Cannot be \\*reached\\*.**" in text


def test_hostile_words_are_no_markdown() -> None:
    text = markdown(HOSTILE_TEXT, (Exchange(1, "1. x\n# y", hostile_answer()),))
    unescaped = re.sub(r"\\.", "", text)
    assert "<" not in unescaped and "![" not in unescaped and "](" not in unescaped and "`" not in unescaped
    assert text.count("\n# ") == 0 and "## 1\\. x \\# y\n" in text


def test_an_address_in_the_words_cited_becomes_no_link() -> None:
    answer = meta_answer()
    cited = replace(answer.citations[0], quote="Pay at <form action=https://form.example/pay> or www.evil.example now.")
    text = markdown("T", (Exchange(1, "Q", replace(answer, citations=(cited, *answer.citations[1:]))),))
    assert "“Pay at \\<form action=… or … now.”" in text
    assert "evil.example" not in text and "form.example" not in text


def test_a_file_is_held_by_its_link() -> None:
    html = file_html(ExportedFile('"x.md', "text/plain;charset=utf-8", "a <c> ü".encode()))
    assert html == '<a download="&quot;x.md" href="data:text/plain;charset=utf-8;base64,YSA8Yz4gw7w="></a>'


@pytest.mark.parametrize("shown", ["evil.com", "0900 555 777", "10.0.0.1", "Northline dot travel", "pelham-fund.win"])
def test_a_quotation_with_an_address_is_text_everywhere_and_no_link(shown: str) -> None:
    said = f"Tickets are sold at {shown}, the town said."
    source = hit(replace(META, text=said, url=""))
    answer = answered("Where?", [source], [(Sentence(said, (1,), Support.QUOTED), said)])
    exchange = Exchange(1, "Where?", answer)
    page = past_html([exchange])
    assert shown in page and 'href="http' not in page and "tel:" not in page
    html = MarkdownIt("gfm-like", {"linkify": False}).render(markdown("T", (exchange,)))
    assert html.count(shown) == 2 and "<a" not in html, "in the sentence, and in its footnote"
    message = completion(answer, "id", 0)["choices"][0]["message"]
    assert said in message["content"] and not [a for a in message["annotations"] if a["url_citation"]["url"]]


def test_no_program_that_reads_markdown_finds_a_host_in_it() -> None:
    text = markdown("T", (Exchange(1, "Is it at evil.com or on 163.com, for 3.4 million in the U.S.?"),))
    assert "evil\\.com or on 163\\.com, for 3.4 million in the U.S.?" in text
