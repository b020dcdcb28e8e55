"""Articles that a program or a browser sends as it has them: their text, or the page that they stand in."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from conftest import MemoryShelf

from ingest.intake import Intake, IntakeDesk
from ingest.web.politeness import Web
from vectorstore.errors import RejectedDocument
from vectorstore.models import Article
from vectorstore.reports import Report

TEXT = "The glass works of Ilmen will heat with wood again, its owner said on Monday, for gas has become too dear. " * 4
PAGE = f"<html lang=en><title>Wood for glass</title><article><h1>Wood for glass</h1><p>{TEXT}</p></article></html>"
URL = "https://ilmen.example/wood"


@pytest.fixture
def desk(shelf: MemoryShelf) -> IntakeDesk:
    return IntakeDesk(Intake(shelf, Web))  # type: ignore[arg-type]


def take(desk: IntakeDesk, *articles: Mapping[str, object]) -> Report:
    return desk.take_articles(articles, lambda: False)


def only(shelf: MemoryShelf) -> Article:
    [article] = shelf.articles
    return article


def test_a_page_is_read_and_completed_by_what_is_sent_with_it(desk: IntakeDesk, shelf: MemoryShelf) -> None:
    sent = {"html": PAGE, "url": URL, "outlet": "Ilmen Post", "published_at": "2026-11-02", "authors": ["Ada Rom"]}
    assert take(desk, sent).added == 1
    article = only(shelf)
    assert (article.title, article.outlet, article.authors) == ("Wood for glass", "Ilmen Post", ("Ada Rom",))
    assert article.url == URL and str(article.published_at).startswith("2026-11-02") and not article.summary_only
    assert take(desk, sent).unchanged == 1


def test_what_the_page_states_itself_counts(desk: IntakeDesk, shelf: MemoryShelf) -> None:
    stated = PAGE.replace("<article>", "<meta name=author content='Ben Ito'><article>")
    take(desk, {"html": stated, "url": URL, "title": "Another", "authors": "Ada Rom"})
    assert (only(shelf).title, only(shelf).authors) == ("Wood for glass", ("Ben Ito",))


def test_a_text_is_taken_with_its_fields(desk: IntakeDesk, shelf: MemoryShelf) -> None:
    assert take(desk, {"text": TEXT, "title": "Wood", "url": URL, "updated_at": "2026-11-03T10:00:00Z"}).added == 1
    assert (only(shelf).title, only(shelf).url) == ("Wood", URL)
    assert take(desk, {"text": TEXT + "It burns.", "title": "Wood", "url": URL}).updated == 1


def test_without_an_address_a_text_is_known_by_its_words(desk: IntakeDesk, shelf: MemoryShelf) -> None:
    assert [take(desk, {"text": TEXT, "title": "Wood"}).added, take(desk, {"text": TEXT}).added] == [1, 0]
    assert len(shelf.articles) == 1


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ({"html": "<p>Too short.", "url": URL}, "words of article text were found"),
        ({"text": " ", "url": URL}, "there is no text in it"),
        ({"html": "\x00\x01\x02" * 99, "url": URL}, "is "),
    ],
)
def test_what_is_no_article_is_rejected_with_its_reason(
    desk: IntakeDesk, shelf: MemoryShelf, sent: dict[str, object], reason: str
) -> None:
    report = take(desk, sent, {"text": TEXT})
    assert [row.outcome for row in report.rows] == ["rejected", "added"]
    assert report.rows[0].source == URL and reason in report.rows[0].reason


@pytest.mark.parametrize("url", ["javascript:go()", "file:///etc/passwd", "http://", "no address"])
def test_what_is_no_address_of_the_web_is_none(desk: IntakeDesk, shelf: MemoryShelf, url: str) -> None:
    take(desk, {"html": PAGE, "url": url})
    assert only(shelf).url == "" and only(shelf).title == "Wood for glass"


def test_a_page_cannot_pass_for_another_sites(desk: IntakeDesk, shelf: MemoryShelf) -> None:
    forged = PAGE.replace("<title>", "<link rel=canonical href='https://other.example/a'><title>")
    take(desk, {"html": forged, "url": URL})
    assert only(shelf).url == URL


def test_nothing_of_it_names_a_file_of_this_machine(desk: IntakeDesk, shelf: MemoryShelf) -> None:
    assert take(desk, {"text": "/etc/passwd"}).rows[0].outcome == "added"
    assert only(shelf).text == "/etc/passwd"


@pytest.mark.parametrize("address", ["imaps://ann@imap.ilmen.example/INBOX", " IMAP://ann@imap.ilmen.example"])
def test_a_mailbox_is_not_the_pages_to_name(desk: IntakeDesk, address: str) -> None:
    with pytest.raises(RejectedDocument, match="dateline feeds add"):
        desk.follow(address)
