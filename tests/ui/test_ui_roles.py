"""What each role may do: every event of the real page and every route, as nobody, reader, editor and administrator."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from starlette.routing import Route
from ui_desk import ScriptedDesk, free_port

from assistant.ui.accounts import Accounts
from assistant.ui.accounts.roles import EVENTS, FUNCTIONS, ROUTES, of_route
from assistant.ui.articles_api import article_routes
from assistant.ui.library_tab import library_routes
from assistant.ui.monitoring import Watching, watch_routes
from assistant.ui.openai_api import routes
from assistant.ui.page import Page, build_page
from assistant.ui.security import OPEN
from assistant.ui.sent_pages import sent_page_routes
from assistant.ui.server import serve
from vectorstore.accounts import Role
from vectorstore.reports import Standing
from vectorstore.storage.database import create_database, open_database
from vectorstore.storage.people import People

REFUSED = "Your account may not do this. It takes the role"
_AT_ONCE = 40


class Served(NamedTuple):
    url: str
    page: Page
    people: People
    tokens: dict[Role, str]

    def client(self, role: Role) -> httpx.Client:
        headers = {"authorization": f"Bearer {self.tokens[role]}"} if role else {}
        return httpx.Client(base_url=self.url, headers=headers, timeout=60)


@contextmanager
def serving(folder: Path) -> Iterator[Served]:
    desk = ScriptedDesk(folder=folder)
    desk.standing = Standing(since=datetime.now(UTC))  # or a refresh would go on as long as nobody stops it
    watching = Watching(desk.condition, bytes, "text/plain")
    beside = [*article_routes(desk, ""), *sent_page_routes(desk), *routes(desk), *library_routes(desk)]
    beside += watch_routes(watching)
    with people_in(folder) as people:
        page = build_page(desk, people)
        tokens = {role: token_of(people, role) for role in Role if role}
        server = serve(page, "127.0.0.1", free_port(), 5, beside, accounts=Accounts(people))
        yield Served(server.url.rstrip("/"), page, people, tokens)
        desk.closed.set()
        server.close()
    desk.put_away()


@contextmanager
def people_in(folder: Path) -> Iterator[People]:
    create_database(folder / "catalogue.db")
    engine = open_database(folder / "catalogue.db")
    yield People(engine)
    engine.dispose()


def token_of(people: People, role: Role) -> str:
    people.add(role.word, role)
    return people.make_token(role.word, None, timedelta(days=1))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("roles")) as served:
        yield served


def test_every_event_of_the_page_has_a_role(served: Served) -> None:
    handlers = {event.fn.__qualname__ for event in served.page.fns.values() if event.fn}
    assert handlers == set(EVENTS)
    assert served.page.needed is not None and set(served.page.needed) == set(served.page.fns)
    functions = {
        each.__qualname__ for block in served.page.blocks.values() for each in getattr(block, "server_fns", ())
    }
    assert functions == FUNCTIONS


def test_every_route_has_a_role_and_no_other_is_there(served: Served) -> None:
    built = [route.path for route in served.page.app.routes if isinstance(route, Route)]
    ours = {path.replace("/assets/{name}", "/assets/{path:path}") for path in built if path in OPEN or _is_ours(path)}
    assert ours | set(OPEN) == set(ROUTES) - {"/account/openid", "/account/back"} | {
        path for path in ours if path.startswith("/v1/")
    }


def _is_ours(path: str) -> bool:
    return of_route(path) is not None


@pytest.mark.parametrize("role", Role)
def test_each_event_is_carried_out_for_those_who_may_and_for_nobody_else(served: Served, role: Role) -> None:
    needed = {id: EVENTS[event.fn.__qualname__] if event.fn else Role.READER for id, event in served.page.fns.items()}
    assert len(needed) > 100
    refused = _refused_events(served, role, sorted(needed))
    assert refused == {id for id, takes in needed.items() if takes > role}


def _refused_events(served: Served, role: Role, events: list[int]) -> set[int]:
    refused = set()
    with served.client(role) as client:
        for start in range(0, len(events), _AT_ONCE):
            waiting: dict[str, int] = {}
            for event in events[start : start + _AT_ONCE]:
                sent = {"data": [], "fn_index": event, "session_hash": f"of-{role}", "event_data": {}}
                answer = client.post("/gradio_api/queue/join", json=sent)
                if answer.status_code == 401:
                    refused.add(event)
                else:
                    waiting[answer.json()["event_id"]] = event
            for event, output in _outcomes(client, f"of-{role}", waiting):
                if str(output.get("error")).startswith(REFUSED):
                    refused.add(event)
    return refused


def _outcomes(client: httpx.Client, session: str, waiting: dict[str, int]) -> Iterator[tuple[int, dict[str, Any]]]:
    if not waiting:
        return
    with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as stream:
        for line in stream.iter_lines():
            message = json.loads(line[5:]) if line.startswith("data:") else {}
            if message.get("msg") == "process_completed":
                yield waiting.pop(message["event_id"]), message["output"]
                if not waiting:
                    return


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("name", ["chat", "search", "ask", "article"])
def test_the_named_endpoints_are_for_readers(served: Served, role: Role, name: str) -> None:
    with served.client(role) as client:
        assert client.post(f"/gradio_api/call/{name}", json={"data": ["x"]}).status_code == (200 if role else 401)


@pytest.mark.parametrize("role", Role)
def test_each_route_answers_those_who_may_and_nobody_else(served: Served, role: Role) -> None:
    """Of those that may, what the route itself says to a request without anything in it is not looked at."""
    found = {}
    with served.client(role) as client:
        for path in ROUTES:
            method = "POST" if OPEN.get(path) == "POST" or path in _POSTED else "GET"
            named = path.replace("{path_or_url:path}", f"{served.page.GRADIO_CACHE}/x").translate(_BRACES)
            with client.stream(method, named, headers={"origin": served.url}) as answer:
                found[path] = _is_refused(answer)
    assert {path for path, refused in found.items() if refused} == {
        path for path, takes in ROUTES.items() if takes > role
    }


def _is_refused(answer: httpx.Response) -> bool:
    """By the gate; Gradio has refusals of its own."""
    led_away = "account/in" in answer.headers.get("location", "")
    return answer.status_code == 401 or led_away or (answer.status_code == 403 and "role" in answer.read().decode())


_BRACES = dict.fromkeys(map(ord, "{}:"))
_POSTED = {"/account/out", "/talk/ask", "/talk/rate", "/talk/stop", "/added", "/v1/articles"}


@pytest.mark.parametrize("role", Role)
def test_what_components_serve_is_for_readers(served: Served, role: Role) -> None:
    [(component, names)] = [
        (id, [each.__name__ for each in block.server_fns])
        for id, block in served.page.blocks.items()
        if getattr(block, "elem_id", "") == "reader"
    ]
    with served.client(role) as client:
        for name in names:
            sent = {"component_id": component, "fn_name": name, "data": {}, "session_hash": "x"}
            assert client.post("/gradio_api/component_server/", json=sent).status_code == (200 if role else 401)


def test_an_event_and_a_function_that_nobody_classified_are_closed(tmp_path: Path) -> None:
    import gradio as gr

    desk = ScriptedDesk(folder=tmp_path)
    page = build_page(desk)
    with page:

        def unheard_of() -> str:
            return "done"

        button, box = gr.Button(), gr.Textbox()
        button.click(unheard_of, None, box)
        extra = gr.HTML(server_functions=[unheard_of])
    with people_in(tmp_path) as people:
        token = token_of(people, Role.ADMINISTRATOR)
        server = serve(page, "127.0.0.1", free_port(), 5, accounts=Accounts(people))
        served = Served(server.url.rstrip("/"), page, people, {Role.ADMINISTRATOR: token})
        assert _refused_events(served, Role.ADMINISTRATOR, [max(page.fns)]) == {max(page.fns)}
        with served.client(Role.ADMINISTRATOR) as client:
            sent = {"component_id": extra._id, "fn_name": "unheard_of", "data": {}, "session_hash": "x"}
            assert client.post("/gradio_api/component_server/", json=sent).status_code == 404
        desk.closed.set()
        server.close()
