"""What stands in the page's own head, before everything that Gradio puts there. An ASGI middleware around the page.

Gradio's `head=` is put in by its scripts, a second or more after the browser has painted a page for the first time.
"""

from __future__ import annotations

from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HERE = Path(__file__).parent
_HEAD = b"<head>"


def head() -> str:
    """The palette, the script that puts on the reader's own colours, how it is printed, and what no phone does."""
    palette, script, print_style = (
        (_HERE / name).read_text(encoding="utf-8") for name in ("palette.css", "appearance.js", "print.css")
    )
    # Phones would make links of telephone numbers in articles.
    plain = '<meta name="format-detection" content="telephone=no, email=no, address=no">'
    return f"{plain}<style>{palette}{print_style}</style><script>{script}</script>"


class Dressed:
    """Goes inside PagePolicy, which lets no script run that it has not seen in the page."""

    def __init__(self, app: ASGIApp, head: str) -> None:
        self._app, self._head = app, head.encode()

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
                dressed = body.replace(_HEAD, _HEAD + self._head, 1)
                headers = MutableHeaders(scope=start)
                if "content-length" in headers:
                    headers["content-length"] = str(int(headers["content-length"]) + len(dressed) - len(body))
                await send(start)
                await send({**message, "body": dressed})

        await self._app(scope, receive, dress)
