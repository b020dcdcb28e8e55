"""What the page's script asks for beside Gradio's events: questions, answers as they grow, and thumbs.

Gradio sends events through a queue of the page that is lost with its connection, and their answers come in any order.
Here each request names the conversation that it is about and what the page has seen of it, so that it can be sent
again, by another tab too, and an answer that comes late is known to be late.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import anyio
from pydantic import BaseModel, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from assistant.query.search_filters import ALL_DATES
from assistant.text.texts import number as figure
from assistant.text.texts import tr
from assistant.types import Thumb
from assistant.ui.conversation import told
from assistant.ui.conversations_panel import Question, Talks
from assistant.ui.desk import Desk
from assistant.ui.settings_tab import kept_settings
from vectorstore.errors import LimitUnusable

if TYPE_CHECKING:
    from assistant.ui.chat_tab import Drawing
    from assistant.ui.limits_panel import LimitsPanel

LONGEST_QUESTION = 2000
"""In characters; the engine refuses longer ones too."""
_WAITED = 10.0
_WAITING = 64
"""Requests at once that wait for an answer to grow."""

State = dict[str, Any]


class _Asked(BaseModel):
    id: str = Field(pattern=r"^[\w-]{1,64}$")
    key: str = Field("", max_length=64)
    number: int = Field(ge=1, le=100_000)
    question: str = Field("", max_length=50_000)
    again: bool = False
    everything: bool = False
    fields: tuple[str, str, str, str, str | None] = ("", "", "", "", "")
    settings: Any = None


class _Named(BaseModel):
    id: str = Field(max_length=200)


class _Rated(_Named):
    exchange: int
    thumb: Thumb | None
    reason: str = Field("", max_length=500)


class TalkRoutes:
    def __init__(self, desk: Desk, talks: Talks, drawing: Drawing, limits: LimitsPanel) -> None:
        self._desk, self._talks, self._drawing, self._limits = desk, talks, drawing, limits

    @property
    def routes(self) -> list[BaseRoute]:
        waiting: list[anyio.CapacityLimiter] = []  # belongs to the loop that it is first used in

        async def look(request: Request) -> Response:
            waiting[:] = waiting or [anyio.CapacityLimiter(_WAITING)]
            seen = partial(self._looked, request.query_params)
            return await _answered(seen, limiter=waiting[0])

        def taking(form: type[BaseModel], act: Callable[[Any], State]) -> Callable[[Request], Any]:
            async def take(request: Request) -> Response:
                try:
                    sent = form.model_validate_json(await request.body())
                except ValidationError:
                    return JSONResponse(
                        {"problem": tr("The page sent something that cannot be read. Load it again.")}, 422
                    )
                return await _answered(partial(act, sent))

            return take

        return [
            Route("/talk", look),
            Route("/talk/ask", taking(_Asked, self._asked), methods=["POST"]),
            Route("/talk/stop", taking(_Named, self._stopped), methods=["POST"]),
            Route("/talk/rate", taking(_Rated, self._rated), methods=["POST"]),
        ]

    def _looked(self, wanted: Mapping[str, str]) -> State:
        """The conversation as it stands. While an answer is written and the page has `seen` all of it: once it has
        grown, or after some seconds."""
        id, run = wanted.get("id", ""), self._talks.writing(wanted.get("id", ""))
        steps = run.steps if run else 0
        if run and wanted.get("seen") == _step(run.exchange.number, steps):
            run.wait_beyond(steps, _WAITED)
        return self._state(id, wanted.get("past", ""), onward="next" in wanted)

    def _asked(self, asked: _Asked) -> State:
        since, until, outlet, language, among = asked.fields
        days = ("", "") if asked.everything else (since, until)
        try:
            kept = self._limits.scope(*days, outlet, language, among)
        except LimitUnusable as error:
            return {"taken": False, "limits": self._limits.refused(error)}
        text = asked.question.strip()
        if asked.again and not text:
            conversation = self._talks.read(asked.id)
            text = conversation[asked.number - 1].question if asked.number <= len(conversation) else ""
        if not text or len(text) > LONGEST_QUESTION:
            return {"taken": False, "problem": _unusable(text)}
        scope = replace(kept, until=ALL_DATES) if asked.everything else kept
        question = Question(text, asked.number, asked.again, asked.key)
        aside = self._talks.ask(asked.id, question, scope, kept_settings(asked.settings).manner)
        if aside is None:
            return {"taken": False, "busy": True, **self._state(asked.id)}
        limits = self._limits.taken(kept, among)
        return {"taken": True, "aside": [aside.id, aside.title], "limits": limits, **self._state(asked.id)}

    def _stopped(self, named: _Named) -> State:
        if run := self._talks.writing(named.id):
            run.stop()
        return self._state(named.id)

    def _rated(self, rated: _Rated) -> State:
        self._desk.notebook.rate(rated.id, rated.exchange, rated.thumb, rated.reason)
        return self._state(rated.id)

    def _state(self, id: str, past: str = "", onward: bool = False) -> State:
        """`past` is how many earlier answers the page has; they are not sent again while the last one grows."""
        conversation, run = self._talks.state(id)
        if not conversation:
            live, whole = self._drawing.welcoming(onward)
            empty = {"id": id, "count": 0, "busy": False, "gone": bool(id), "past": ""}
            return {**empty, "live": live, "tag": _tag(live), "onward": not whole}
        known = {"id": id, "count": len(conversation), "title": self._talks.title(id)}
        if run:
            # Its steps first: what it grows by meanwhile is then drawn once more, and not missed.
            known |= {"busy": True, "tag": _step(run.exchange.number, run.steps)}
            live = self._drawing.growing(run.exchange, run.ahead)
            if past == str(len(conversation)):
                return {**known, "live": live}
            return {**known, "past": self._drawing.written(id, conversation)[0], "live": live}
        if onward:
            self._drawing.going_on(id, conversation)
        drawn = dict(zip(("past", "live"), self._drawing.written(id, conversation), strict=True))
        following = {
            "onward": not self._drawing.followed(id, conversation),
            "cut": self._talks.cut_off(id, conversation),
        }
        return {**known, **drawn, **following, "busy": False, "tag": _tag(*drawn.values())}


async def _answered(act: Callable[[], State], limiter: anyio.CapacityLimiter | None = None) -> Response:
    """What is wrong is told in it: of another status than 200 a browser writes an error into its console."""
    try:
        state = await anyio.to_thread.run_sync(act, limiter=limiter)
    except Exception as error:
        state = {"problem": told(error)}
    return JSONResponse(state, headers={"Cache-Control": "no-store"})


def _unusable(text: str) -> str:
    if not text:
        return tr("Type a question first.")
    n, most = figure(len(text)), figure(LONGEST_QUESTION)
    return tr("{n} characters: too long. {most} can be asked.", n=n, most=most)


def _step(number: int, steps: int) -> str:
    return f"{number}.{steps}"


def _tag(*drawn: str) -> str:
    return sha256("\0".join(drawn).encode("utf-8", "replace")).hexdigest()[:16]
