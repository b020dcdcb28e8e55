"""What the caller named -> the documents to read, one after the other and never all at once."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from ingest.documents import Document, Pasted, Record, Rejection, Source, Upload
from ingest.files import Found, count, read_file, read_path
from ingest.kinds import kind_of_page
from vectorstore.errors import RejectedDocument

_ADDRESS = re.compile(r"\s*[a-z][a-z0-9+.-]*://", re.IGNORECASE)


def read(source: Source, *, allow_private: bool = False) -> Iterator[Found]:
    """Everything that a source holds, in a stable order. What cannot be read comes out as a Rejection."""
    if isinstance(source, Pasted):
        fields = {"text": source.text, "title": source.title, "url": source.url, "outlet": source.outlet}
        yield Record(name_of(source), "", fields)
    elif isinstance(source, Upload):
        yield from read_file(source.path, source.name, source.name)
    elif _is_address(source):
        yield _page(name_of(source), allow_private)
    else:
        yield from read_path(_local(source))


def expected(sources: Iterable[Source]) -> int | None:
    """About how many documents there are, or None where only reading them would tell."""
    counts = [_count(source) for source in sources]
    return None if None in counts else sum(filter(None, counts))


def name_of(source: Source) -> str:
    """What a report calls a source."""
    if isinstance(source, Pasted):
        return source.title or "pasted text"
    return source.name if isinstance(source, Upload) else str(source).strip()


def _count(source: Source) -> int | None:
    if isinstance(source, Pasted) or _is_address(source):
        return 1
    path = source.path if isinstance(source, Upload) else _local(source)
    return count(path, name_of(source))


def _is_address(source: Source) -> bool:
    return isinstance(source, str) and _ADDRESS.match(source) is not None


def _local(source: str | Path) -> Path:
    return Path(os.path.expanduser(source))


def _page(url: str, allow_private: bool) -> Document | Rejection:
    from ingest.fetch import fetch

    try:
        page = fetch(url, allow_private=allow_private)
        kind = kind_of_page(page.url, page.content_type, page.content)
    except RejectedDocument as reason:
        return Rejection(url, str(reason))
    return Document(url, page.url, kind, page.content, page.url, page.charset)
