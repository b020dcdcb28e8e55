"""Signing in and out, and choosing a password: the routes under /account."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from ipaddress import ip_address, ip_network
from pathlib import Path
from string import Template
from typing import Any, TypeVar
from urllib.parse import parse_qs, quote, urlsplit

import anyio
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from assistant.text.texts import LANGUAGES, language, tr, tr_line
from assistant.ui.accounts.gate import PAGES, Sessions, role_name
from assistant.ui.render import shown
from assistant.ui.security import shortened
from vectorstore.accounts import Account, Role, account
from vectorstore.errors import AccountUnusable, DatelineError, TooManyTries
from vectorstore.storage.account_tables import Act, PersonEntry
from vectorstore.storage.passwords import LONGEST_PASSWORD, SHORTEST_PASSWORD
from vectorstore.storage.people import LINK_USED, LONGEST_NAME, People

logger = logging.getLogger(__name__)

T = TypeVar("T")
_HASHED_AT_ONCE = 2
"""Each takes 64 MB and a processor for a tenth of a second."""
_ACTS_SHOWN = 100
_FRESH = {"Cache-Control": "no-store"}
_OF_A_NETWORK = 64
_MOST_FIELDS = 20


class Doors:
    """`openid` is whether people can also sign in by their organisation's provider."""

    def __init__(self, people: People, sessions: Sessions, openid: bool = False) -> None:
        self._people, self._sessions, self._openid = people, sessions, openid
        self._hashing: list[anyio.CapacityLimiter] = []  # belongs to the loop that it is first used in
        people.make_ready()

    @property
    def routes(self) -> Sequence[BaseRoute]:
        return [
            Route("/account/in", self._sign_in, methods=["GET", "POST"]),
            Route("/account/out", self._sign_out, methods=["POST"]),
            Route("/account/password", self._password, methods=["GET", "POST"]),
            Route("/account/me", self._me),
        ]

    async def _sign_in(self, request: Request) -> Response:
        if request.method != "POST":
            onward = onward_of(request.query_params.get("next", ""))
            return _shown(sign_in_page(onward=onward, openid=self._openid))
        given = await _sent(request)
        if given is None:
            return _foreign()
        name, onward = given.get("name", ""), onward_of(given.get("next", ""))
        try:
            known = await self._hashed(self._people.checked, name, given.get("password", ""), _place(request))
            problem, status = tr("The name or the password is not right."), 401
        except DatelineError as error:
            known, problem = None, tr_line(str(error))
            status = 429 if isinstance(error, TooManyTries) else 503
        if known is None:
            logger.warning("Signing in as %s from %s failed with %s", shortened(name), _place(request), status)
            return _shown(sign_in_page(problem, name, onward, self._openid), status)
        return await self.signed_in(request, known, onward)

    async def signed_in(self, request: Request, known: Account, onward: str = "/", secure: bool = False) -> Response:
        """On to the page, in a session of its own."""
        response = RedirectResponse(f"..{onward_of(onward)}", 303, headers=_FRESH)
        before, secure = self._sessions.secret_of(request.headers), secure or is_encrypted(request)
        await anyio.to_thread.run_sync(self._sessions.begin, response, known, before, secure)
        logger.info("%s signed in from %s", known.name, _place(request))
        return response

    async def _sign_out(self, request: Request) -> Response:
        if await _sent(request) is None:
            return _foreign()
        # What the page keeps in the browser is this person's: a question that was typed, what was seen last.
        response = RedirectResponse("./in", 303, headers={**_FRESH, "Clear-Site-Data": '"storage"'})
        await anyio.to_thread.run_sync(self._sessions.end, response, self._sessions.secret_of(request.headers))
        return response

    async def _password(self, request: Request) -> Response:
        if request.method != "POST":
            return await self._asked_for(request.query_params.get("key", ""))
        given = await _sent(request)
        if given is None:
            return _foreign()
        key, password = given.get("key", ""), given.get("password", "")
        if password != given.get("again", ""):
            return await self._asked_for(key, tr("The two are not the same."))
        try:
            known = await self._hashed(self._people.choose_password, key, password)
        except AccountUnusable as error:
            return await self._asked_for(key, tr_line(str(error)))
        return await self.signed_in(request, known)

    async def _asked_for(self, key: str, problem: str = "") -> Response:
        name = await anyio.to_thread.run_sync(self._people.invited, key)
        if name:
            return _shown(password_page(key, name, problem), 422 if problem else 200)
        gone = tr_line(LINK_USED)
        return _shown(told_page(tr("Choose a password"), gone), 410)

    def _me(self, request: Request) -> Response:
        mine = account()
        if mine.role < Role.ADMINISTRATOR:
            return _shown(account_page(mine))
        return _shown(account_page(mine, self._people.entries(), self._people.acts(_ACTS_SHOWN)))

    async def _hashed(self, act: Callable[..., T], *given: Any) -> T:
        self._hashing[:] = self._hashing or [anyio.CapacityLimiter(_HASHED_AT_ONCE)]
        return await anyio.to_thread.run_sync(act, *given, limiter=self._hashing[0])


