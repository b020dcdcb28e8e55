"""Whose request it is, and whether their role is enough for it. An ASGI middleware, inside of Access and Bounds."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from functools import partial
from hmac import compare_digest
from threading import Lock
from typing import Any, NamedTuple, cast
from urllib.parse import parse_qs, quote

import anyio
from itsdangerous import BadSignature, URLSafeSerializer
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.text.texts import tr, tr_later
from assistant.ui.accounts import roles
from assistant.ui.desk import Desk
from assistant.ui.openai_api import Refused, error_response
from assistant.ui.security import Refusal
from vectorstore.accounts import STRANGER, Account, Role, acting_for, may
from vectorstore.errors import NotAllowed
from vectorstore.reports import Outcome, Report
from vectorstore.storage.people import SESSION_LASTS, People

logger = logging.getLogger(__name__)

COOKIE = "dateline-session"
_ARTICLES = "/v1/articles"
_HEARTBEAT = "/gradio_api/heartbeat/"
_MOST_SESSIONS = 100_000
PAGES = {"/", "/add", "/account/me"}
"""What a browser opens in a window: from there it is led to signing in."""


class Sessions:
    """The sessions of the catalogue, as signed cookies."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._signed = URLSafeSerializer(people.session_secret(), salt="dateline.session")

    def secret_of(self, headers: Mapping[str, str]) -> str:
        """ "" where the browser brings no session, or one that was not signed here."""
        try:
            return str(self._signed.loads(cookie_parser(headers.get("cookie", "")).get(COOKIE, "")))
        except BadSignature:
            return ""

    def begin(self, response: Response, account: Account, before: str, secure: bool) -> None:
        """A new session, whatever the browser brought: what somebody else may have put there is worth nothing."""
        if before:
            self._people.end(before)
        signed = self._signed.dumps(self._people.begin(account.id))
        lasts = int(SESSION_LASTS.total_seconds())
        response.set_cookie(COOKIE, str(signed), max_age=lasts, httponly=True, samesite="lax", secure=secure)

    def end(self, response: Response, secret: str) -> None:
        if secret:
            self._people.end(secret)
        response.delete_cookie(COOKIE, httponly=True, samesite="lax")


class Owners:
    """Whose each of Gradio's sessions is: that account's whose request named it first. A browser makes the name up, and
    whoever had another's would be sent what is theirs. Of those that were used least lately nothing is remembered."""

    def __init__(self) -> None:
        self._of: OrderedDict[str, str] = OrderedDict()
        self._lock = Lock()

    def let_in(self, account: Account, session: str) -> bool:
        """Whether this session is this account's, or nobody's yet; "" is everybody's."""
        if not session:
            return True
        with self._lock:
            owner = self._of.setdefault(session, account.id)
            self._of.move_to_end(session)
            while len(self._of) > _MOST_SESSIONS:
                self._of.popitem(last=False)
            return owner == account.id


class Gate:
    """Everything inside of it is done for the account that the request is made for. A token comes as `Authorization:
    Bearer`, a session as a cookie; a page of `allowed_origins`, which is another site's, brings no session.

    Programs may still send articles with `articles_token`, the one of the settings.
    """

    def __init__(
        self,
        app: ASGIApp,
        people: People,
        sessions: Sessions,
        owners: Owners,
        allowed_origins: Collection[str] = (),
        articles_token: str = "",
    ) -> None:
        self._app, self._people, self._sessions, self._owners = app, people, sessions, owners
        self._foreign, self._articles_token = frozenset(allowed_origins), articles_token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        needed, headers = roles.of_route(scope["path"]), Headers(scope=scope)
        if needed is None:
            return await Refusal(404, "There is nothing here.")(scope, receive, send)
        account = await anyio.to_thread.run_sync(self._whose, scope["path"], headers) if needed else STRANGER
        if account.role < needed:
            return await _refused(scope, account, needed)(scope, receive, send)
        if not self._owners.let_in(account, _session_of(scope)):
            return await Refusal(403, "This session is somebody else's. Load the page again.")(scope, receive, send)
        scope["account"] = account
        with acting_for(account):
            await self._app(scope, receive, send)

    def _whose(self, path: str, headers: Headers) -> Account:
        kind, _, token = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            return self._with_token(path, token.strip())
        if headers.get("origin") in self._foreign:
            return STRANGER
        secret = self._sessions.secret_of(headers)
        return (secret and self._people.in_session(secret)) or STRANGER

    def _with_token(self, path: str, token: str) -> Account:
        ours = self._articles_token
        if path == _ARTICLES and ours and compare_digest(token.encode("utf-8", "replace"), ours.encode()):
            return Account("", "DATELINE_ARTICLES_TOKEN", Role.EDITOR)
        return self._people.with_token(token) or STRANGER


def _session_of(scope: Scope) -> str:
    """Gradio's, which a request for what happens in it names in its address; "" for all others."""
    named: str = parse_qs(scope["query_string"].decode("latin-1")).get("session_hash", [""])[0]
    if scope["path"].startswith(_HEARTBEAT):
        named = scope["path"].removeprefix(_HEARTBEAT)
    return named


