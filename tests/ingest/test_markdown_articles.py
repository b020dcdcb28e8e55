from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ingest.documents import Document, Format
from ingest.pages.extract import extract
from vectorstore.errors import RejectedDocument
from vectorstore.models import Article

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def markdown(content: str) -> Article:
    return extract(Document("a.md", "/news/a.md", Format.MARKDOWN, content.encode()), NOW)


def test_front_matter_gives_the_fields() -> None:
    article = markdown(
        "---\r\ntitle: 1984\r\nsource: The Bugle\r\nauthors: [Jane Doe, John Roe]\r\ndate: 2024-03-05\r\n"
        "updated_at: 2024-03-06T10:00:00Z\r\nurl: https://bugle.example/a\r\n---\r\n\r\nThe council voted.\r\n"
    )
    assert (article.title, article.outlet, article.authors) == ("1984", "The Bugle", ("Jane Doe", "John Roe"))
    assert article.published_at == datetime(2024, 3, 5, tzinfo=UTC)
    assert article.updated_at == datetime(2024, 3, 6, 10, tzinfo=UTC)
    assert (article.url, article.text) == ("https://bugle.example/a", "The council voted.")
    assert article.id.startswith("u_")


def test_the_heading_that_opens_it_becomes_the_headline_and_leaves_the_text() -> None:
    article = markdown("# Harbour *plan* passes\n\nThe council voted.\n\n## Reaction\n\nThey left.")
    assert article.title == "Harbour plan passes"
    assert article.text == "The council voted.\n\nReaction\n\nThey left."


def test_a_heading_that_repeats_the_title_leaves_the_text() -> None:
    assert markdown("---\ntitle: Plan\n---\n# Plan\n\nThey voted.").text == "They voted."


def test_a_heading_that_says_something_else_than_the_title_stays() -> None:
    article = markdown("---\ntitle: Plan\n---\n# Background\n\nThey voted.")
    assert (article.title, article.text) == ("Plan", "Background\n\nThey voted.")


def test_a_heading_in_the_middle_is_no_headline() -> None:
    assert markdown("They voted on Monday.\n\n## Reaction\n\nThey left.").title == "They voted on Monday."


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("It was **very** *close*, `really`.", "It was very close, really."),
        ("See [the plan](https://a.example/x) now.", "See the plan now."),
        ("See <https://a.example/x> now.", "See https://a.example/x now."),
        ("Before ![a leak](https://evil.example/?q=1) after.", "Before after."),
        ("One\ntwo  \nthree", "One two\nthree"),
        ("- one\n- two\n\n1. three", "one\n\ntwo\n\nthree"),
        ("> quoted *words*", "quoted words"),
        ("| a | b |\n|---|---|\n| 1 | **2** |", "a | b\n\n1 | 2"),
        ("```\ncode\n```", "code"),
        (
            "a\n\n<!-- hidden -->\n\n<div>kept <b>text</b></div>\n\n<script>alert(1)</script>\n\nb",
            "a\n\nkept text\n\nb",
        ),
        ("Inline <b>bold</b> and <img src=x> &amp; \\*stars\\*", "Inline bold and & *stars*"),
        ("Rule\n\n---\n\nafter", "Rule\n\nafter"),
    ],
    ids=["marks", "link", "bare link", "image", "breaks", "lists", "quote", "table", "code", "html", "inline", "rule"],
)
def test_marks_go_and_words_stay(source: str, text: str) -> None:
    assert markdown(source).text == text


def test_a_line_of_dashes_at_the_top_is_not_front_matter() -> None:
    assert markdown("---\njust words\n---\n\nThey voted.").text.endswith("They voted.")


def test_empty_values_are_not_given() -> None:
    article = markdown("---\ntitle: null\nurl: ~\nauthors:\n---\nThey voted.")
    assert (article.title, article.url, article.authors) == ("They voted.", "", ())


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("---\ntitle: Plan: it passes\n---\nThey voted.", "line 2"),
        ("---\ntitle: !!python/object/apply:os.system [ls]\n---\nx", '"title"'),
        ("---\ntitle: {a: b}\n---\nThey voted.", '"title"'),
        ("---\ntitle: Plan\n---\n", "no text"),
        ("![only a picture](a.png)", "no text"),
        ("---\na: " + "[" * 5000 + "\n---\nx", "front matter"),
    ],
    ids=["colon", "python object", "wrong type", "no body", "only a picture", "deep"],
)
def test_what_cannot_be_read_is_rejected_with_the_reason(content: str, reason: str) -> None:
    with pytest.raises(RejectedDocument, match=reason):
        markdown(content)


def test_a_page_from_the_web_cannot_pass_itself_off_as_another_article() -> None:
    content = b"---\nid: n1\nurl: https://cnn.example/a\n---\nThey voted."
    article = extract(Document("a", "a", Format.MARKDOWN, content, url="https://evil.example/a.md"), NOW)
    assert article.url == "https://evil.example/a.md" and article.id.startswith("u_")


def test_aliases_that_multiply_do_no_harm() -> None:
    layers = "\n".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 12))
    assert markdown(f"---\nl0: &l0 x\n{layers}\ntitle: Plan\n---\nThey voted.").title == "Plan"
