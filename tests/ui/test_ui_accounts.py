"""Signing in and out over real HTTP: what a stranger, a thief and an OpenID provider can do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from playwright.sync_api import Browser, Page, expect
from test_ui_axe import violations
from ui_desk import ScriptedDesk, free_port

from assistant.text.texts import LANGUAGES
from assistant.ui.accounts import Accounts
from assistant.ui.accounts.gate import guarded
from assistant.ui.accounts.openid import Provider
from assistant.ui.articles_api import article_routes
from assistant.ui.library_tab import library_routes
from assistant.ui.openai_api import routes
from assistant.ui.page import build_page
from assistant.ui.sent_pages import sent_page_routes
from assistant.ui.server import serve
from vectorstore.accounts import Role
from vectorstore.storage.database import create_database, open_database
from vectorstore.storage.people import MOST_TRIES, People

PASSWORD = "four grey ferries left"
ARTICLES_TOKEN = "the token of the settings"
EMBEDDING = "https://intranet.example"


class _Organisation(ThreadingHTTPServer):
    """An OpenID provider with one person in it: `claims` are what it vouches for next."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Provider)
        self.key = self.signs_with = RSAKey.generate_key(2048, parameters={"kid": "one"})
        self.claims: dict[str, Any] = {}
        self.asked: dict[str, str] = {}
        self.issuer = f"http://127.0.0.1:{self.server_address[1]}"


class _Provider(BaseHTTPRequestHandler):
    server: _Organisation

    def do_GET(self) -> None:
        at = self.server.issuer
        if self.path.startswith("/.well-known"):
            ends = {f"{name}_endpoint": f"{at}/{name}" for name in ("authorization", "token")}
            self._send({"issuer": at, "jwks_uri": f"{at}/keys", **ends})
        else:
            self._send({"keys": [self.server.key.as_dict(private=False)]})

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["content-length"])).decode()
        self.server.asked = {name: values[0] for name, values in parse_qs(sent).items()}
        times = {"iat": int(time()), "exp": int(time()) + 60}
        claims = {"iss": self.server.issuer, "aud": "dateline", **times, **self.server.claims}
        signed = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.server.signs_with)
        self._send({"access_token": "x", "token_type": "Bearer", "id_token": signed})

    def _send(self, value: object) -> None:
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def organisation() -> Iterator[_Organisation]:
    with _Organisation() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    path = tmp_path_factory.mktemp("accounts") / "catalogue.db"
    create_database(path)
    engine = open_database(path)
    people = People(engine)
    for name in ("reader", "editor", "administrator"):
        people.choose_password(people.add(name, Role.named(name)), PASSWORD)
    yield people
    engine.dispose()


