"""Files that never change under their name: browsers keep them, and they are compressed once."""

from __future__ import annotations

import gzip
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from mimetypes import guess_type
from pathlib import Path

import gradio as gr
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

_BUILT = Path(gr.__file__).parent / "templates" / "frontend" / "assets"
_FOREVER = "public, max-age=31536000, immutable"
_MOST = 16
"""Of those that are kept: one for each name by which readers reach the server."""


@dataclass(frozen=True, slots=True)
class File:
    kind: str
    content: bytes
    compressed: bytes

    @classmethod
    def of(cls, content: bytes, name: str) -> File:
        return cls(guess_type(name)[0] or "application/octet-stream", content, gzip.compress(content, 9))

    def response(self, request: Request) -> Response:
        headers = {"Cache-Control": _FOREVER, "Vary": "Accept-Encoding"}
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return Response(self.content, media_type=self.kind, headers=headers)
        return Response(self.compressed, media_type=self.kind, headers={**headers, "Content-Encoding": "gzip"})


class Files:
    """What is kept here, and the files that Gradio's scripts are built into: they too are named by what is in them.
    Gradio compresses each of them for each request, and has every browser ask again."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, File] = OrderedDict()

    @property
    def routes(self) -> list[BaseRoute]:
        return [Route("/kept/{name}", self._answer), Route("/assets/{name}", _built)]

    def keep(self, content: bytes, name: str) -> str:
        """The path under which it can be had from now on."""
        named = f"{sha256(content).hexdigest()[:16]}-{name}"
        if named not in self._kept:
            self._kept[named] = File.of(content, name)
        self._kept.move_to_end(named)
        while len(self._kept) > _MOST:
            self._kept.popitem(last=False)
        return f"kept/{named}"

    async def _answer(self, request: Request) -> Response:
        file = self._kept.get(request.path_params["name"])
        return file.response(request) if file else _nothing()


def _built(request: Request) -> Response:
    try:
        return _asset(request.path_params["name"]).response(request)
    except (OSError, ValueError):
        return _nothing()


@lru_cache(maxsize=1024)
def _asset(name: str) -> File:
    """Of Gradio's own; OSError or ValueError where there is none. `name` holds no slash."""
    return File.of((_BUILT / name).read_bytes(), name)


def _nothing() -> Response:
    return PlainTextResponse("There is nothing here.\n", status_code=404)
