"""`/library.jsonl`: the library, or what of it is asked for, sent while it is read; `/library.db`: a backup of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import BinaryIO

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from assistant.ui.conversation import told
from assistant.ui.desk import Desk
from assistant.ui.table_filters import kept_to
from vectorstore.errors import LimitUnusable
from vectorstore.jsonl import lines

_AT_ONCE = 100
_PIECE = 1 << 20


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

    return [Route("/library.jsonl", library), Route("/library.db", partial(_backup, desk, Lock()))]


def _backup(desk: Desk, copying: Lock, request: Request) -> Response:
    """Copied first, since it is one state of the library; the copy has no name any more while it is sent."""
    if not copying.acquire(blocking=False):
        return PlainTextResponse("A backup is being made already. Try again in a minute.\n", status_code=503)
    try:
        with TemporaryDirectory(prefix="dateline-", ignore_cleanup_errors=True) as place:
            copy = Path(place) / "dateline.db"
            desk.back_up(copy)
            size, file = copy.stat().st_size, copy.open("rb")
    except Exception as error:
        return PlainTextResponse(f"{told(error)}\n", status_code=500)
    finally:
        copying.release()
    name = f"dateline-{datetime.now(UTC):%Y-%m-%d}.db"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Length": str(size)}
    return StreamingResponse(_pieces(file), media_type="application/vnd.sqlite3", headers=headers)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece


def _together(written: Iterator[str]) -> Iterator[str]:
    """Many lines at a time: each is handed on by itself from one thread to another."""
    while some := list(islice(written, _AT_ONCE)):
        yield "".join(some)
