"""What the code asks of the catalogue, and what stands outside of it, read off the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
Message = tuple[str, str]
"""The English text, and that for many; "" for one that has no number."""


def messages(source: str) -> Iterator[Message]:
    """Every text that is looked up in a module."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Name(id="tr" | "tr_later"), args=[ast.Constant(value=str(text)), *_]):
                yield text, ""
            case ast.Call(
                func=ast.Name(id="tr_plural"), args=[ast.Constant(value=str(one)), ast.Constant(value=str(many)), *_]
            ):
                yield one, many
            case ast.Call(func=ast.Name(id="count"), args=[_, ast.Constant(value=str(noun))]):
                yield f"{{n}} {noun}", f"{{n}} {noun}s"


def all_messages() -> dict[str, str]:
    """Those of the whole assistant, in the order of the modules."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "assistant").rglob("*.py")):
        for one, many in messages(path.read_text(encoding="utf-8")):
            found[one] = many or found.get(one, "")
    return found | {form: "" for form in elsewhere() if form not in found}


def elsewhere() -> list[str]:
    """The forms of the lines that other parts of Dateline make."""
    return (ROOT / "assistant" / "text" / "locale" / "elsewhere.txt").read_text(encoding="utf-8").splitlines()
