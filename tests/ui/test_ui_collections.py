"""A reader who is kept to a collection: on no way over HTTP is anything told of another article. The real library, page
and routes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import NamedTuple

import httpx
import pytest
from playwright.sync_api import Browser, expect
from ui_desk import eventually, free_port

from app import Dateline, PageDesk, open_dateline
from assistant.ui.accounts import Accounts
from assistant.ui.accounts.gate import guarded
from assistant.ui.accounts.roles import EVENTS
from assistant.ui.articles_api import article_routes
from assistant.ui.library_tab import library_routes
from assistant.ui.openai_api import routes
from assistant.ui.page import Page, build_page
from assistant.ui.sent_pages import sent_page_routes
from assistant.ui.server import serve
from vectorstore.accounts import Account, Role, acting_for

SECRET = "Quillhaven"
QUESTION = f"What did the mayor of {SECRET} resign over?"
PASSWORD = "four grey ferries left"
SEEN = (
    "The ferry Aurora struck the pier in Denby on Monday. Two sailors were hurt when the gangway fell. The captain was "
    "tested for alcohol, the harbour police said."
)
HIDDEN = (
    f"The mayor of {SECRET} resigned on Tuesday over a loan that a builder had given him. {SECRET}'s council elects "
    f"another one in May. The {SECRET} Gazette had asked for the papers for a year."
)


class Served(NamedTuple):
    news: Dateline
    desk: PageDesk
    page: Page
    url: str
    hidden: str

    def client(self, token: str) -> httpx.Client:
        return httpx.Client(base_url=self.url, headers={"authorization": f"Bearer {token}"}, timeout=60)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with ExitStack() as until:
        news = until.enter_context(open_dateline(library=tmp_path_factory.mktemp("library"), model="quote"))
        plain = PageDesk(news, 5)
        until.callback(plain.close)
        rows = plain.take_articles(
            [
                {"text": SEEN, "title": "Ferry strikes the pier", "outlet": "Ledger", "published_at": "2026-11-02"},
                {"text": HIDDEN, "title": f"Mayor of {SECRET} resigns", "outlet": f"{SECRET} Gazette"},
            ],
            lambda: False,
        ).rows
        seen, hidden = (row.article_id for row in rows)
        news.library.pending.wait()
        news.library.collections.put("Harbour", [seen])
        people = news.library.people
        for name in ("kept", "free"):
            people.choose_password(people.add(name, Role.READER), PASSWORD)
        people.keep_to("kept", ["Harbour"])
        desk = guarded(plain, people)
        page = build_page(desk, people)
        beside = [*article_routes(desk, ""), *sent_page_routes(desk), *routes(desk), *library_routes(desk)]
        server = serve(page, "127.0.0.1", free_port(), 5, beside, accounts=Accounts(people))
        until.callback(server.close)
        yield Served(news, plain, page, server.url.rstrip("/"), hidden)


@pytest.fixture(scope="module")
def kept(served: Served) -> Iterator[httpx.Client]:
    with served.client(served.news.library.people.make_token("kept", None, timedelta(days=1))) as client:
        yield client


@pytest.fixture(scope="module")
def free(served: Served) -> Iterator[httpx.Client]:
    """That of one who may see everything: what is not told to it would prove nothing."""
    with served.client(served.news.library.people.make_token("free", None, timedelta(days=1))) as client:
        yield client


def told(text: str) -> bool:
    """Of the hidden article, beyond what was asked for."""
    return "resigned" in text or "Gazette" in text or "a builder" in text


def called(client: httpx.Client, name: str, *data: object) -> str:
    event = client.post(f"/gradio_api/call/{name}", json={"data": data}).json()["event_id"]
    return client.get(f"/gradio_api/call/{name}/{event}").text


def completed(client: httpx.Client) -> str:
    asked = {"model": "dateline", "messages": [{"role": "user", "content": QUESTION}]}
    return client.post("/v1/chat/completions", json=asked).text


def talked(client: httpx.Client) -> str:
    body = {"id": f"talk-{id(client)}", "key": "k", "number": 1, "question": QUESTION}
    client.post("/talk/ask", json=body).raise_for_status()
    eventually(lambda: not client.get("/talk", params={"id": body["id"]}).json()["busy"])
    return client.get("/talk", params={"id": body["id"]}).text


WAYS = {
    "search": lambda client, hidden: called(
        client, "search", QUESTION, "", "", None, "", 10, None, None, None, False, None
    ),
    "ask": lambda client, hidden: called(client, "ask", QUESTION, "", "", None, "", [], None, None, None, False, None),
    "chat": lambda client, hidden: called(client, "chat", QUESTION, []),
    "article": lambda client, hidden: called(client, "article", hidden, None),
    "completions": lambda client, hidden: completed(client),
    "talk": lambda client, hidden: talked(client),
    "export": lambda client, hidden: client.get("/library.jsonl").text,
}


@pytest.mark.parametrize("way", WAYS)
def test_a_program_is_told_of_its_collection_alone(
    served: Served, kept: httpx.Client, free: httpx.Client, way: str
) -> None:
    assert told(WAYS[way](free, served.hidden))
    assert not told(WAYS[way](kept, served.hidden))


def test_no_event_of_the_page_tells_of_another_article(served: Served, kept: httpx.Client, free: httpx.Client) -> None:
    events = [id for id, each in served.page.fns.items() if each.fn and EVENTS[each.fn.__qualname__] is Role.READER]
    shown = {name: _shown(served, client, events) for name, client in (("kept", kept), ("free", free))}
    assert len([text for text in shown["free"].values() if told(text)]) >= 5
    names = {id: each.fn.__qualname__ for id, each in served.page.fns.items() if each.fn}
    assert [names[id] for id, text in shown["kept"].items() if told(text)] == []


def _shown(served: Served, client: httpx.Client, events: list[int]) -> dict[int, str]:
    """What each event answers to values of all kinds, that name the hidden article where they name one."""
    shown: dict[int, str] = {}
    session = f"of-{id(client)}"
    for event in events:
        inputs = served.page.fns[event].inputs
        about = {
            "article": served.hidden,
            "version": 1,
            "article_id": served.hidden,
            "start": 0,
            "end": 9,
            "by": "date",
        }
        for given in (None, "", served.hidden, SECRET):
            data = [given for _ in inputs]
            sent = {"data": data, "fn_index": event, "session_hash": session, "event_data": about}
            answer = client.post("/gradio_api/queue/join", json=sent)
            assert answer.status_code == 200, answer.text
            with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as stream:
                for line in stream.iter_lines():
                    message = json.loads(line[5:]) if line.startswith("data:") else {}
                    if message.get("msg") == "process_completed":
                        shown[event] = shown.get(event, "") + json.dumps(message["output"])
                        break
    return shown


def test_the_page_shows_a_reader_the_collection_and_an_editor_puts_articles_in(
    served: Served, browser: Browser
) -> None:
    context = browser.new_context()
    page = context.new_page()
    try:
        page.goto(served.url)
        page.get_by_label("Name").fill("kept")
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.locator("#composer textarea")).to_be_visible(timeout=60_000)
        expect(page.locator("body")).to_contain_text("1 article")
        page.get_by_role("tab", name="Library").click()
        row = page.get_by_role("button", name="Ferry strikes the pier")
        expect(row).to_be_visible()
        assert not told(page.content())
        row.click()
        page.get_by_text("Edit details").click()
        expect(page.locator("#article .tags li", has_text="Harbour")).to_be_visible()
        expect(page.get_by_label("Collection", exact=True)).to_be_hidden()
        page.get_by_role("tab", name="Stories").click()
        expect(page.locator("#new")).to_contain_text("Ferry strikes the pier")
        assert not told(page.content())
        served.news.library.people.set_role("kept", Role.EDITOR)
        page.reload()
        page.get_by_role("tab", name="Library").click()
        page.get_by_role("button", name=f"Mayor of {SECRET} resigns").click()
        page.get_by_text("Edit details").click()
        page.get_by_label("Collection", exact=True).fill("harbour")
        page.get_by_role("button", name="Add to collection").click()
        expect(page.locator("#article .tags li", has_text="Harbour")).to_be_visible()
        assert served.news.library.collections.all() == {"Harbour": 2}
        page.get_by_role("button", name="Take it out of Harbour").click()
        expect(page.locator("#article .tags li")).to_have_count(0)
        acts = [act.act for act in served.news.library.people.acts(2)]
        assert acts == ["taken out of a collection", "put into a collection"]
    finally:
        served.news.library.people.set_role("kept", Role.READER)
        context.close()


def test_what_is_taken_out_is_in_no_welcome_any_more(served: Served) -> None:
    news, [account] = served.news, [Account("", "", Role.READER, frozenset({"Shown"}))]
    news.library.collections.put("Shown", [served.hidden])
    with acting_for(account):
        eventually(lambda: told(str(served.desk.welcome())))
    news.library.collections.take("Shown", [served.hidden])
    for _ in range(3):
        with acting_for(account):
            assert not told(str(served.desk.welcome())) and not told(str(served.desk.front_page()))


def test_to_name_the_hidden_article_its_outlet_or_its_collection_is_no_way_around(
    served: Served, kept: httpx.Client
) -> None:
    served.news.library.collections.put("Town hall", [served.hidden])
    tried = [
        called(kept, "search", QUESTION, "", "", None, "", 10, None, [served.hidden], None, False, None),
        called(kept, "search", QUESTION, "", "", None, "", 10, None, None, None, False, ["Town hall"]),
        called(kept, "search", QUESTION, "", "", [f"{SECRET} Gazette"], "", 10, None, None, None, False, None),
    ]
    assert [each for each in tried if "a builder" in each] == []
    served.news.library.collections.take("Town hall", [served.hidden])
