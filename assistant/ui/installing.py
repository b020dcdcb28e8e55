"""What lets a browser install the page as an app: its manifest, its icons, and what it shows when Dateline cannot be
reached."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from string import Template
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from assistant.text.texts import LANGUAGES, language, tr
from assistant.ui.assets import head

_HERE = Path(__file__).parent
_FRESH = {"Cache-Control": "no-cache"}
_KINDS = {"icon.svg": "image/svg+xml", "icon-192.png": "image/png", "icon-512.png": "image/png"}


def installing_routes() -> list[BaseRoute]:
    return [
        Route("/dateline.webmanifest", _manifest),
        Route("/worker.js", _worker),
        Route("/offline", _offline),
        Route("/favicon.ico", _icon),
        Route("/icons/{name}", _icon),
    ]


def manifest() -> dict[str, Any]:
    sizes = {"icon.svg": "any", "icon-192.png": "192x192", "icon-512.png": "512x512"}
    icons = [{"src": f"icons/{name}", "type": _KINDS[name], "sizes": sizes[name]} for name in sizes]
    named = LANGUAGES[language()]
    return {
        "name": "Dateline",
        "short_name": "Dateline",
        "description": tr("Answers questions about news articles, with the exact sentences they are based on."),
        "id": "./",
        "start_url": "./",
        "scope": "./",
        "display": "standalone",
        "lang": named.tag,
        "dir": "rtl" if named.rtl else "ltr",
        "background_color": "#fbfaf7",
        "theme_color": "#fbfaf7",
        "icons": icons,
        "shortcuts": [
            {"name": tr("Stories"), "url": "./?tab=stories"},
            {"name": tr("Library"), "url": "./?tab=library"},
        ],
        # The reader is asked there; nothing is added before.
        "share_target": {
            "action": "./add",
            "method": "GET",
            "params": {"title": "title", "text": "text", "url": "url"},
        },
    }


async def _manifest(request: Request) -> Response:
    return JSONResponse(manifest(), media_type="application/manifest+json", headers=_FRESH)


async def _worker(request: Request) -> Response:
    """Another one as soon as what it keeps is another one: the browser then fetches that anew."""
    version = sha256(_drawn().encode()).hexdigest()[:16]
    script = Template((_HERE / "worker.js").read_text(encoding="utf-8")).substitute(version=version)
    return Response(script, media_type="text/javascript", headers=_FRESH)


async def _offline(request: Request) -> Response:
    return HTMLResponse(_drawn(), headers=_FRESH)


def _drawn() -> str:
    named = LANGUAGES[language()]
    return Template((_HERE / "offline.html").read_text(encoding="utf-8")).substitute(
        language=named.tag,
        direction="rtl" if named.rtl else "ltr",
        head=head(),
        title=tr("Dateline cannot be reached"),
        why=tr(
            "It may have been stopped, or this device is offline. Articles and answers are kept where Dateline runs."
        ),
        kept=tr("This is kept in your browser and is not lost:"),
        soon=tr("This page opens again by itself when Dateline answers."),
        again=tr("Try again"),
        script=(_HERE / "offline.js").read_text(encoding="utf-8"),
    )


async def _icon(request: Request) -> Response:
    name = request.path_params.get("name", "icon-192.png")
    if name not in _KINDS:
        return Response(status_code=404)
    headers = {"Cache-Control": "public, max-age=86400"}
    return Response((_HERE / name).read_bytes(), media_type=_KINDS[name], headers=headers)
