"""Signing in by an organisation's OpenID provider: the code flow with PKCE, by authlib."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import anyio
from authlib.integrations.starlette_client import OAuth
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from assistant.text.texts import tr, tr_line
from assistant.ui.accounts.doors import Doors, is_encrypted, onward_of, told_page
from assistant.ui.security import described
from vectorstore.accounts import Account, Role
from vectorstore.errors import AccountUnusable
from vectorstore.storage.people import LONGEST_NAME, People

logger = logging.getLogger(__name__)

_NO_NAME = re.compile(r"[^\w.@+-]+")
_UNDER_WAY = "dateline-openid"
_LASTS = 600
"""Seconds in which somebody comes back from the provider."""


@dataclass(frozen=True, slots=True)
class Provider:
    """`roles` has the `claim` of the ID token that tells who is what, dots leading into it, and by role the value that
    gives it. Where none stands for reader, everybody at the provider is one. Whoever comes for the first time is kept
    to the `collections`, if there are any, as long as they are a reader."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    roles: Mapping[str, str] = field(default_factory=dict)
    collections: tuple[str, ...] = ()

    def role_of(self, claims: Mapping[str, Any]) -> Role:
        """NOBODY for whoever is not let in."""
        held: Any = claims
        for name in self.roles.get("claim", "groups").split("."):
            held = held.get(name) if isinstance(held, Mapping) else None
        values: Any = {held} if isinstance(held, str) else set(held) if isinstance(held, list) else set()
        for role in (Role.ADMINISTRATOR, Role.EDITOR):
            if role.word in self.roles and self.roles[role.word] in values:
                return role
        return Role.READER if self.roles.get(Role.READER.word, "") in {"", *values} else Role.NOBODY


class OpenID:
    """`public_name` is what readers call the page, where that is not as they come."""

    def __init__(self, provider: Provider, people: People, doors: Doors, public_name: str = "") -> None:
        self._provider, self._people, self._doors, self._public = provider, people, doors, public_name
        self._client = OAuth().register(
            "provider",
            client_id=provider.client_id,
            client_secret=provider.client_secret,
            server_metadata_url=f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256"},
        )

    @property
    def routes(self) -> Sequence[BaseRoute]:
        # Only on the way there and back: state, nonce and verifier, of which each is good for once.
        keeps = Middleware(
            SessionMiddleware,
            secret_key=self._people.session_secret(),
            session_cookie=_UNDER_WAY,
            max_age=_LASTS,
            path="/account",
            same_site="lax",
            https_only=bool(self._public),
        )
        return [
            Route("/account/openid", self._leave, middleware=[keeps]),
            Route("/account/back", self._come_back, middleware=[keeps]),
        ]

    async def _leave(self, request: Request) -> Response:
        request.session.clear()
        request.session["onward"] = onward_of(request.query_params.get("next", ""))
        try:
            response: Response = await self._client.authorize_redirect(request, self._back(request))
        except Exception as error:
            return _failed(error)
        return response

    async def _come_back(self, request: Request) -> Response:
        onward = str(request.session.get("onward", "/"))
        issuer = self._provider.issuer.rstrip("/")
        try:
            options = {
                "iss": {"essential": True, "values": [issuer, f"{issuer}/"]},
                "aud": {"essential": True, "value": self._provider.client_id},
            }
            token = await self._client.authorize_access_token(request, claims_options=options)
            claims = dict(token.get("userinfo") or {})
            known = await anyio.to_thread.run_sync(self._known, claims)
        except AccountUnusable as error:
            return _told(tr_line(str(error)), 403)
        except Exception as error:
            return _failed(error)
        finally:
            request.session.clear()
        secure = is_encrypted(request) or self._back(request).startswith("https://")
        return await self._doors.signed_in(request, known, onward, secure)

    def _known(self, claims: Mapping[str, Any]) -> Account:
        """Raises AccountUnusable."""
        subject, role = claims.get("sub"), self._provider.role_of(claims)
        if not isinstance(subject, str) or not subject or role is Role.NOBODY:
            raise AccountUnusable("Your organisation has not given you access to Dateline.")
        names = (claims.get("preferred_username"), claims.get("email"), subject)
        name = next(each for each in names if isinstance(each, str) and each)
        plain = _NO_NAME.sub("-", name)[:LONGEST_NAME]
        at, collections = f"{self._provider.issuer} {subject}", self._provider.collections
        return self._people.known_at_provider(at, plain, role, collections)

    def _back(self, request: Request) -> str:
        if self._public:
            return f"https://{self._public}/account/back"
        return str(request.url.replace(path="/account/back", query=""))


def _failed(error: Exception) -> Response:
    logger.warning("Signing in by OpenID failed: %s", described(error))
    return _told(tr("Signing in by your organisation did not work. Try again; the log of the server says more."), 401)


def _told(line: str, status: int) -> Response:
    return HTMLResponse(told_page(tr("Sign in"), line), status, headers={"Cache-Control": "no-store"})