@pytest.fixture(scope="module")
def url(people: People, organisation: _Organisation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    held = ScriptedDesk(folder=tmp_path_factory.mktemp("desk"))
    desk = guarded(held, people)
    roles = {"claim": "realm.groups", "administrator": "chiefs", "editor": "desk", "reader": "staff"}
    accounts = Accounts(people, ARTICLES_TOKEN, Provider(organisation.issuer, "dateline", "secret", roles))
    beside = [*article_routes(desk, ARTICLES_TOKEN), *sent_page_routes(desk), *routes(desk), *library_routes(desk)]
    given = {"allowed_origins": [EMBEDDING], "accounts": accounts}
    server = serve(build_page(desk, people), "127.0.0.1", free_port(), 5, beside, **given)
    yield server.url.rstrip("/")
    held.closed.set()
    server.close()
    held.put_away()


@pytest.fixture
def visit(url: str) -> Iterator[Callable[..., httpx.Client]]:
    """A browser, signed in where a name is given."""
    opened: list[httpx.Client] = []

    def visited(name: str = "") -> httpx.Client:
        client = httpx.Client(base_url=url, headers={"origin": url}, timeout=60)
        opened.append(client)
        if name:
            assert signed_in(client, name).status_code == 303
        return client

    yield visited
    for each in opened:
        each.close()


def signed_in(client: httpx.Client, name: str, password: str = PASSWORD, **more: str) -> httpx.Response:
    return client.post("/account/in", data={"name": name, "password": password, **more})


def test_a_stranger_is_led_to_signing_in_and_from_there_to_where_he_wanted(visit: Callable[..., httpx.Client]) -> None:
    client = visit()
    answer = client.get("/?tab=stories")
    assert (answer.status_code, answer.headers["location"]) == (303, "./account/in?next=%2F%3Ftab%3Dstories")
    page = client.get(answer.headers["location"][1:])
    assert "<script" not in page.text and 'value="/?tab=stories"' in unescape(page.text)
    answer = signed_in(client, "Reader", next="/?tab=stories")
    assert answer.headers["location"] == "../?tab=stories"
    assert client.get("/").status_code == client.get("/v1/models").status_code == 200


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(visit: Callable[..., httpx.Client], url: str) -> None:
    kept = signed_in(visit(), "reader").headers["set-cookie"]
    assert "HttpOnly" in kept and "SameSite=lax" in kept and "Secure" not in kept
    behind = {"x-forwarded-proto": "https", "origin": url.replace("http", "https")}
    answer = visit().post("/account/in", data={"name": "reader", "password": PASSWORD}, headers=behind)
    assert "Secure" in answer.headers["set-cookie"]


@pytest.mark.parametrize("onward", ["https://evil.example/", "//evil.example", "/\\evil.example", "/account/out", "x"])
def test_nobody_is_led_anywhere_else(visit: Callable[..., httpx.Client], onward: str) -> None:
    assert signed_in(visit(), "reader", next=onward).headers["location"] == "../"


def test_signing_in_gives_another_session_than_the_browser_brought(visit: Callable[..., httpx.Client]) -> None:
    planted = visit("reader").cookies["dateline-session"]
    victim = visit()
    victim.cookies.set("dateline-session", planted, "127.0.0.1")
    assert signed_in(victim, "editor").status_code == 303
    thief = visit()
    thief.cookies.set("dateline-session", planted, "127.0.0.1")
    assert victim.cookies["dateline-session"] != planted and thief.get("/talk").status_code == 401


@pytest.mark.parametrize("altered", ["", "x", "InNlY3JldCI.forged", "InNlY3JldCI"])
def test_a_cookie_that_was_not_signed_here_is_none(visit: Callable[..., httpx.Client], altered: str) -> None:
    client = visit()
    client.cookies.set("dateline-session", altered, "127.0.0.1")
    assert client.get("/talk").status_code == 401


@pytest.mark.parametrize("path", ["/account/in", "/account/out", "/account/password", "/talk/ask", "/added"])
@pytest.mark.parametrize(
    "sent",
    [{"origin": "https://evil.example"}, {"origin": "null"}, {"origin": "", "sec-fetch-site": "cross-site"}],
    ids=["origin", "null", "fetch"],
)
def test_a_page_of_another_site_can_do_nothing_for_its_reader(
    visit: Callable[..., httpx.Client], path: str, sent: dict[str, str]
) -> None:
    client = visit("editor")
    assert client.post(path, data={"name": "reader", "password": PASSWORD}, headers=sent).status_code == 403
    assert client.get("/talk").status_code == 200, "and is signed in as before"


def test_a_form_that_names_no_page_is_none_of_ours(visit: Callable[..., httpx.Client]) -> None:
    client = visit("editor")
    del client.headers["origin"]
    assert {client.post(f"/account/{name}").status_code for name in ("in", "out", "password")} == {403}


def test_a_site_that_may_use_the_api_brings_no_session_along(
    visit: Callable[..., httpx.Client], people: People
) -> None:
    client = visit("reader")
    there = {"origin": EMBEDDING}
    assert client.get("/v1/models", headers=there).status_code == 401
    token = people.make_token("reader", None, timedelta(days=1))
    assert client.get("/v1/models", headers={**there, "authorization": f"Bearer {token}"}).status_code == 200


def test_guessing_ends_soon_and_says_so(visit: Callable[..., httpx.Client], people: People) -> None:
    people.choose_password(people.add("guessed", Role.READER), PASSWORD)
    client = visit()
    answers = [signed_in(client, "guessed", f"wrong {number}") for number in range(MOST_TRIES["both"])]
    assert {(each.status_code, "not right" in each.text) for each in answers} == {(401, True)}
    answer = signed_in(client, "guessed")
    assert (answer.status_code, "Too many wrong passwords" in answer.text) == (429, True)
    assert signed_in(client, "reader").status_code == 303, "and holds up nobody else"


def test_tries_are_counted_by_reader_also_where_a_proxy_writes_their_addresses_as_ipv6(
    visit: Callable[..., httpx.Client],
) -> None:
    client = visit()

    def tried(address: str) -> int:
        sent = {"name": "mapped", "password": "wrong one"}
        return client.post("/account/in", data=sent, headers={"x-forwarded-for": address}).status_code

    assert {tried("::ffff:192.0.2.1") for _ in range(MOST_TRIES["both"])} == {401}
    assert (tried("192.0.2.1"), tried("::ffff:192.0.2.2")) == (429, 401)
    assert {tried("2001:db8::1"), tried("2001:db8:0:1::1")} == {401}


def test_a_form_with_more_fields_than_ours_is_refused(visit: Callable[..., httpx.Client]) -> None:
    assert visit().post("/account/in", data={f"field{number}": "x" for number in range(30)}).status_code == 403


def test_nobody_is_sent_what_happens_in_another_ones_session(visit: Callable[..., httpx.Client]) -> None:
    reader, editor = visit("reader"), visit("editor")
    events = reader.get("/config").json()["dependencies"]
    looks = next(each["id"] for each in events if ["load"] in [target[1:] for target in each["targets"]])

    def ends(client: httpx.Client) -> Iterator[dict[str, Any]]:
        """Of an event in the one session that both name."""
        given = next(each["inputs"] for each in events if each["id"] == looks)
        body = {"data": [None] * len(given), "fn_index": looks, "session_hash": "mine", "event_data": {}}
        assert client.post("/gradio_api/queue/join", json=body).status_code == 200
        with reader.stream("GET", "/gradio_api/queue/data", params={"session_hash": "mine"}) as told:
            for line in told.iter_lines():
                if "process_completed" in line:
                    yield json.loads(line.removeprefix("data:"))

    assert next(ends(reader))["success"]
    assert editor.get("/gradio_api/queue/data", params={"session_hash": "mine"}).status_code == 403
    assert editor.get("/gradio_api/heartbeat/mine").status_code == 403
    assert not next(ends(editor))["success"]
    assert next(ends(reader))["success"]


def test_an_unknown_name_is_told_as_a_wrong_password(visit: Callable[..., httpx.Client]) -> None:
    told = {re.sub('value="[^"]*"', "", signed_in(visit(), name, "wrong one").text) for name in ("editor", "nobody")}
    assert len(told) == 1


def test_signing_out_ends_the_session_everywhere_it_is_known(visit: Callable[..., httpx.Client]) -> None:
    client, thief = visit("reader"), visit()
    thief.cookies.set("dateline-session", client.cookies["dateline-session"], "127.0.0.1")
    assert thief.get("/talk").status_code == 200
    answer = client.post("/account/out")
    assert (answer.status_code, answer.headers["clear-site-data"]) == (303, '"storage"')
    assert {client.get("/talk").status_code, thief.get("/talk").status_code} == {401}


def test_a_link_is_used_once_and_signs_in(visit: Callable[..., httpx.Client], people: People) -> None:
    key = people.add("newcomer", Role.READER)
    client = visit()
    for _ in range(2):  # to look at it, as a mail program does, uses nothing up
        assert "newcomer" in client.get("/account/password", params={"key": key}).text
    given = {"key": key, "password": PASSWORD, "again": PASSWORD}
    assert "not the same" in client.post("/account/password", data=given | {"again": "x"}).text
    assert client.post("/account/password", data=given | {"password": "short", "again": "short"}).status_code == 422
    assert client.post("/account/password", data=given).status_code == 303
    assert "newcomer" in client.get("/account/me").text
    again = visit()
    assert again.post("/account/password", data=given).status_code == 410
    assert again.get("/account/password", params={"key": key}).status_code == 410


def test_a_link_expires(visit: Callable[..., httpx.Client], people: People) -> None:
    key = people.add("late", Role.READER, datetime.now(UTC) - timedelta(days=4))
    assert visit().get("/account/password", params={"key": key}).status_code == 410
    given = {"key": key, "password": PASSWORD, "again": PASSWORD}
    assert visit().post("/account/password", data=given).status_code == 410


def test_a_token_works_until_it_is_revoked_or_its_person_is_gone(
    visit: Callable[..., httpx.Client], people: People
) -> None:
    people.add("program", Role.EDITOR)
    first, second = (people.make_token("program", None, timedelta(days=1)) for _ in range(2))

    def status(token: str) -> int:
        return visit().get("/v1/models", headers={"authorization": f"Bearer {token}"}).status_code

    assert [status(first), status(second), status("dateline_x")] == [200, 200, 401]
    people.revoke_token(first.split("_")[1])
    assert [status(first), status(second)] == [401, 200]
    people.remove("program")
    assert status(second) == 401


def test_articles_are_taken_from_editors_programs_and_by_the_token_of_the_settings(
    visit: Callable[..., httpx.Client], people: People
) -> None:
    def sent(token: str) -> int:
        body = {"text": "The bridge opened on Friday.", "title": "Bridge", "url": "https://ledger.example/bridge"}
        return visit().post("/v1/articles", json=body, headers={"authorization": f"Bearer {token}"}).status_code

    editors = people.make_token("editor", None, timedelta(days=1))
    assert sent(people.make_token("reader", None, timedelta(days=1))) == 403
    assert [sent(editors), sent(ARTICLES_TOKEN), sent("another")] == [200, 200, 401]
    assert {act.who for act in people.acts(2)} == {"editor", "DATELINE_ARTICLES_TOKEN"}
    assert visit().get("/v1/models", headers={"authorization": f"Bearer {ARTICLES_TOKEN}"}).status_code == 401


def test_only_administrators_see_the_log_and_take_everything_along(visit: Callable[..., httpx.Client]) -> None:
    chief, editor = visit("administrator"), visit("editor")
    assert "What was done last" in chief.get("/account/me").text
    assert "What was done last" not in editor.get("/account/me").text
    assert editor.get("/library.db").status_code == 403


def test_questions_are_their_persons_own(visit: Callable[..., httpx.Client]) -> None:
    """The scripted desk keeps them as the library does."""
    client, other = visit("reader"), visit("editor")
    asked = {"id": "mine", "number": 1, "question": "Is Meta open?"}
    assert client.post("/talk/ask", json=asked).json()["taken"]
    assert client.get("/talk", params={"id": "mine"}).json()["count"] == 1
    assert other.get("/talk", params={"id": "mine"}).json()["gone"]
    assert other.post("/talk/stop", json={"id": "mine"}).json().get("count", 0) == 0
    assert other.post("/talk/ask", json=asked).json().keys() == {"problem"}
    assert other.post("/talk/ask", json=asked | {"id": "theirs"}).json()["taken"], "and all else is still kept"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_doors_speak_every_language(visit: Callable[..., httpx.Client], language: str) -> None:
    page = visit().get("/account/in", headers={"accept-language": language}).text
    assert f'lang="{LANGUAGES[language].tag}"' in page and ("Password" in page) is (language == "en")


class TestOpenID:
    @pytest.fixture(autouse=True)
    def _vouched(self, organisation: _Organisation) -> None:
        organisation.claims = {"sub": "7", "preferred_username": "Olga", "realm": {"groups": ["staff", "desk"]}}
        organisation.signs_with = organisation.key

    def came_back(self, client: httpx.Client, organisation: _Organisation, **altered: str) -> httpx.Response:
        leaves = client.get("/account/openid", params={"next": "/?tab=stories"})
        asked = {name: values[0] for name, values in parse_qs(urlsplit(leaves.headers["location"]).query).items()}
        assert leaves.headers["location"].startswith(f"{organisation.issuer}/authorization")
        assert asked["code_challenge_method"] == "S256" and asked["redirect_uri"].endswith("/account/back")
        organisation.claims = {"nonce": asked["nonce"]} | organisation.claims
        return client.get("/account/back", params={"code": "code", "state": asked["state"]} | altered)

    def test_whom_the_provider_vouches_for_is_let_in(
        self, visit: Callable[..., httpx.Client], organisation: _Organisation, people: People
    ) -> None:
        client = visit()
        assert "Sign in with your organisation" in client.get("/account/in").text
        answer = self.came_back(client, organisation)
        assert (answer.status_code, answer.headers["location"]) == (303, "../?tab=stories")
        assert organisation.asked["code_verifier"]
        page = client.get("/account/me").text
        assert "olga" in page and "editor" in page
        del organisation.claims["nonce"]
        organisation.claims |= {"realm": {"groups": ["chiefs"]}, "preferred_username": "Renamed"}
        assert self.came_back(visit(), organisation).status_code == 303
        assert {each.name: each.role for each in people.entries()}["olga"] is Role.ADMINISTRATOR

    @pytest.mark.parametrize(
        "claims",
        [
            {"iss": "https://evil.example"},
            {"aud": "another"},
            {"aud": "another", "azp": "dateline"},
            {"nonce": "of another sign-in"},
            {"exp": 1},
            {"sub": ""},
            {"sub": "8", "realm": {"groups": ["strangers"]}},
            {"sub": "8", "realm": None},
            {"sub": "8", "preferred_username": "editor"},
        ],
        ids=[
            "issuer",
            "audience",
            "meant for us too",
            "nonce",
            "expired",
            "nobody",
            "not staff",
            "no groups",
            "a name that is taken",
        ],
    )
    def test_whom_it_does_not_vouch_for_is_not(
        self, visit: Callable[..., httpx.Client], organisation: _Organisation, claims: dict[str, Any]
    ) -> None:
        client = visit()
        organisation.claims |= claims
        assert self.came_back(client, organisation).status_code in (401, 403)
        assert client.get("/talk").status_code == 401

    def test_a_token_of_another_key_is_refused(
        self, visit: Callable[..., httpx.Client], organisation: _Organisation
    ) -> None:
        organisation.signs_with = RSAKey.generate_key(2048, parameters={"kid": "one"})
        assert self.came_back(visit(), organisation).status_code == 401

    def test_nobody_comes_back_who_did_not_leave_from_here(
        self, visit: Callable[..., httpx.Client], organisation: _Organisation
    ) -> None:
        assert self.came_back(visit(), organisation, state="another").status_code == 401
        assert visit().get("/account/back", params={"code": "code", "state": "x"}).status_code == 401
        assert visit().get("/account/back", params={"error": "access_denied"}).status_code == 401


@pytest.fixture
def window(browser: Browser, url: str) -> Iterator[Callable[..., Page]]:
    """A page of a fresh browser, signed in where a name is given."""

    def opened(name: str = "", width: int = 1440, colours: Any = "light") -> Page:
        context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=colours)
        page = context.new_page()
        page.goto(f"{url}/")
        if name:
            page.get_by_label("Name").fill(name)
            page.get_by_label("Password").fill(PASSWORD)
            page.keyboard.press("Enter")
            page.get_by_role("textbox", name="Your question").wait_for()
            expect(page.locator("#shell")).to_have_count(0)
        return page

    yield opened
    for context in browser.contexts:
        context.close()


