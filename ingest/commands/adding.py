"""An article added on behalf of another program, as the command adds it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from vectorstore.errors import DatelineError

_NAME = "article"


def adds_by_command(library: Path | None) -> Callable[[Mapping[str, object]], dict[str, Any]]:
    """By a process of its own, which has the library only as long as it takes, or leaves it to the server that has it
    open. What it gives is the report; raises DatelineError where there is none."""

    def add(article: Mapping[str, object]) -> dict[str, Any]:
        _check(article)
        with TemporaryDirectory(prefix="dateline-") as folder:
            file = Path(folder) / "article.json"
            file.write_text(json.dumps({**article, **_known_by(article)}), encoding="utf-8")
            # -P, or it would be the `app.py` of the folder that the other program was started in.
            command = [sys.executable, "-P", "-m", "app", "ingest", str(file), "--json"]
            command += ["--library", str(library)] if library else []
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8")
        try:
            report: dict[str, Any] = json.loads(done.stdout.replace(json.dumps(str(file))[1:-1], _NAME))
        except ValueError as error:
            told = done.stderr.strip().rpartition("\n")[2]
            raise DatelineError(told or "The article could not be added; `dateline doctor` says why.") from error
        return report

    return add


def _check(article: Mapping[str, object]) -> None:
    """Raises DatelineError where the address would be asked for the text: an article that gives orders to the other
    program's model could have it carry off in an address what it has read."""
    from ingest.documents import Record
    from ingest.formats.exports import row

    if not isinstance(row(_NAME, "", article), Record):
        raise DatelineError("There is no text of an article in it. Give its full text, word for word.")


def _known_by(article: Mapping[str, object]) -> dict[str, str]:
    """The file is another one each time: what has no address is known by its text."""
    from ingest.identity import pasted_id

    return {} if article.get("url") else {"id": pasted_id(str(article["text"]))}
