"""Which routes are open: those that the page and the documented endpoints use. Gradio builds more."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from starlette.routing import BaseRoute, Route, compile_path

_FILE = "/gradio_api/file="

OPEN: Mapping[str, str] = {
    "/": "GET HEAD",
    "/assets/{path:path}": "GET",
    "/config": "GET",
    "/favicon.ico": "GET",
    "/gradio_api/app_id": "GET",
    "/gradio_api/call/{api_name}": "POST",
    "/gradio_api/call/{api_name}/{event_id}": "GET",
    "/gradio_api/cancel": "POST",
    "/gradio_api/component_server/": "POST",
    "/gradio_api/file={path_or_url:path}": "GET HEAD",
    "/gradio_api/heartbeat/{session_hash}": "GET",
    "/gradio_api/info": "GET",
    "/gradio_api/queue/data": "GET",
    "/gradio_api/queue/join": "POST",
    "/gradio_api/reset": "POST",
    "/gradio_api/upload": "POST",
    "/gradio_api/upload_progress": "GET",
    "/manifest.json": "GET",
    "/robots.txt": "GET",
    "/static/{path:path}": "GET",
    "/theme.css": "GET",
}
"""Gradio's routes that are used, in Gradio's own words, with their methods."""


class OpenRoutes:
    """Those of Gradio that are used, and `beside` them our own. Of files only those in `cache` are handed out: Gradio
    would fetch what is named by an http address, for whoever asks."""

    def __init__(self, beside: Sequence[BaseRoute], cache: str) -> None:
        ours = [(route.path, route.methods or set()) for route in beside if isinstance(route, Route)]
        gradios = [(path, set(methods.split())) for path, methods in OPEN.items()]
        self._open = [(compile_path(path)[0], methods) for path, methods in [*ours, *gradios]]
        self._files = f"{_FILE}{cache}{os.sep}"

    def hold(self, method: str, path: str) -> bool:
        if path.startswith(_FILE) and not path.startswith(self._files):
            return False
        return any(method in methods and pattern.match(path) for pattern, methods in self._open)
