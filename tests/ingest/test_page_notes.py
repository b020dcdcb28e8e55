"""Corrections and notes of editors, boxes of facts, live reports, and other parts of a story in forms of their own."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from harbour import SCHEMA, STORY, URL, page, schema

from ingest import extract_article
from ingest.pages.corrections import Note, with_notes
from vectorstore.models import Article, Correction


def article(*after: str, above: str = "", head: str = "", story: list[str] = STORY) -> Article:
    content = page(head, f"<h1>Harbour plan passes</h1>{above}", story)
    return extract_article(content.replace(b"</article>", "".join(after).encode() + b"</article>"), URL)


NOTE = "An earlier version of this article said that the pier costs nine million; it is four million."


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (f'<aside class="correction"><p>{NOTE}</p></aside>', NOTE),
        (f'<div id="article-corrections"><h3>Correction</h3><p>{NOTE}</p></div>', f"Correction: {NOTE}"),
        (f"<footer><p>Clarification: {NOTE}</p></footer>", f"Clarification: {NOTE}"),
        (f"<p>{NOTE}</p>", NOTE),
        (f"<p><em>Correction: {NOTE}</em></p>", f"Correction: {NOTE}"),
        (f"<p>Note: {NOTE}</p>", f"Note: {NOTE}"),
        (f'<div class="c-correction"><b>Correction:</b> {NOTE}</div>', f"Correction: {NOTE}"),
        (f'<section class="corrections"><ul><li>{NOTE}</li></ul></section>', NOTE),
        (
            "<aside><p>Berichtigung: Der Steg kostet vier, nicht neun Millionen.</p></aside>",
            "Berichtigung: Der Steg kostet vier, nicht neun Millionen.",
        ),
        (
            '<div class="note"><p>Fe de errores: el muelle cuesta cuatro millones y no nueve.</p></div>',
            "Fe de errores: el muelle cuesta cuatro millones y no nueve.",
        ),
    ],
)
def test_a_correction_is_a_field_and_stays_in_the_text(markup: str, text: str) -> None:
    read = article(markup)
    assert read.corrections == (Correction(None, text),)
    assert read.text.split("\n") == [*STORY, text]


def test_a_note_above_the_story_stays_above_it() -> None:
    note = "Editor’s note: the figures of this story have been checked again."
    read = article(above=f'<div class="editors-note">{note}</div>')
    assert read.text.split("\n") == [note, *STORY] and read.corrections == (Correction(None, note),)


@pytest.mark.parametrize(
    ("markup", "day"),
    [
        ("<footer><p>This article was amended on 12 November 2024. The pier costs four million.</p></footer>", 12),
        ('<div class="correction"><time datetime="2024-11-13T09:00:00Z">Wednesday</time><p>' + NOTE + "</p></div>", 13),
        ("<p>Correction, 14 November 2024: the pier costs four million, not nine.</p>", 14),
    ],
)
def test_a_correction_has_its_own_day_and_the_story_has_not(markup: str, day: int) -> None:
    read = article(markup)
    [correction] = read.corrections
    assert correction.date is not None and correction.date.date() == datetime(2024, 11, day, tzinfo=UTC).date()
    assert read.published_at is None


def test_corrections_that_only_machines_are_told_are_taken_too() -> None:
    said = [{"@type": "CorrectionComment", "text": NOTE, "datePublished": "2024-11-15"}, "The mayor is Ms Marsh."]
    read = article(head=schema(SCHEMA, correction=said))
    day = datetime(2024, 11, 15, tzinfo=UTC)
    assert read.corrections == (Correction(day, NOTE), Correction(None, "The mayor is Ms Marsh."))
    assert read.text.split("\n") == [*STORY, NOTE, "The mayor is Ms Marsh."]
    assert article(f"<p>{NOTE}</p>", head=schema(SCHEMA, correction=said[:1])).corrections == (Correction(day, NOTE),)


@pytest.mark.parametrize(
    "told",
    [
        "The correction of the river's course took forty years, and two villages were moved for it.",
        "Corrections officers asked for higher pay on Friday, and the ministry agreed to talk with them.",
        "An editor's notes from the war were found under the floor of the old print works in the harbour.",
    ],
)
def test_a_sentence_about_corrections_is_none(told: str) -> None:
    read = article(f"<p>{told}</p>")
    assert read.corrections == () and read.text.split("\n")[-1] == told


def test_a_story_without_text_is_not_made_of_its_notes() -> None:
    assert with_notes("", [Note(None, NOTE)]) == ""


FACTS = "<h3>The pier in figures</h3><ul><li>Length: 212 metres</li><li>Opened in 1898, burned down in 1931</li></ul>"


@pytest.mark.parametrize(
    "box",
    [
        f"<aside>{FACTS}</aside>",
        f'<aside class="factbox">{FACTS}</aside>',
        f'<div class="info-box embed">{FACTS}</div>',
    ],
)
def test_a_box_of_facts_is_of_the_story(box: str) -> None:
    read = article(box)
    assert "The pier in figures" in read.text and "burned down in 1931" in read.text


@pytest.mark.parametrize(
    "box",
    [
        f'<aside class="pullquote"><p>{STORY[1]}</p></aside>',
        f"<aside><p>{STORY[1]}</p></aside>",
        '<aside class="related"><p>What else happened in the harbour this year, and who paid for it</p></aside>',
        '<aside><a href="/a">The pier that burned down in the storm</a> <a href="/b">The fish market moves</a></aside>',
        '<aside class="author-bio"><p>Jane Doe has written about the harbour since she moved to the coast.</p></aside>',
    ],
)
def test_other_boxes_are_not(box: str) -> None:
    assert article(box).text.split("\n") == STORY


def test_subheads_in_headers_stay_over_their_sections() -> None:
    sections = "".join(
        f"<section><header><h2>Part {n}</h2></header><div><p>{text}</p></div></section>" for n, text in enumerate(STORY)
    )
    read = article(story=[], above=sections)
    assert read.text.split("\n") == [line for n, text in enumerate(STORY) for line in (f"Part {n}", text)]


@pytest.mark.parametrize("label", ["Print", "Newsletter", "Advertising", "Topics", "Comments"])
def test_a_subhead_stays_whatever_it_says(label: str) -> None:
    told = "The town's oldest trade has lost half of its shops since the pier was closed, a survey says."
    assert article(f"<h2>{label}</h2><p>{told}</p>").text.split("\n") == [*STORY, label, told]


def test_lists_in_the_cells_of_a_table_stay() -> None:
    table = (
        "<table><tr><th>Day</th><th>Boats</th></tr><tr><td>Monday</td><td><ul><li>06:10</li><li>18:40</li></ul></td></tr>"
        '<tr><td>Sunday</td><td>From <a href="/l">Lund</a>:<ol><li>09:00</li></ol></td></tr>'
        "<tr><td>Friday</td><td><dl><dt>Lund</dt><dd>11:00</dd></dl></td></tr></table>"
    )
    text = article(table).text
    assert "| 06:10; 18:40 |" in text and "| From Lund: 09:00 |" in text and "| Lund 11:00 |" in text


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("at <time datetime='2024-03-05T10:15'>10:15</time> on <time>5 March</time>", "at 10:15 on 5 March"),
        ("and called <q>all <b>aboard</b></q> to the crowd", "and called “all aboard” to the crowd"),
    ],
)
def test_words_in_a_sentence_are_not_left_out(markup: str, words: str) -> None:
    sentence = "The first ferry of the year left the pier {} while the band of the town hall played."
    read = article(f"<p>{sentence.format(markup)}</p>")
    assert read.text.split("\n") == [*STORY, sentence.format(words)] and read.published_at is None


@pytest.mark.parametrize("tag", ["section", "center", "details", "article"])
def test_words_in_no_paragraph_are_not_left_out(tag: str) -> None:
    told = "The first ferry of the year left the pier while the band of the town hall played."
    assert article(f"<{tag}>{told}</{tag}>").text.split("\n") == [*STORY, told]


@pytest.mark.parametrize(
    "opening",
    [
        '<div><span class="first-letter">C</span><p>ouncillors {rest}</p></div>',
        '<p class="dropcap">C</p><p>ouncillors {rest}</p>',
        '<div class="cap"><b>C</b></div><p>ouncillors {rest}</p>',
        '<p><span class="drop-cap">C</span>ouncillors {rest}</p>',
        '<span class="drop-cap">C</span><p>OUNCILLORS {rest}</p>',
        '<p><span class="drop-cap">C</span> ouncillors {rest}</p>',
        '<div class="opening"><div><span>C</span></div></div><div><p>ouncillors {rest}</p></div>',
    ],
)
def test_a_first_letter_of_its_own_belongs_to_its_word(opening: str) -> None:
    rest = "met on Monday in the town hall, and talked about the pier until midnight without a break."
    text = article(story=STORY[1:], above=opening.format(rest=rest)).text
    assert text.casefold().split("\n")[0] == f"councillors {rest}".casefold()


def test_a_first_letter_keeps_its_quotation_mark() -> None:
    said = "ouncillors met, and that was all,” said the mayor of the town on Monday evening in the hall."
    text = article(story=STORY[1:], above=f'<div class="dropcap">“C</div><p>{said}</p>').text
    assert text.split("\n")[0] == f"“C{said}"


def test_a_letter_that_stands_for_itself_stays_alone() -> None:
    listed = "<p><b>A</b></p><p>Berths for the ferry will be built first, the council said on Monday evening.</p>"
    assert "ABerths" not in article(listed).text


class TestLiveReports:
    def test_the_updates_that_only_machines_are_told_are_the_story(self) -> None:
        updates = [
            {
                "@type": "BlogPosting",
                "headline": f"Update {n}",
                "datePublished": f"2024-03-05T1{n}:30:00Z",
                "articleBody": text,
            }
            for n, text in enumerate(STORY)
        ]
        node = {**SCHEMA, "@type": "LiveBlogPosting", "liveBlogUpdate": updates}
        read = article(head=schema(node), story=["Waiting for updates."])
        assert read.text.split("\n")[:2] == ["2024-03-05 10:30 Update 0", STORY[0]]
        assert [line for line in read.text.split("\n") if line in STORY] == STORY
        assert read.published_at == datetime(2024, 3, 6, 4, 30, tzinfo=UTC)

    @pytest.mark.parametrize(
        "update",
        [
            '<article><time datetime="2024-03-05T1{n}:30:00Z">1{n}:30</time><p>{text}</p></article>',
            '<div class="update"><header><time datetime="2024-03-05">1{n}:30</time></header><p>{text}</p></div>',
            '<div class="entry"><span class="timestamp">1{n}:30</span><p>{text}</p></div>',
            '<li><h3><time datetime="2024-03-05T1{n}:30">1{n}:30 GMT</time> Again</h3><p>{text}</p></li>',
            '<li><span><time datetime="2024-03-05T1{n}:30">1{n}.30h</time></span><h3>Again</h3><p>{text}</p></li>',
        ],
    )
    def test_the_time_of_an_update_stands_over_it(self, update: str) -> None:
        entries = "".join(update.format(n=n, text=text) for n, text in enumerate(STORY))
        content = (
            f"<html><head><title>Live</title></head><body><main><h1>Live</h1><div>{entries}</div></main></body></html>"
        )
        lines = extract_article(content.encode(), URL).text.split("\n")
        for n, text in enumerate(STORY):
            [at] = [at for at, line in enumerate(lines) if text in line]
            assert any(f"1{n}:30" in line or f"1{n}.30" in line for line in lines[max(0, at - 2) : at + 1])

    def test_the_time_of_an_ordinary_story_is_not_in_its_text(self) -> None:
        assert "10:30" not in article(above='<div><time datetime="2024-03-05T10:30">5 March, 10:30</time></div>').text