def _refused(scope: Scope, account: Account, needed: Role) -> ASGIApp:
    """Why it is not done: nobody is signed in, or their role is not enough."""
    path, status = scope["path"], 403 if account.role else 401
    logger.info("%s: %s takes the role %s", path, account.name or "nobody", needed.word)
    if path.startswith("/v1/"):
        line = f"This takes a token with the role {needed.word}. Send it as Authorization: Bearer."
        return error_response(Refused(line, status))
    if status == 401 and path in PAGES and scope["method"] in ("GET", "HEAD"):
        return RedirectResponse(_to_sign_in(scope), 303, headers={"Cache-Control": "no-store"})
    if path.startswith("/talk"):
        line = not_allowed(needed) if status == 403 else tr("You have been signed out. Load the page to sign in again.")
        return JSONResponse({"problem": line}, status)
    return Refusal(
        status, not_allowed(needed) if status == 403 else "Sign in, or send a token as Authorization: Bearer."
    )


def _to_sign_in(scope: Scope) -> str:
    """Relative: a proxy may have the page under a path of its own."""
    query = scope["query_string"].decode("latin-1")
    onward = scope["path"] + (f"?{query}" if query else "")
    return f"{'../' if scope['path'].count('/') > 1 else './'}account/in?next={quote(onward, safe='')}"


def not_allowed(needed: Role) -> str:
    return tr("Your account may not do this. It takes the role “{role}”.", role=role_name(needed))


def role_name(role: Role) -> str:
    """In the reader's language."""
    if role is Role.ADMINISTRATOR:
        return tr("administrator")
    return tr("editor") if role is Role.EDITOR else tr("reader")


_NAMED = 20
_LONGEST = 500

Given = tuple[Any, ...]


class _Rule(NamedTuple):
    """`tells` makes the line for the log of what was given and what came of it; "" for nothing to tell."""

    act: str
    tells: Callable[[Given, Any], str]
    role: Role = Role.EDITOR


def _reported(given: Given, report: Report) -> str:
    """What came into the library or was changed in it."""
    changed = [row for row in report.rows if row.outcome in (Outcome.ADDED, Outcome.UPDATED)]
    named = ", ".join(row.article_id or row.source for row in changed[:_NAMED])
    return f"{named} and {len(changed) - _NAMED} more" if len(changed) > _NAMED else named


def _first(given: Given, result: object) -> str:
    return str(given[0])


_ADDS = _Rule(tr_later("articles added"), _reported)
RULES: Mapping[str, _Rule] = {
    **dict.fromkeys(("add_url", "add_files", "add_text", "take_articles", "retry"), _ADDS),
    "remove": _Rule(tr_later("article removed"), lambda given, removed: f"{given[0]}: {removed.article.title}"),
    "restore": _Rule(tr_later("article put back"), lambda given, done: given[0].article.id if done else ""),
    "edit": _Rule(tr_later("details changed"), lambda given, article: f"{given[0]}: {', '.join(given[1])}"),
    "collect": _Rule(tr_later("put into a collection"), lambda given, name: f"{given[0]} ({name})"),
    "take_out": _Rule(tr_later("taken out of a collection"), lambda given, size: f"{given[0]} ({given[1]})"),
    "follow": _Rule(tr_later("feed followed"), lambda given, feed: feed.url),
    "unfollow": _Rule(tr_later("feed left"), _first),
    "import_feeds": _Rule(tr_later("feeds imported"), lambda given, counts: f"{counts[0]} more"),
    "refresh": _Rule(tr_later("feeds refreshed"), _reported),
    "set_refresh_every": _Rule(tr_later("time between refreshes set"), lambda given, none: str(given[0] or "never")),
    "back_up": _Rule(tr_later("whole library copied"), lambda given, held: f"{held} articles", Role.ADMINISTRATOR),
}
"""Of the desk's methods, those that change something or hand everything out."""
_OF_MODELS = {
    "connect": _Rule(tr_later("server of models entered"), _first, Role.ADMINISTRATOR),
    "disconnect": _Rule(tr_later("server of models forgotten"), lambda given, none: "its key, too", Role.ADMINISTRATOR),
}


class _Guarded:
    """As what is within, but for the methods that have a rule."""

    def __init__(self, within: Any, people: People, rules: Mapping[str, _Rule]) -> None:
        self._within, self._people, self._rules = within, people, rules

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._within, name)
        if name == "chat_models":
            return _Guarded(found, self._people, _OF_MODELS)
        return partial(self._done, found, self._rules[name]) if name in self._rules else found

    def _done(self, act: Callable[..., Any], rule: _Rule, *given: Any, **named: Any) -> Any:
        """Raises NotAllowed."""
        if not may(rule.role):
            raise NotAllowed(not_allowed(rule.role))
        result = act(*given, **named)
        if told := rule.tells((*given, *named.values()), result):
            self._people.record(rule.act, told[:_LONGEST])
        return result


def guarded(desk: Desk, people: People) -> Desk:
    return cast(Desk, _Guarded(desk, people, RULES))
