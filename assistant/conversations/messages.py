"""A conversation as other programs hand it in. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from assistant.types import Turn


def turns_of(messages: Iterable[Mapping[str, Any]]) -> tuple[Turn, ...]:
    """Messages of the usual shape as turns: each question of the user with what the assistant said to it."""
    turns: list[Turn] = []
    for message in messages:
        text = _text(message.get("content"))
        if message.get("role") == "user":
            turns.append(Turn(text))
        elif message.get("role") == "assistant" and turns:
            turns[-1] = Turn(turns[-1].question, f"{turns[-1].answer} {text}".strip())
    return tuple(turns)


def _text(content: Any) -> str:
    """Content is text, or a list of parts of which some are text."""
    if isinstance(content, str):
        return content
    if isinstance(content, Mapping):
        return _text(content.get("text"))
    return " ".join(filter(None, map(_text, content))) if isinstance(content, (list, tuple)) else ""
