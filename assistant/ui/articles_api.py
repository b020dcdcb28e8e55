"""Articles sent by other programs: `POST /v1/articles`, beside the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from hashlib import sha256
from hmac import compare_digest
from time import monotonic
from typing import Annotated

import anyio
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import from_json
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from assistant.ui.desk import Desk
from assistant.ui.openai_api import Refused, error_response, json_response
from vectorstore.accounts import account
from vectorstore.reports import Report

_MOST = 100
_SHOWN = 60
_PATIENCE = 60.0
"""Seconds in which the library must be free of other additions."""


class _Article(BaseModel):
    model_config = ConfigDict(extra="forbid")

    html: str = ""
    text: str = ""
    url: str = ""
    title: str = ""
    outlet: str = ""
    authors: Annotated[list[str], Field(max_length=_MOST)] | str = Field(default_factory=list)
    published_at: str = ""
    updated_at: str = ""
    language: str = ""


class _Articles(BaseModel):
    articles: list[_Article] = Field(min_length=1, max_length=_MOST)


def article_routes(desk: Desk, token: str) -> Sequence[BaseRoute]:
    """For whoever brings the token; for nobody where there is none. They go before all else that is under /v1."""
    return [Route("/v1/articles", partial(_articles, desk, token), methods=["POST"])]


async def _articles(desk: Desk, token: str, request: Request) -> Response:
    try:
        _let_in(request.headers.get("authorization", ""), token)
        report = await added(desk, sent(await request.body()))
    except Exception as error:
        return error_response(error)
    return json_response(report.as_json(), 200 if report.readable else 422)


async def added(desk: Desk, articles: Sequence[Mapping[str, object]]) -> Report:
    """What became of them. Raises Refused when others add for so long that nobody would wait."""
    due = monotonic() + _PATIENCE
    report: Report = await anyio.to_thread.run_sync(desk.take_articles, articles, lambda: monotonic() > due)
    if report.stopped:
        raise Refused("The library is taking in other articles just now. Send it again in a minute.", 503, again=60)
    return report


def sent(body: bytes) -> list[dict[str, object]]:
    """The articles of a request: one, or several under `articles`. Raises Refused."""
    try:
        given = from_json(body)
    except ValueError as error:
        raise Refused(f"The body is not JSON ({str(error)[:100]}).") from error
    several = isinstance(given, dict) and "articles" in given
    _refuse_others(given, several)
    try:
        articles = _Articles.model_validate(given).articles if several else [_Article.model_validate(given)]
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "The body"
        raise Refused(f"{where}: {first['msg']}. An article has {', '.join(_Article.model_fields)}.") from error
    if any(bool(each.html.strip()) == bool(each.text.strip()) for each in articles):
        raise Refused("Give each article as html or as text, and not as both.")
    return [each.model_dump(exclude_defaults=True) for each in articles]


def _refuse_others(given: object, several: bool) -> None:
    """Raises Refused at the first name that no article has. Of a million of them pydantic would keep a report each."""
    named = given["articles"] if several and isinstance(given, dict) else [given]
    for each in named[: _MOST + 1] if isinstance(named, list) else ():
        for name in each if isinstance(each, dict) else ():
            if name not in _Article.model_fields:
                raise Refused(
                    f"{name[:_SHOWN]}: no article has this. An article has {', '.join(_Article.model_fields)}."
                )


def check_origin(request: Request) -> None:
    """A browser names its page's origin with what that sends, and Access has found it to be ours. Raises Refused."""
    if "origin" not in request.headers:
        raise Refused("This is for the page that Dateline serves. Programs use /v1/articles.", 403)


def _let_in(authorization: str, token: str) -> None:
    """Raises Refused."""
    if account().name:  # with accounts, Gate has looked at it
        return
    if not token:
        raise Refused("Articles are taken once DATELINE_ARTICLES_TOKEN is set. Send it as Authorization: Bearer.", 403)
    if not brings(authorization, token):
        raise Refused("The token is not the one of DATELINE_ARTICLES_TOKEN. Send it as Authorization: Bearer.", 401)


def brings(authorization: str, token: str) -> bool:
    """Whether a request's header has the token. Of a wrong one nothing can be learned from how long that takes."""
    kind, _, given = authorization.partition(" ")
    right = compare_digest(_digest(given.strip()), _digest(token))
    return right and kind.lower() == "bearer"


def _digest(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogatepass")).digest()
