"""The document that a browser gets first, and the files that it names.

The document is Gradio's own, which says next to nothing without its scripts, with the shell of the page in it and
without the page's configuration. Files never change under their name: browsers keep them, and they are compressed once.
"""

from __future__ import annotations

import gzip
import json
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from mimetypes import guess_type
from pathlib import Path
from string import Template
from urllib.parse import parse_qs

import gradio as gr
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.text.texts import LANGUAGES, language, number, tr
from assistant.types import Exchange
from assistant.ui.answer_view import live_html
from assistant.ui.language import configuration
from assistant.ui.limits_panel import emptied
from assistant.ui.render import shown
from assistant.ui.talk_routes import LONGEST_QUESTION
from vectorstore.accounts import account
from vectorstore.errors import DatelineError

_BUILT = Path(gr.__file__).parent / "templates" / "frontend" / "assets"
_FOREVER = "public, max-age=31536000, immutable"
_MOST = 64
"""Of those that are kept: one for each language, and each name by which readers reach the server."""
_HERE = Path(__file__).parent
_CONFIGURATION = re.compile(rb"<script>(window\.gradio_config = .*?)</script>\s*<script>(.*?)</script>", re.DOTALL)
_THEIRS = re.compile(rb'\s*<(?:meta\s+(?:property="og:|name="twitter:)|link\s+rel="manifest")[^>]*>')
"""What Gradio tells of itself, to those who make a picture of a link."""
_TITLES = b'control_page_title="true"'
_HTML, _HEAD, _APP = re.compile(rb'<html\s+lang="en"'), b"<head>", b"<gradio-app"
SCRIPTS = ("asking.js", "clipboard.js", "addresses.js")
_BONES = '<i class="bone"></i>' * 5
_LOADING = f'<article class="exchange loading" aria-busy="true" aria-label="{{label}}">{_BONES}</article>'
_ASKED = Exchange(1, "")
"""A question as it is drawn before the server knows of it; the browser puts in its words."""


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


