"""Newsletters as people keep them: laid out in tables, forwarded, in every charset."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as default_policy

import pytest

from ingest.formats.letters import read_letter
from ingest.identity import file_id
from vectorstore.errors import RejectedDocument

SENTENCES = [
    "The ferry company of Sandholm said on Friday that its oldest ship would be sold before the winter.",
    "Passengers to the outer islands will travel on a chartered boat until a new one is delivered in May.",
    "The union asked for the contracts to be published, and the minister promised an answer within a week.",
    "A petition against the sale was signed by more people than live on the three islands together.",
]
COUNCIL = "The council meets again on the second Thursday of the month, the mayor's office announced yesterday."


def letter(body: str, kind: str = "html", subject: str = "The Sandholm Letter", **headers: str) -> bytes:
    written = EmailMessage()
    given = {"From": "Sandholm Gazette <news@gazette.example>", "Date": "Sat, 14 Nov 2026 07:00:00 +0000"}
    for name, value in {**given, "Subject": subject, **headers}.items():
        written[name] = value
    written.set_content(body, subtype=kind)
    return written.as_bytes()


def read(body: str, kind: str = "html", **headers: str) -> dict[str, object]:
    return read_letter(letter(body, kind, **headers))


def lines(body: str, kind: str = "html") -> list[str]:
    return str(read(body, kind)["text"]).split("\n")


def cells(*texts: str) -> str:
    rows = "".join(f"<tr><td style='padding:8px'>{text}</td></tr>" for text in texts)
    return f"<html><body><table width=100%><tr><td align=center><table>{rows}</table></td></tr></table></body></html>"


class TestTables:
    def test_each_cell_of_a_layout_is_a_paragraph(self) -> None:
        assert lines(cells("<h1>Ship for sale</h1>", *SENTENCES)) == ["Ship for sale", *SENTENCES]

    def test_two_columns_are_read_one_after_the_other(self) -> None:
        columns = "".join(f"<td><p>{first}</p><p>{second}</p></td>" for first, second in [SENTENCES[:2], SENTENCES[2:]])
        assert lines(f"<table><tr>{columns}</tr></table>") == SENTENCES

    def test_a_row_of_figures_stays_one_line(self) -> None:
        figures = (
            "<table><tr><td>Copper</td><td>9,412</td><td>+1.2%</td></tr><tr><td>Tin</td><td>31,050</td></tr></table>"
        )
        assert lines(cells(*SENTENCES[:2], figures, *SENTENCES[2:]))[2:4] == ["Copper 9,412 +1.2%", "Tin 31,050"]

    def test_what_opens_and_ends_a_newsletter_is_left_out(self) -> None:
        head = (
            "<a href=v>View this email in your browser</a>",
            "<a href=a>News</a> | <a href=b>Sport</a> | <a href=c>Shop</a>",
        )
        foot = (
            "Sandholm Gazette, 4 Pier Street, Sandholm",
            "<a href=f>Facebook</a> <a href=i>Instagram</a>",
            "You get this because you asked for it. <a href=u>Unsubscribe</a> or <a href=p>manage preferences</a>",
            "© 2026",
        )
        assert lines(cells(*head, *SENTENCES, *foot)) == SENTENCES

    @pytest.mark.parametrize(
        "link", ["Abmelden", "Se désabonner", "Darse de baja", "Отписаться", "配信停止", "Avprenumerera här"]
    )
    def test_the_way_out_is_known_in_other_languages(self, link: str) -> None:
        assert lines(cells(*SENTENCES, f"<a href=u>{link}</a>")) == SENTENCES

    def test_news_about_newsletters_and_headlines_that_are_links_stay(self) -> None:
        news = [
            "Regulators said that one in five readers could not unsubscribe from the bank's letters at all last year.",
            "<a href=s>Harbour master resigns after storm</a>",
            "The company will view in browser statistics a reason to stop its app, its chief told the paper.",
        ]
        told = [news[0], "Harbour master resigns after storm", news[2], *SENTENCES]
        assert lines(cells(*news, *SENTENCES, "<a href=u>Unsubscribe</a>")) == told

    def test_words_of_two_links_stay_apart(self) -> None:
        told = f"<a href=a>Sandholm</a> <a href=b>Harbour</a> and <b>its</b> <i>ships</i>, {SENTENCES[0]}"
        assert lines(cells(told, *SENTENCES[1:]))[0] == f"Sandholm Harbour and its ships, {SENTENCES[0]}"

    def test_a_link_to_the_rest_of_a_story_leaves_the_end_of_its_sentence(self) -> None:
        told = [
            f"{SENTENCES[0]} <a href=m>Read more</a>",
            f"{SENTENCES[1][:-1]} by <a href=m>the sea</a>",
            *SENTENCES[2:],
        ]
        assert lines(cells(*told))[:2] == [SENTENCES[0], f"{SENTENCES[1][:-1]} by the sea"]

    def test_what_is_hidden_is_not_read(self) -> None:
        hidden = "<div style='display:none;max-height:0'>Preheader of this week with many words of no use</div>"
        assert lines(cells(hidden + SENTENCES[0], *SENTENCES[1:])) == SENTENCES

    def test_a_plain_letter_loses_its_line_ends_and_its_way_out(self) -> None:
        wrapped = "\n\n".join(each.replace(" would ", "\nwould ").replace(" will ", "\nwill ") for each in SENTENCES)
        assert lines(f"{wrapped}\n\nUnsubscribe: https://gazette.example/u/1\n", "plain") == SENTENCES


def gmail() -> str:
    above = (
        "---------- Forwarded message ---------<br>From: <b>Sandholm Gazette</b> <span>&lt;<a href='mailto:news@gazette"
        ".example'>news@gazette.example</a>&gt;</span><br>Date: Fri, 13 Nov 2026 at 18:05<br>Subject: Ship for sale<br>"
        "To: &lt;me@home.example&gt;<br>"
    )
    story = cells(*SENTENCES, "<a href=u>Unsubscribe</a>")
    return f"<div>Have you seen this?</div><div class=gmail_quote><div class=gmail_attr>{above}</div>{story}</div>"


OUTLOOK = (
    "Zur Kenntnis, Gruß\n\n-----Ursprüngliche Nachricht-----\nVon: Sandholm Gazette [mailto:news@gazette.example]\n"
    "Gesendet: Freitag, 13. November 2026 18:05\nAn: ich@home.example\nBetreff: Ship for sale\n\n"
)
APPLE = (
    'Begin forwarded message:\n\nFrom: "Sandholm Gazette" <news@gazette.example>\nSubject: Fwd: Ship for sale\n'
    "Date: 13 November 2026 at 18:05:11 GMT\nTo: me@home.example\n\n"
)
THUNDERBIRD = (
    "-------- Message transféré --------\nSujet : Ship for sale\nDate : Fri, 13 Nov 2026 18:05:11 +0000\n"
    "De : Sandholm Gazette <news@gazette.example>\nPour : me@home.example\n\n"
)


class TestForwards:
    @pytest.mark.parametrize(
        ("body", "kind"),
        [
            (gmail(), "html"),
            (OUTLOOK + "\n\n".join(SENTENCES), "plain"),
            (APPLE + "\n\n".join(SENTENCES), "plain"),
            (THUNDERBIRD + "\n\n".join(SENTENCES), "plain"),
            (re.sub("(?m)^", "> ", APPLE + "\n\n".join(SENTENCES)), "plain"),
        ],
        ids=["Gmail", "Outlook", "Apple", "Thunderbird", "quoted"],
    )
    def test_in_the_text_it_is_by_who_wrote_it(self, body: str, kind: str) -> None:
        found = read(body, kind, subject="WG: Ship for sale", From="A Colleague <a@work.example>")
        assert (found["title"], found["outlet"]) == ("Ship for sale", "Sandholm Gazette")
        assert str(found["text"]).split("\n") == SENTENCES

    def test_the_day_is_the_one_above_it_and_unknown_where_that_cannot_be_read(self) -> None:
        assert read(gmail())["published_at"] == datetime(2026, 11, 13, tzinfo=UTC)
        assert read(gmail().replace("Fri, 13 Nov 2026 at 18:05", "last week"))["published_at"] is None

    @pytest.mark.parametrize("date", ["Mittwoch, 11. November 2026 18:00", "mié, 11 nov 2026 a las 18:00"])
    def test_the_day_is_read_however_the_program_writes_it(self, date: str) -> None:
        found = read(gmail().replace("Fri, 13 Nov 2026 at 18:05", date))
        assert found["published_at"] == datetime(2026, 11, 11, tzinfo=UTC)

    def test_as_an_attachment_it_is_the_letter_that_is_attached(self) -> None:
        outer = EmailMessage()
        outer["From"], outer["Subject"] = "A Colleague <a@work.example>", "Fwd: look"
        outer["Date"] = "Mon, 16 Nov 2026 09:00:00 +0000"
        outer.set_content("see below")
        inner = EmailMessage()
        inner["From"], inner["Subject"] = "Sandholm Gazette <news@gazette.example>", "Ship for sale"
        inner["Date"] = "Fri, 13 Nov 2026 18:05:00 +0100"
        inner.set_content("\n\n".join(SENTENCES))
        outer.add_attachment(inner)
        found = read_letter(outer.as_bytes())
        assert (found["title"], found["outlet"]) == ("Ship for sale", "Sandholm Gazette")
        assert found["published_at"] == datetime(2026, 11, 13, 17, 5, tzinfo=UTC)
        assert str(found["text"]).split("\n") == SENTENCES

    def test_lines_with_colons_in_a_letter_are_no_forward(self) -> None:
        body = "<br>".join(["From: three to five", "Where: the old pier", "Bring: a coat", *SENTENCES])
        found = read(body)
        assert found["outlet"] == "Sandholm Gazette" and "the old pier" in str(found["text"])

    def test_a_long_answer_over_a_short_letter_is_by_who_answered(self) -> None:
        quoted = OUTLOOK.replace("Zur Kenntnis, Gruß", "\n\n".join(SENTENCES)) + COUNCIL + " " + COUNCIL
        assert read(quoted, "plain", From="A Colleague <a@work.example>")["outlet"] == "A Colleague"


class TestWhoseLetterItIs:
    """Whoever may write to a mailbox writes the Message-ID too: it makes no letter another one's next version."""

    KNOWN = "<7@gazette.example>"

    def known_as(self, **headers: str) -> object:
        return read("\n\n".join(SENTENCES), "plain", **{"Message-ID": self.KNOWN, **headers})["id"]

    def test_of_one_sender_it_is_the_same_letter(self) -> None:
        assert self.known_as() == self.known_as(From="The Gazette <News@Gazette.example>", Subject="Corrected")
        assert self.known_as() != self.known_as(**{"Message-ID": "<8@gazette.example>"})

    @pytest.mark.parametrize("sender", ["Sandholm Gazette <news@evil.example>", "news@gazette.example.evil.example"])
    def test_of_another_sender_it_is_another_letter(self, sender: str) -> None:
        assert self.known_as(From=sender) != self.known_as()

    @pytest.mark.parametrize("name", ["report.txt", "/srv/papers/report.txt", "https://gazette.example/feed.xml 17"])
    def test_it_is_no_file_and_no_entry_of_a_feed(self, name: str) -> None:
        assert self.known_as(**{"Message-ID": name}) != file_id(name)

    def test_one_that_somebody_attaches_is_not_the_one_that_its_sender_sent(self) -> None:
        forged = message_from_bytes(
            letter("\n\n".join(SENTENCES), "plain", **{"Message-ID": self.KNOWN}), policy=default_policy
        )
        outer = EmailMessage()
        outer["From"], outer["Subject"], outer["Message-ID"] = "x@evil.example", "Fwd: look", self.KNOWN
        outer.set_content("see below")
        outer.add_attachment(forged)
        found = read_letter(outer.as_bytes())
        assert found["outlet"] == "Sandholm Gazette" and found["id"] != self.known_as()


