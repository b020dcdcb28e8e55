"""Articles as the lines of a JSONL file that `dateline ingest` reads back."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from vectorstore.errors import ExportUnwritable
from vectorstore.export import iso
from vectorstore.models import Article


def lines(articles: Iterable[Article]) -> Iterator[str]:
    """One for each article, as it stands now, with its line end; what its publisher does not state is left out."""
    return map(_line, articles)


def write(path: Path, articles: Iterable[Article]) -> int:
    """Write them to a file, one after the other; returns how many. What was at the path before stays until all are
    written. Raises ExportUnwritable."""
    place = path.expanduser().resolve()
    part = place.with_name(f".{place.name}.{os.getpid()}.part")
    written = 0
    try:
        if place.exists() and not place.is_file():
            raise OSError("is not a file")
        with part.open("w", encoding="utf-8", newline="\n") as file:
            for line in lines(articles):
                file.write(line)
                written += 1
        part.replace(place)
    except OSError as error:
        reason = error.strerror or error
        raise ExportUnwritable(f"The articles cannot be written to {path} ({reason}); choose another place.") from error
    finally:
        part.unlink(missing_ok=True)
    return written


def _line(article: Article) -> str:
    stated = {
        "id": article.id,
        "title": article.title,
        "source": article.outlet,
        "authors": list(article.authors),
        "published_at": iso(article.published_at),
        "updated_at": iso(article.updated_at),
        "url": article.url,
        "language": article.language,
        "text": article.text,
    }
    # Half a surrogate pair cannot be written as UTF-8; as an escape it can.
    said = json.dumps({name: value for name, value in stated.items() if value}, ensure_ascii=False)
    return said.encode("utf-8", "backslashreplace").decode() + "\n"
