"""Who may do what on the page and over HTTP, where there are accounts.

Comes in: requests and Gradio's events. Goes out: the same with the account that they are made for, or a refusal.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.routing import BaseRoute

from assistant.ui.accounts.doors import Doors
from assistant.ui.accounts.gate import Gate, Owners, Sessions
from vectorstore.storage.people import People

if TYPE_CHECKING:
    from assistant.ui.accounts.openid import Provider

__all__ = ["Accounts"]


class Accounts:
    """What the server needs of them. Programs may send articles with `articles_token`, too. With a `provider` people
    can sign in there; it is told to send them back to the `public_name`, where there is one."""

    def __init__(
        self, people: People, articles_token: str = "", provider: Provider | None = None, public_name: str = ""
    ) -> None:
        self._people, self._articles_token = people, articles_token
        self._sessions, self.owners = Sessions(people), Owners()
        doors = Doors(people, self._sessions, openid=provider is not None)
        self.routes: list[BaseRoute] = [*doors.routes]
        if provider:
            from assistant.ui.accounts.openid import OpenID

            self.routes += OpenID(provider, people, doors, public_name).routes

    def guard(self, app: FastAPI, allowed_origins: Collection[str]) -> None:
        """Nothing of it is done for whoever may not."""
        app.add_middleware(
            Gate,
            people=self._people,
            sessions=self._sessions,
            owners=self.owners,
            allowed_origins=allowed_origins,
            articles_token=self._articles_token,
        )
