"""Signing in and out, and choosing a password: the routes under /account."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from ipaddress import ip_address, ip_network
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import anyio
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from assistant.text.texts import tr, tr_line
from assistant.ui.accounts.door_pages import account_page, password_page, sign_in_page, told_page
from assistant.ui.accounts.gate import PAGES, Sessions
from assistant.ui.security import shortened
from vectorstore.accounts import Account, Role, account
from vectorstore.errors import AccountUnusable, DatelineError, TooManyTries
from vectorstore.storage.people import People

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
        gone = tr_line("This link has been used or has expired. Ask an administrator for another one.")
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
