"""The text of an article as it is drawn: every stretch with its offset, tables as tables, marks on the right words."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape

import pytest
from ui_desk import HOSTILE, META, ScriptedDesk

from assistant.ui.article_body import body_html, directed, placed, tables
from assistant.ui.library_view import Added, library_html
from assistant.ui.reader import details
from assistant.ui.reader_view import Labels, details_html, sheet_html
from assistant.ui.render import legible
from vectorstore.errors import AnnotationUnusable
from vectorstore.models import Article
from vectorstore.storage.annotations import Edit, Mark
from vectorstore.storage.listings import Listing

TABLE = "Before.\n| Party | Seats |\n|---|---|\n| Greens | 22 |\n| Liberals | 14 |\nAfter."
LOOSE = "Before | it.\n\nParty | Seats\n\nGreens | 22\n\nLiberals | 14\n\nAfter."
_RUN = re.compile(r'<span data-at="(\d+)">([^<]*)</span>')


def mark(article: Article, words: str, key: int = 1, version: int = 1, note: str = "") -> Mark:
    start = article.text.find(words)
    return Mark(key, article.id, version, start, start + len(words), words, note, datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    "text",
    [
        META.text,
        TABLE,
        LOOSE,
        "𝄞 & <b>\u200bhid\u202eden\x00 &amp; 👩‍👩‍👧",
        HOSTILE.text[:400].replace("\ud800", ""),
        "",
        "|\n|",
        "||\n||",
    ],
)
def test_every_stretch_says_where_it_stands(text: str) -> None:
    article = replace(META, text=text)
    html = body_html(article, [(1, 4), (3, 9)], [((2, 6), mark(article, text[2:6]))] if len(text) > 6 else ())
    runs = [(int(at), unescape(words)) for at, words in _RUN.findall(html)]
    assert all(legible(text[at : at + len(words)]) == words for at, words in runs)
    shown = "".join(words for _, words in runs)
    assert [c for c in shown if c.isalnum()] == [c for c in legible(text) if c.isalnum()]


@pytest.mark.parametrize("text", [TABLE, LOOSE], ids=["fenced", "loose"])
def test_lines_of_cells_are_a_table(text: str) -> None:
    [(start, end, rows)] = tables(text)
    cells = [
        [text[first:last].strip() for first, last in row] for row in rows if "---" not in text[row[0][0] : row[-1][1]]
    ]
    assert cells == [["Party", "Seats"], ["Greens", "22"], ["Liberals", "14"]]
    html = body_html(replace(META, text=text))
    assert html.count("<tr>") == 3 and html.count("<th ") == 2 and "---" not in html
    assert html.index("Before") < html.index("<table>") < html.index("After")
    assert "Before" in text[:start] and "After" in text[end:]


@pytest.mark.parametrize(
    "text",
    [
        "One line | with a pipe.\nAnother line without.",
        "A | B\nA | B | C",
        "| a |\n| b |",
        "x" * 200 + " | y\n" + "x" * 200 + " | z",
    ],
)
def test_other_lines_with_pipes_are_text(text: str) -> None:
    assert list(tables(text)) == [] and "<table>" not in body_html(replace(META, text=text))


def test_cited_words_and_own_marks_lie_over_each_other() -> None:
    own = mark(META, "position is unchanged. It", note="<i>why</i>")
    html = body_html(META, [(5, 25)], [((own.start, own.end), own)])
    assert html.count('<mark data-start="5" data-end="25">') == 2
    assert 'title="Marked by you: &lt;i&gt;why&lt;/i&gt;"' in html


def test_a_mark_of_another_version_is_shown_where_its_words_stand_once() -> None:
    later = replace(META, version=2, text=f"Corrected. {META.text}")
    twice = replace(META, version=2, text=f"{META.text} {META.text}")
    own = mark(META, "a mix of open")
    [((start, end), _)], elsewhere = placed(later, [own])
    assert later.text[start:end] == own.words and not elsewhere
    assert placed(twice, [own]) == ([], [own])
    assert placed(replace(META, text="Other words."), [own]) == ([], [own])
    assert "in version 1" in sheet_html(twice, (), [own])


@pytest.mark.parametrize(
    ("language", "attributes"),
    [("ar", 'lang="ar" dir="rtl"'), ("de", 'lang="de" dir="ltr"'), ("", 'dir="auto"'), ('x" onload="', 'dir="auto"')],
)
def test_an_article_has_its_own_language_and_direction(language: str, attributes: str) -> None:
    assert directed(replace(META, language=language)) == attributes


def test_the_quotation_names_outlet_day_and_address() -> None:
    html = sheet_html(META)
    assert 'data-quotation="“{words}” (The Ledger, 2 July 2022, https://ledger.example/meta)"' in html
    assert 'data-quotation="“{words}”"' in sheet_html(Article("a", "Text."))


def test_tags_and_details_of_strangers_are_text() -> None:
    names = Labels(['<script>"x"'], ['"><img>'])
    html = details_html(HOSTILE, names, names, Edit({"title": "<b>"}, {"title": HOSTILE.title}))
    assert "<script" not in html and "<img" not in html and "<b>" not in html
    listed = library_html(ScriptedDesk().listed(Listing()), Listing(), Added({"meta": ("<b>tag",)}, {"meta"}))
    assert "#&lt;b&gt;tag" in listed and ">marked<" in listed


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"published_at": "2026-13-40"}, "is not a day"),
        ({"published_at": "9999-01-01"}, "No article was published"),
        ({"published_at": "0900-01-01"}, "No article was published"),
        ({"url": "javascript:alert(1)"}, "is not a web address"),
        ({"url": "ftp://x"}, "is not a web address"),
        (["title"], "cannot be kept"),
    ],
)
def test_details_that_are_none_are_refused(given: object, said: str) -> None:
    with pytest.raises(AnnotationUnusable, match=said):
        details(given, META)


def test_a_day_keeps_the_time_that_is_known() -> None:
    noon = replace(META, published_at=datetime(2022, 7, 2, 12, tzinfo=UTC))
    assert details({"title": " A  b ", "published_at": "2022-07-02"}, noon) == {
        "title": "A b",
        "outlet": "",
        "url": "",
        "published_at": noon.published_at,
    }
    assert details({"published_at": ""}, noon)["published_at"] is None