@pytest.mark.parametrize(("width", "colours"), [(390, "dark"), (1440, "light")])
def test_the_doors_are_for_everybody(
    window: Callable[..., Page], url: str, people: People, width: int, colours: str
) -> None:
    page = window("", width, colours)
    page.get_by_label("Name").fill("nobody")
    page.get_by_label("Password").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("not right")
    assert page.get_by_label("Password").evaluate("each => each === document.activeElement")
    assert violations(page) == [] and not wider(page)
    page.goto(f"{url}/account/password?key={people.add(f'new{width}', Role.ADMINISTRATOR)}")
    assert violations(page) == [] and not wider(page)
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_label("Once more").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{url}/")
    page.goto(f"{url}/account/me")
    expect(page.get_by_role("heading", name="What was done last")).to_be_visible()
    assert violations(page) == [] and not wider(page)
    heights = page.locator("a, button").evaluate_all("all => all.map((each) => each.getBoundingClientRect().height)")
    assert min(heights) >= 32


def wider(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def test_the_page_leaves_out_what_its_reader_may_not_do(window: Callable[..., Page]) -> None:
    for name, shown in (("reader", False), ("editor", True)):
        page = window(name)
        page.get_by_role("tab", name="Library").click()
        page.locator("#library tbody tr").first.wait_for()
        expect(page.get_by_role("heading", name="Add articles")).to_be_visible(visible=shown)
        expect(page.get_by_role("link", name="Download a backup")).to_be_hidden()
        page.get_by_role("tab", name="Feeds").click()
        expect(page.get_by_role("button", name="Follow", exact=True)).to_be_visible(visible=shown)


def test_who_was_signed_out_is_led_to_signing_in_also_where_it_is_installed(
    window: Callable[..., Page], url: str
) -> None:
    page = window("reader")
    page.evaluate("navigator.serviceWorker.ready")
    page.reload()  # now it stands between
    page.get_by_role("textbox", name="Your question").wait_for()
    page.context.clear_cookies()
    page.goto(f"{url}/?tab=stories")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.get_by_label("Name").fill("reader")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("tab", name="Stories")).to_have_attribute("aria-selected", "true")


def test_a_question_is_told_that_its_asker_was_signed_out(window: Callable[..., Page]) -> None:
    page = window("reader")
    page.context.clear_cookies()
    page.get_by_role("textbox", name="Your question").fill("Is Meta open?")
    page.keyboard.press("Enter")
    expect(page.get_by_text("You have been signed out.").first).to_be_visible()
