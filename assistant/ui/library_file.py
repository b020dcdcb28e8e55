"""`/library.jsonl`: the library, or what of it is asked for, sent while it is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from assistant.filters import kept_to
from assistant.ui.conversation import told
from assistant.ui.desk import Desk
from vectorstore.errors import LimitUnusable
from vectorstore.jsonl import lines

_AT_ONCE = 100


def library_routes(desk: Desk) -> Sequence[BaseRoute]:
    """Beside the page; `search`, `outlet`, `from` and `to` say what is wanted, as on the page."""

    def library(request: Request) -> Response:
        asked = {name: request.query_params.get(name, "") for name in ("search", "outlet", "from", "to")}
        try:
            listing = kept_to(asked["search"], asked["outlet"], asked["from"], asked["to"], desk.outlets())
            written = lines(desk.export(listing))
            begun = list(islice(written, 1))  # what cannot be read at all is told, and no file
        except LimitUnusable as error:
            return PlainTextResponse(f"{error.field}: {error}\n", status_code=400)
        except Exception as error:
            return PlainTextResponse(f"{told(error)}\n", status_code=500)
        headers = {"Content-Disposition": 'attachment; filename="dateline.jsonl"'}
        return StreamingResponse(_together(chain(begun, written)), media_type="application/jsonl", headers=headers)

    return [Route("/library.jsonl", library)]


def _together(written: Iterator[str]) -> Iterator[str]:
    """Many lines at a time: each is handed on by itself from one thread to another."""
    while some := list(islice(written, _AT_ONCE)):
        yield "".join(some)