async def _sent(request: Request) -> dict[str, str] | None:
    """The fields of a form; None where the browser does not say that the form is of our own page. Access has refused
    every other page's name before."""
    if "origin" not in request.headers:
        return None
    text = (await request.body()).decode("utf-8", "replace")
    try:
        fields = parse_qs(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:  # no form of ours has so many
        return None
    return {name: values[0] for name, values in fields.items()}


def _foreign() -> Response:
    return _shown(
        told_page(tr("Sign in"), tr("This did not come from a page of Dateline. Open it and try again.")), 403
    )


def onward_of(path: str) -> str:
    """Where to go after signing in: a page of our own, and nowhere else."""
    split = urlsplit(path)
    inside = not split.scheme and not split.netloc and split.path in PAGES and path.startswith("/")
    return path if inside and "\\" not in path and path.isprintable() else "/"


def _place(request: Request) -> str:
    """What tries are counted by: the address, or of IPv6 the network that one subscriber has."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    address = getattr(address, "ipv4_mapped", None) or address
    return str(ip_network((address, _OF_A_NETWORK), strict=False)) if address.version > 4 else str(address)


def is_encrypted(request: Request) -> bool:
    """Whether the browser speaks https, also where a proxy in front has taken it off."""
    return request.url.scheme == "https" or request.headers.get("origin", "").startswith("https://")


def _shown(page: str, status: int = 200) -> Response:
    return HTMLResponse(page, status, headers=_FRESH)


_HERE = Path(__file__).parent


def sign_in_page(problem: str = "", name: str = "", onward: str = "", openid: bool = False) -> str:
    """`onward` is where to go then; with `openid` there is a way through the organisation's own provider."""
    there = f"./openid?next={quote(onward, safe='')}"
    other = (
        f'<p><a class="button plain" href="{there}">{tr("Sign in with your organisation")}</a></p>' if openid else ""
    )
    return _page(
        tr("Sign in"),
        f"{_problem(problem)}"
        '<form method="post" action="./in">'
        f'<input type="hidden" name="next" value="{shown(onward)}">'
        f"{_field('name', tr('Name'), 'text', 'username', name, problem, most=LONGEST_NAME, first=not name)}"
        f"{_field('password', tr('Password'), 'password', 'current-password', '', problem, first=bool(name))}"
        f'<p><button type="submit">{tr("Sign in")}</button></p></form>{other}'
        f'<p class="hint">{tr("Forgotten your password? An administrator can give you a new link.")}</p>',
    )


def password_page(key: str, name: str, problem: str = "") -> str:
    """By a one-time link; `key` is its secret."""
    hint = tr("{n} characters or more. Several words that do not belong together are best.", n=SHORTEST_PASSWORD)
    return _page(
        tr("Choose a password"),
        f"<p>{tr('This is for the account {name}.', name=f'<strong>{shown(name)}</strong>')}</p>{_problem(problem)}"
        f'<form method="post" action="./password"><input type="hidden" name="key" value="{shown(key)}">'
        f'<input type="hidden" name="username" autocomplete="username" value="{shown(name)}">'
        f"{_field('password', tr('New password'), 'password', 'new-password', '', problem, hint=hint)}"
        f"{_field('again', tr('Once more'), 'password', 'new-password', '', problem, first=False)}"
        f'<p><button type="submit">{tr("Save and sign in")}</button></p></form>',
    )


def told_page(title: str, line: str) -> str:
    """Something that cannot be done, and the way back."""
    return _page(title, f'<p role="alert">{shown(line)}</p><p><a href="./in">{tr("Sign in")}</a></p>')


def account_page(account: Account, people: Sequence[PersonEntry] = (), acts: Sequence[Act] = ()) -> str:
    """Who is signed in; for administrators also everybody, and what was done last."""
    who = tr(
        "You are signed in as {name}. Your role is {role}.",
        name=f"<strong>{shown(account.name)}</strong>",
        role=shown(role_name(account.role)),
    )
    body = (
        f'<p>{who}</p><form method="post" action="./out"><p><a class="button" href="../">{tr("To the page")}</a> '
        f'<button class="plain" type="submit">{tr("Sign out")}</button></p></form>'
    )
    if people:
        heads = (tr("Name"), tr("Role"), tr("Last seen"))
        rows = [
            (each.name, role_name(each.role), f"{each.seen_at:%Y-%m-%d}" if each.seen_at else "") for each in people
        ]
        body += f"<h2>{tr('Accounts')}</h2>{_table(tr('Accounts'), heads, rows)}"
        where = tr("Accounts are added and removed on the server, with the command “dateline users”.")
        body += f'<p class="hint">{where}</p>'
        columns = (tr("When (UTC)"), tr("Who"), tr("What was done"), tr("To what"))
        done = [(f"{act.at:%Y-%m-%d %H:%M}", act.who or tr("command line"), tr_line(act.act), act.what) for act in acts]
        body += f"<h2>{tr('What was done last')}</h2>{_table(tr('What was done last'), columns, done)}"
    return _page(tr("Your account"), body, wide=bool(people))


def _table(label: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{shown(each)}</th>' for each in heads)
    body = "".join("<tr>" + "".join(f'<td dir="auto">{shown(cell)}</td>' for cell in row) + "</tr>" for row in rows)
    return (
        f'<div class="scrolls" tabindex="0" role="region" aria-label="{shown(label)}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _problem(line: str) -> str:
    return f'<p class="problem" id="problem" role="alert">{shown(line)}</p>' if line else ""


def _field(
    name: str,
    label: str,
    kind: str,
    fills: str,
    value: str,
    problem: str,
    hint: str = "",
    most: int = LONGEST_PASSWORD,
    first: bool = True,
) -> str:
    """`fills` is what a browser's own store of passwords may put in; the `first` one has the cursor."""
    about = " ".join(filter(None, (problem and "problem", hint and f"{name}-hint")))
    given = f' aria-describedby="{about}"' if about else ""
    invalid = ' aria-invalid="true"' if problem else ""
    focus = " autofocus" if first else ""
    below = f'<p class="hint" id="{name}-hint">{shown(hint)}</p>' if hint else ""
    return (
        f'<p><label for="{name}">{shown(label)}</label><input id="{name}" name="{name}" type="{kind}" required '
        f'maxlength="{most}" autocomplete="{fills}" autocapitalize="none" spellcheck="false" dir="auto" '
        f'value="{shown(value)}"{given}{invalid}{focus}></p>{below}'
    )


def _page(title: str, body: str, wide: bool = False) -> str:
    named = LANGUAGES[language()]
    page = Template((_HERE / "account.html").read_text(encoding="utf-8")).substitute(
        language=named.tag, direction="rtl" if named.rtl else "ltr", title=shown(title), style=_style(), body=body
    )
    return page.replace("<main>", '<main class="wide">', 1) if wide else page


@lru_cache(maxsize=1)
def _style() -> str:
    """The page's palette. Without a script nothing knows which colours were chosen there: they are the system's."""
    palette = (_HERE.parent / "palette.css").read_text(encoding="utf-8")
    dark = re.search(r"\.dark \{(.*?)\}", palette, re.DOTALL)
    night = f"@media (prefers-color-scheme: dark) {{ :root {{{dark[1]}}} }}" if dark else ""
    return palette + night + (_HERE / "account.css").read_text(encoding="utf-8")
