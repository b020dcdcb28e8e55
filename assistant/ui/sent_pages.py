"""A page that the reader has open in the browser, sent by a bookmark and put into the library once the reader says so.

The bookmark opens `/add` in a window of its own and hands it the page by postMessage. The browser vouches for the site
that a message comes from, so that no site can send a page as another's; nothing is stored before the reader has clicked
in that window, and that request is one of our own page: those of other sites are refused as ever.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from string import Template

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from assistant.text.texts import LANGUAGES, language, tr, tr_line
from assistant.ui.articles_api import added, check_origin, sent
from assistant.ui.assets import head
from assistant.ui.conversation import told
from assistant.ui.desk import Desk
from assistant.ui.openai_api import Refused
from assistant.ui.work import problem_html, receipt_html
from vectorstore.reports import Report

_HERE = Path(__file__).parent
SCRIPT = (_HERE / "bookmark.js").read_text(encoding="utf-8")


def sent_page_routes(desk: Desk) -> Sequence[BaseRoute]:
    return [Route("/add", _window), Route("/added", partial(_added, desk), methods=["POST"])]


def bookmark_html() -> str:
    """The bookmark, whose address the browser puts together: it alone knows where this page is."""
    return (
        f'<p class="bookmark"><a class="plain" data-bookmark draggable="true">{tr("Add to Dateline")}</a> '
        f"{tr('Drag this to your bookmarks. On a page that you read, it adds what you see there.')}</p>"
    )


async def _window(request: Request) -> Response:
    named = LANGUAGES[language()]
    window = Template((_HERE / "add.html").read_text(encoding="utf-8")).substitute(
        language=named.tag,
        direction="rtl" if named.rtl else "ltr",
        head=head(),
        style=(_HERE / "add.css").read_text(encoding="utf-8"),
        title=tr("Add this page to the library?"),
        add=tr("Add"),
        nothing=tr("No page has come. Save it as a file and add that."),
        script=(_HERE / "add.js").read_text(encoding="utf-8"),
    )
    return HTMLResponse(window, headers={"Cache-Control": "no-store"})


def _address(body: bytes) -> str:
    """Of a page that was shared: that alone is known of it. "" for one that is sent whole."""
    try:
        held = json.loads(body)
    except ValueError:
        return ""
    address = held.get("address") if isinstance(held, dict) and held.keys() == {"address"} else None
    return address if isinstance(address, str) else ""


async def _shared(desk: Desk, address: str) -> Report:
    """It is fetched as if it had been typed on the page."""
    return await run_in_threadpool(desk.add_url, address, lambda step: None, lambda: False)


async def _added(desk: Desk, request: Request) -> Response:
    try:
        check_origin(request)
        body = await request.body()
        report = await _shared(desk, address) if (address := _address(body)) else await added(desk, sent(body))
    except Refused as refused:
        return HTMLResponse(problem_html(tr_line(refused.message)), refused.status)
    except Exception as error:
        return HTMLResponse(problem_html(told(error)), 500)
    return HTMLResponse(receipt_html(replace(report, again=())), 200 if report.readable else 422)
