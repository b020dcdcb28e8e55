"""An answer that one server writes is followed, stopped and taken over at another one, over the same PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from functools import cached_property
from itertools import count
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from postgres_server import PostgresServer
from sqlalchemy import Engine
from ui_desk import ScriptedDesk, eventually, free_port

from assistant.conversations.notebook import Notebook
from assistant.ui.library_tab import library_routes
from assistant.ui.page import build_page
from assistant.ui.server import serve
from vectorstore.storage import conversations
from vectorstore.storage.conversations import Conversations
from vectorstore.storage.postgres import open_postgres

SLOWLY = "Is Meta still open sourcing, slowly?"
FIRST = "position is unchanged"


class Node(ScriptedDesk):
    """The desk of one server of several."""

    engine: Engine
    url: str

    @cached_property
    def notebook(self) -> Notebook:
        return Notebook(Conversations(self.engine), self._version)


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    server = PostgresServer()
    yield server
    server.stop()


@pytest.fixture
def nodes(postgres: PostgresServer) -> Iterator[list[Node]]:
    with ExitStack() as until:
        url = until.enter_context(postgres.database())
        nodes = []
        for _ in range(2):
            node = Node()
            node.engine = open_postgres(url)
            until.callback(node.engine.dispose)
            server = serve(build_page(node), "127.0.0.1", free_port(), node.max_upload_mb, library_routes(node))
            until.callback(server.close)
            until.callback(node.closed.set)
            node.url = server.url
            nodes.append(node)
        yield nodes


KEYS = count()


def asked(node: Node, question: str, number: int = 1, **more: Any) -> dict[str, Any]:
    body = {"id": "talk", "key": str(next(KEYS)), "number": number, "question": question, **more}
    state: dict[str, Any] = httpx.post(f"{node.url}talk/ask", json=body, timeout=30).json()
    return state


def seen(node: Node, **known: str) -> dict[str, Any]:
    state: dict[str, Any] = httpx.get(f"{node.url}talk", params={"id": "talk", **known}, timeout=30).json()
    return state


def test_an_answer_grows_at_every_server_and_is_over_at_every_one(nodes: list[Node]) -> None:
    first, second = nodes
    assert asked(first, SLOWLY)["taken"]
    eventually(lambda: FIRST in str(seen(second)["live"]))
    state = seen(second)
    assert state["busy"] and not state.get("cut")
    assert asked(second, SLOWLY)["taken"], "sent again, by a page whose server did not answer"
    assert not asked(second, "And Behemoth?", number=2)["taken"]
    assert asked(second, "", again=True)["busy"]
    assert [question for question, _ in second.asked] == []
    first.closed.set()
    eventually(lambda: not seen(second, seen=str(seen(second)["tag"]))["busy"])
    assert seen(second)["live"] == seen(first)["live"]
    assert "As of" in seen(second)["live"]
    assert asked(second, "And Behemoth?", number=2)["taken"]
    eventually(lambda: seen(first)["count"] == 2 and not seen(first)["busy"])
    assert [question for question, _ in second.asked] == ["And Behemoth?"]


def test_stop_is_heard_by_the_server_that_writes(nodes: list[Node]) -> None:
    first, second = nodes
    asked(first, SLOWLY)
    eventually(lambda: FIRST in str(seen(second)["live"]))
    httpx.post(f"{second.url}talk/stop", json={"id": "talk"})
    eventually(lambda: not seen(first)["busy"])
    assert "(stopped)" in seen(first)["live"] and FIRST in seen(first)["live"]
    eventually(lambda: not seen(second)["busy"])
    assert not seen(second)["cut"], "its reader wanted it to stop"


def test_of_a_server_that_is_not_heard_of_any_more_another_takes_over(
    nodes: list[Node], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what the first one still brings to an end is not kept in the place of the new answer."""
    first, second = nodes
    monkeypatch.setattr(conversations, "HEARD", 2.0)
    asked(first, SLOWLY)
    eventually(lambda: seen(second)["busy"])
    monkeypatch.setattr(first.notebook, "tell", lambda growing: set())  # its network is gone
    eventually(lambda: seen(second).get("cut") is True)
    assert asked(second, "", again=True)["taken"]
    eventually(lambda: FIRST in str(seen(second)["live"]))
    written = first.notebook.read("talk")
    first.closed.set()
    eventually(lambda: not first.line._working)
    assert seen(second)["busy"] and first.notebook.read("talk") == written
    second.closed.set()
    eventually(lambda: not seen(second)["busy"])
    assert "As of" in seen(second)["live"]


def test_a_conversation_of_somebody_else_tells_nothing(nodes: list[Node]) -> None:
    from vectorstore.accounts import Account, Role, acting_for

    first, second = nodes
    asked(first, SLOWLY)
    eventually(lambda: second.notebook.growing("talk") is not None)
    with acting_for(Account("somebody", "Somebody", Role.READER)):
        assert second.notebook.growing("talk") is None
        second.notebook.halt("talk")
    eventually(lambda: FIRST in str(seen(second)["live"]))
    assert seen(second)["busy"]


def test_a_page_that_comes_to_another_server_goes_on_there(nodes: list[Node], browser: Browser) -> None:
    first, second = nodes
    asked(first, SLOWLY)
    page: Page = browser.new_page()
    page.goto(f"{second.url}?conversation=talk")
    expect(page.locator("#exchange-1 .answer")).to_contain_text(FIRST, timeout=30_000)
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    first.closed.set()
    expect(page.locator("#exchange-1 .basis")).to_contain_text("As of")
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    page.close()
