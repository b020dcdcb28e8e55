"""A folder of a mailbox is followed like a feed: a mail server of our own, TLS and all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from following import Newsroom, told
from mail_server import MailServer, mail_server, make_certificate

from app import main
from assistant.settings import read_settings
from ingest.documents import LARGEST_DOCUMENT
from ingest.feeds.following import find_feed
from ingest.feeds.mailbox import Mailbox, is_mailbox, mailbox_of, passwords_of
from ingest.feeds.parsing import read_opml
from ingest.intake import Intake
from ingest.web.politeness import Web
from vectorstore.errors import AddressRefused, FetchFailed, SettingsError

STORY = "The bakers of Ostrup bake at night again, since the council gave up its rule on chimneys last Thursday. "


def letter(number: int, text: str = STORY * 4) -> bytes:
    mail = EmailMessage()
    mail["From"] = "Ostrup Weekly <desk@ostrup.example>"
    mail["Subject"] = f"Bread, part {number}"
    mail["Date"] = f"Mon, 0{number % 9 + 1} Jan 2024 07:00:00 +0100"
    mail["Message-ID"] = f"<{number}@ostrup.example>"
    mail.set_content(f"{text}This was part {number}.")
    return mail.as_bytes()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("tls") / "mail.pem")


@pytest.fixture
def server(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with mail_server(certificate) as server:
        server.folders["News letters"] = {n: letter(n) for n in (3, 4, 9)}
        yield server


@pytest.fixture
def url(server: MailServer) -> str:
    return f"imaps://ann%40ostrup.example@127.0.0.1:{server.port}/News%20letters"


ACCOUNT = "ann@ostrup.example@127.0.0.1"


class MailRoom(Newsroom):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.passwords = {ACCOUNT: "open sesame"}

    def web(self) -> Web:
        return Web(passwords=passwords_of(self.passwords), now=self.clock, sleep=self.clock.sleep)


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[MailRoom]:
    newsroom = MailRoom(tmp_path / "library")
    yield newsroom
    newsroom.library.close()


class TestFollowing:
    def test_each_mail_is_an_article_and_only_new_ones_are_asked_for_again(
        self, server: MailServer, url: str, newsroom: MailRoom
    ) -> None:
        newsroom.follow(find_feed(url, newsroom.web()).url)
        assert told(newsroom.refresh()) == [("read", {"added": 3})]
        assert newsroom.marks() == {f"Bread, part {n}": "1" for n in (3, 4, 9)}
        [feed] = newsroom.library.subscriptions.all()
        assert feed.title == "News letters (ann@ostrup.example@127.0.0.1)"
        assert newsroom.library.entries()[0].outlet == "Ostrup Weekly"
        server.said.clear()
        assert told(newsroom.refresh()) == [("unchanged", {})]
        assert not [said for said in server.said if "FETCH" in said]
        server.folders["News letters"][12] = letter(12)
        assert told(newsroom.refresh()) == [("read", {"added": 1})]
        assert told(newsroom.refresh(everything=True)) == [("read", {"unchanged": 4})]

    def test_nothing_is_changed_on_the_server(self, server: MailServer, url: str, newsroom: MailRoom) -> None:
        newsroom.follow(url)
        newsroom.refresh()
        assert server.flags == {} and len(server.folders["News letters"]) == 3
        verbs = {said.split()[0] if not said.startswith("UID") else " ".join(said.split()[:2]) for said in server.said}
        assert verbs <= {"CAPABILITY", "LOGIN", "EXAMINE", "UID SEARCH", "UID FETCH", "LOGOUT"}
        assert all("BODY.PEEK[]" in said for said in server.said if "FETCH" in said)

    def test_a_folder_that_is_numbered_anew_is_read_anew(
        self, server: MailServer, url: str, newsroom: MailRoom
    ) -> None:
        newsroom.follow(url)
        newsroom.refresh()
        server.numbering, server.folders["News letters"] = 8, {1: letter(3), 2: letter(5)}
        assert told(newsroom.refresh()) == [("read", {"added": 1, "unchanged": 1})]

    def test_without_tls_from_the_start_it_is_begun_before_anything_is_said(
        self, server: MailServer, newsroom: MailRoom
    ) -> None:
        server.folders["INBOX"] = {1: letter(1)}
        newsroom.follow(f"imap://ann%40ostrup.example@127.0.0.1:{server.plain_port}")
        assert told(newsroom.refresh()) == [("read", {"added": 1})]
        assert server.said.index("STARTTLS") < server.said.index("LOGIN ...")

    def test_a_mail_that_is_no_letter_costs_no_other(self, server: MailServer, url: str, newsroom: MailRoom) -> None:
        folder = server.folders["News letters"]
        folder |= {5: b"\x00\xff junk", 6: b"Subject: big\r\n\r\n" + b"x" * (LARGEST_DOCUMENT + 9), 7: b""}
        newsroom.follow(url)
        done = newsroom.refresh()
        assert told(done) == [("read", {"added": 3, "rejected": 3})]
        reasons = {row.source: row.reason for row in done.report.rejected}
        assert "larger than 10 MB" in reasons[f"News letters, mail 6, of {ACCOUNT}"]

    def test_mails_that_no_server_has_given_an_id_are_articles_of_their_own(
        self, server: MailServer, url: str, newsroom: MailRoom
    ) -> None:
        nameless = [letter(n).replace(b"Message-ID", b"X-Other-ID") for n in (1, 2)]
        server.folders["News letters"] = dict(enumerate([*nameless, nameless[0]], start=1))
        newsroom.follow(url)
        assert told(newsroom.refresh()) == [("read", {"added": 2, "unchanged": 1})]

    def test_of_a_large_folder_the_newest_mails_are_read(
        self, server: MailServer, url: str, newsroom: MailRoom
    ) -> None:
        server.folders["News letters"] = dict.fromkeys(range(1, 1021), b"x") | {1021: letter(1)}
        newsroom.follow(url)
        done = newsroom.refresh()
        assert told(done) == [("read", {"added": 1, "rejected": 999})]
        assert "21 older mails are left" in done.feeds[0].reason


class TestWhatFails:
    def test_a_wrong_password_is_told_and_not_repeated(self, server: MailServer, url: str, newsroom: MailRoom) -> None:
        newsroom.passwords = {ACCOUNT: "open barley"}
        with pytest.raises(AddressRefused, match="was not let in; check the password") as refused:
            find_feed(url, newsroom.web())
        assert "barley" not in str(refused.value)
        newsroom.follow(url)
        assert newsroom.refresh().feeds[0].state == "failed"
        assert "barley" not in newsroom.library.subscriptions.all()[0].last_result

    def test_a_password_is_given_to_no_other_account(self, server: MailServer, newsroom: MailRoom) -> None:
        newsroom.passwords = {"ann@imap.ostrup.example": "open sesame"}
        with pytest.raises(AddressRefused, match="no password of ann@127.0.0.1 is known"):
            find_feed(f"imaps://ann@127.0.0.1:{server.port}/INBOX", newsroom.web())
        assert server.said == []

    def test_a_folder_that_is_not_there_is_told(self, server: MailServer, url: str, newsroom: MailRoom) -> None:
        with pytest.raises(FetchFailed, match="refused Bills"):
            find_feed(url.replace("News%20letters", "Bills"), newsroom.web())

    def test_a_server_that_nobody_vouches_for_is_told_nothing(
        self, server: MailServer, url: str, newsroom: MailRoom, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("SSL_CERT_FILE")
        for address in (url, url.replace("imaps", "imap").replace(str(server.port), str(server.plain_port))):
            with pytest.raises(FetchFailed, match="cannot be reached with TLS"):
                find_feed(address, newsroom.web())
        assert "LOGIN ..." not in server.said

    def test_a_port_that_nobody_listens_on_is_told(self, newsroom: MailRoom) -> None:
        with pytest.raises(FetchFailed, match="cannot be reached"):
            find_feed("imaps://ann%40ostrup.example@127.0.0.1:9/INBOX", newsroom.web())


class TestAddresses:
    @pytest.mark.parametrize(
        ("url", "mailbox"),
        [
            ("imaps://ann@mail.example/News", Mailbox("ann", "mail.example", 993, "News", True)),
            ("IMAP://ann@mail.example", Mailbox("ann", "mail.example", 143, "INBOX", False)),
            ("imaps://a%40b.example@mail.example:7/A/B%20c/", Mailbox("a@b.example", "mail.example", 7, "A/B c", True)),
            ("imaps://a@b.example@mail.example/x", Mailbox("a@b.example", "mail.example", 993, "x", True)),
        ],
    )
    def test_an_address_names_an_account_and_a_folder(self, url: str, mailbox: Mailbox) -> None:
        assert is_mailbox(url) and mailbox_of(url) == mailbox

    @pytest.mark.parametrize(
        "url", ["imaps://mail.example/News", "imaps://", "imap://ann@", "imap://a@b:x/", "imap://a@["]
    )
    def test_other_addresses_are_refused(self, url: str) -> None:
        with pytest.raises(AddressRefused, match="imaps://you@"):
            mailbox_of(url)

    def test_an_address_with_a_password_is_refused_and_the_password_not_repeated(self) -> None:
        with pytest.raises(AddressRefused, match="DATELINE_IMAP_PASSWORDS") as refused:
            mailbox_of("imaps://ann:sesame@mail.example/News")
        assert "sesame" not in str(refused.value)

    def test_mailboxes_are_not_exported_for_other_readers(self, newsroom: MailRoom) -> None:
        newsroom.follow("imaps://ann@mail.example/News", "https://ostrup.example/feed")
        opml = Intake(newsroom.library, newsroom.web).export_opml()
        assert [each.url for each in read_opml(opml)] == ["https://ostrup.example/feed"]


class TestTheCommand:
    def test_a_mailbox_is_added_with_the_password_of_the_environment(
        self, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("DATELINE_IMAP_PASSWORDS", json.dumps({ACCOUNT: "open sesame"}))
        with pytest.raises(SystemExit) as ended:
            main(["feeds", "add", url, "--library", str(tmp_path / "library"), "--json"])
        assert not ended.value.code
        assert json.loads(capsys.readouterr().out) == {"url": url, "title": f"News letters ({ACCOUNT})"}
        held = b"".join(file.read_bytes() for file in (tmp_path / "library").rglob("*") if file.is_file())
        assert b"News letters" in held and b"sesame" not in held

    @pytest.mark.parametrize("given", ["open sesame", '["open sesame"]', '{"ann@mail.example": 5, "b": "open sesame"}'])
    def test_passwords_that_are_no_table_of_accounts_stop_the_start(
        self, monkeypatch: pytest.MonkeyPatch, given: str
    ) -> None:
        monkeypatch.setenv("DATELINE_IMAP_PASSWORDS", given)
        with pytest.raises(SettingsError, match="DATELINE_IMAP_PASSWORDS cannot be used") as refused:
            read_settings({})
        assert "sesame" not in str(refused.value)