GERMAN = "Die Fähre fährt täglich über den Fluß und kehrt gegen fünf zurück, sagte die Reederei am Freitag. " * 3
KOI8 = "Паром продадут до зимы, сообщила компания. Жители островов просят опубликовать договоры с перевозчиком. " * 3


class TestCharsets:
    @pytest.mark.parametrize(
        ("text", "encoding", "declared"),
        [
            (GERMAN, "latin-1", "utf-8"),
            (GERMAN, "utf-8", "iso-8859-1"),
            (GERMAN, "utf-8", ""),
            (GERMAN, "cp1252", "unknown-8bit"),
            (KOI8, "koi8-r", "windows-1251"),
            (KOI8, "cp1251", ""),
        ],
    )
    def test_the_bytes_are_believed_before_the_header(self, text: str, encoding: str, declared: str) -> None:
        charset = f"; charset={declared}" if declared else ""
        head = f"From: Gazette <n@g.example>\nSubject: a\nContent-Type: text/plain{charset}\n\n"
        assert read_letter(head.encode() + text.encode(encoding))["text"] == text.strip()

    @pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
    def test_a_header_that_was_never_encoded_is_read(self, encoding: str) -> None:
        head = "From: Sønderborg Blad Øst <n@g.example>\nSubject: Færge til salg på Als\n\n"
        found = read_letter(head.encode(encoding) + SENTENCES[0].encode() * 3)
        assert (found["outlet"], found["title"]) == ("Sønderborg Blad Øst", "Færge til salg på Als")

    def test_a_letter_of_bytes_that_are_no_text_is_rejected(self) -> None:
        with pytest.raises(RejectedDocument, match="only 0 words"):
            read_letter(b"From: a <a@b.example>\nSubject: x\n\n" + bytes(range(256)) * 20)


@pytest.mark.parametrize(
    ("sender", "outlet"),
    [
        ("Morning Brief from The Paper <brief@mail.paper.example>", "Morning Brief from The Paper"),
        ("\"'Sandholm Gazette'\" <news@sandholm.example>", "Sandholm Gazette"),
        ("news@www.Sandholm.example", "sandholm.example"),
        ('"news@sandholm.example" <bounce@sender.example>', "sandholm.example"),
        ("<news@sandholm.example>", "sandholm.example"),
        ("\"O'Brien's Letter\" <o@brien.example>", "O'Brien's Letter"),
    ],
)
def test_a_sender_is_named_as_it_names_itself_and_an_address_by_its_host(sender: str, outlet: str) -> None:
    body = "<br>".join(SENTENCES)
    assert read(body, From=sender)["outlet"] == outlet