class Dressed:
    """Goes inside PagePolicy, which lets no script run that it has not seen in the page.

    `welcome` is what the chat shows before the first question, `components` are the page's by their ids. Gradio's
    `head=` would not do: it is put in by its scripts, a second or more after the browser has painted a page for the
    first time.
    """

    def __init__(
        self, app: ASGIApp, files: Files, welcome: Callable[[], str], components: Mapping[int, object]
    ) -> None:
        self._app, self._files, self._welcome, self._components = app, files, welcome, components
        self._own = "\n".join(map(_text, SCRIPTS)).encode()
        self._shell = Template(_text("shell.html"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != "/":
            return await self._app(scope, receive, send)
        start: Message = {}
        body = b""

        async def dress(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
                return
            body += message.get("body", b"")
            if not message.get("more_body"):
                dressed = await self._dressed(body, parse_qs(scope["query_string"].decode("latin-1")))
                headers = MutableHeaders(scope=start)
                headers["content-length"] = str(len(dressed))
                headers.add_vary_header("Accept-Language, Cookie")
                await send(start)
                await send({**message, "body": b"" if scope["method"] == "HEAD" else dressed})

        await self._app(scope, receive, dress)

    async def _dressed(self, document: bytes, address: Mapping[str, Sequence[str]]) -> bytes:
        loading = _LOADING.format(label=tr("The conversation is being loaded"))
        live = loading if "conversation" in address else await run_in_threadpool(self._welcomed)
        named = LANGUAGES[language()]
        shell = self._shell.substitute(
            _named(),
            live=live,
            loading=loading,
            asked=live_html(_ASKED),
            told=_told(emptied()),
            script=_text("shell.js"),
        )
        document = _HTML.sub(
            f'<html lang="{named.tag}" dir="{"rtl" if named.rtl else "ltr"}"{_role()}'.encode(), document, 1
        )
        document = _CONFIGURATION.sub(self._kept, document, 1)
        document = _THEIRS.sub(b"", document).replace(_TITLES, b'control_page_title="false"', 1)
        document = document.replace(_HEAD, _HEAD + head().encode() + self._script(), 1)
        return document.replace(_APP, shell.encode() + _APP, 1)

    def _script(self) -> bytes:
        """The page's own, which runs before Gradio's."""
        name = self._files.keep(self._own, "dateline.js")
        return f'<script defer src="./{name}"></script>'.encode()

    def _kept(self, found: re.Match[bytes]) -> bytes:
        """A script in a file of its own, in place of those found. It runs before Gradio's, which are modules."""
        config, rest = (group.decode() for group in found.groups())
        content = f"{configuration(config, self._components)}\n{rest}"
        name = self._files.keep(content.encode(), "configuration.js")
        return f'<script defer src="./{name}"></script>'.encode()

    def _welcomed(self) -> str:
        """What is drawn first has words of articles in it, and PagePolicy lets every script of the document run."""
        welcome = ""
        with suppress(DatelineError):  # it is told where the page draws the same
            welcome = self._welcome()
        return "" if "<script" in welcome.lower() else welcome


def _role() -> str:
    """By which the page leaves out what its reader may not do; the server goes by the account alone."""
    mine = account()
    return f' data-role="{mine.role.word}"' if mine.name else ""


def _named() -> dict[str, str]:
    """The shell's own texts, which are those of the page."""
    return {
        "chat": tr("Chat"),
        "library": tr("Library"),
        "feeds": tr("Feeds"),
        "stories": tr("Stories"),
        "settings": tr("Settings"),
        "question": tr("Your question"),
        "about": tr("Ask about the news"),
        "ask": tr("Ask"),
        "limits": tr("Dates, outlet, articles"),
        "talks": tr("Conversations"),
        "anew": tr("New conversation"),
        "takeback": tr("Do not send it"),
        "keeps": tr("The answers from here on are kept as another conversation."),
        "save": tr("Save and ask"),
        "cancel": tr("Cancel"),
    }


def _told(limits: Mapping[str, object]) -> str:
    """What the page's script tells, as attributes."""
    most = number(LONGEST_QUESTION)
    told = {
        "most": str(LONGEST_QUESTION),
        "ask": tr("Ask"),
        "stop": tr("Stop"),
        "limits": json.dumps(limits),
        "offline": tr("Offline. What is on the page stays; it goes on when Dateline can be reached."),
        "waiting": tr("Offline. Your question is kept and will be sent."),
        "still": tr("An answer is being written. Your question stays in the box."),
        "elsewhere": tr("Being answered in another tab. Your question stays in the box."),
        "gone": tr("This conversation is not in the library. It may have been deleted."),
        "aside": tr("What came after is kept as “{title}”."),
        "library": tr("Library"),
        "feeds": tr("Feeds"),
        "stories": tr("Stories"),
        "settings": tr("Settings"),
        "length": tr("{n} of {most} characters", n="{n}", most=most),
        "long": tr("{n} characters: too long. {most} can be asked.", n="{n}", most=most),
    }
    return " ".join(f'data-{name}="{shown(text)}"' for name, text in told.items())


def head() -> str:
    """The palette, how it is printed, what is drawn first, the script for the reader's colours, what no phone does."""
    style = "".join(_text(f"{name}.css") for name in ("palette", "print", "first", "shell"))
    # Phones would make links of telephone numbers in articles.
    plain = '<meta name="format-detection" content="telephone=no, email=no, address=no">'
    about = tr("Answers questions about news articles, with the exact sentences they are based on.")
    told = {"og:title": "Dateline", "og:type": "website", "og:site_name": "Dateline", "og:description": about}
    shared = "".join(f'<meta property="{name}" content="{shown(text)}">' for name, text in told.items())
    return (
        f"<title>Dateline</title>{plain}{shared}"
        f'<meta name="description" content="{shown(about)}"><meta name="theme-color" content="#fbfaf7">'
        '<link rel="icon" href="./icons/icon.svg" type="image/svg+xml">'
        '<link rel="apple-touch-icon" href="./icons/icon-192.png"><link rel="manifest" href="./dateline.webmanifest">'
        f"<style>{style}</style><script>{_text('appearance.js')}</script>"
    )


def _text(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
