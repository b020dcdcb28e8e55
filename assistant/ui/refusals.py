"""What is answered to a request that is not carried out: one plain line to whoever asked, and one to the log."""

from __future__ import annotations

import logging
from traceback import extract_tb

from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from assistant.ui.page_policy import GUARDS

logger = logging.getLogger(__name__)

_LONGEST = 300


class Refusal:
    """An ASGI application that says why, and ends the connection: what else is on its way in it is not read."""

    def __init__(self, status: int, line: str) -> None:
        self.status, self.line = status, line

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = f"{scope.get('method', 'WebSocket')} {scope['path']}"
        level = logging.INFO if self.status == 404 else logging.WARNING
        logger.log(level, "%s: refused with %s: %s", shortened(asked), self.status, self.line)
        if scope["type"] == "websocket":
            return await send({"type": "websocket.close", "code": 1008})
        headers = {**GUARDS, "Connection": "close"}
        await PlainTextResponse(f"{self.line}\n", self.status, headers)(scope, receive, send)


def shortened(text: str) -> str:
    """What somebody else wrote, for a line of the log: in ASCII without control characters, and never long."""
    written = ascii(text[:_LONGEST])[1:-1]
    return written if len(written) <= _LONGEST else f"{written[:_LONGEST]}..."


def described(error: BaseException) -> str:
    """An unexpected error in a line for the log: what it says first, and where in Dateline it came up."""
    frames = [frame for frame in extract_tb(error.__traceback__) if "site-packages" not in frame.filename]
    where = f" ({frames[-1].filename[-100:]}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {shortened(str(error).partition(chr(10))[0])}{where}"
