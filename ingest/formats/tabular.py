"""JSON, JSONL and CSV files to one Record a row. A bad row is rejected with its place; the rows around it are read."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from itertools import chain
from typing import TypeVar

from ingest.documents import LARGEST_DOCUMENT, Record, Rejection
from ingest.formats.decoding import BINARY, decode, is_binary, marked_encoding
from ingest.formats.fields import FIELDS
from vectorstore.errors import RejectedDocument

_LARGEST_JSON = 5 * LARGEST_DOCUMENT

Rows = Iterator[Record | Rejection]
T = TypeVar("T")


def whole(
    stream: io.BufferedReader, limit: int = LARGEST_DOCUMENT, advice: str = "give each article by itself"
) -> bytes:
    """All that a stream holds. Raises RejectedDocument beyond `limit` bytes."""
    content = stream.read(limit + 1)
    if len(content) > limit:
        raise RejectedDocument(f"is larger than {limit // 1024**2} MB; {advice}")
    return content


def read_json(stream: io.BufferedReader, name: str, identity: str) -> Rows:
    """One article, a list of them, or {"articles": [...]}. Raises RejectedDocument when the file is none of these."""
    loaded = _parse(decode(whole(stream, _LARGEST_JSON, "save it as JSONL, one article a line")))
    if isinstance(loaded, dict) and isinstance(loaded.get("articles"), list):
        loaded = loaded["articles"]
    if not isinstance(loaded, list):
        yield _record(name, identity, loaded)
        return
    for number, item in enumerate(loaded, start=1):
        yield _record(f"{name} item {number}", identity, item)


def read_jsonl(stream: io.BufferedReader, name: str, identity: str) -> Rows:
    """One article a line, however many lines there are."""
    lines = _Lines(stream)
    for item in _each(map(_parse, filter(str.strip, lines))):
        yield _record(f"{name} line {lines.number}", identity, item)


def read_csv(stream: io.BufferedReader, name: str, identity: str) -> Rows:
    """One article a row under a first line that names the columns. Raises RejectedDocument when that line doesn't."""
    csv.field_size_limit(LARGEST_DOCUMENT)
    lines = _Lines(stream)
    first = next(lines, "")
    delimiter = max(",;\t", key=first.count)  # spreadsheets of countries with a decimal comma write ";"
    rows = _each(csv.reader(chain([first], lines), delimiter=delimiter))
    header = _header(next(rows))
    number = lines.number + 1
    for row in rows:
        if row:
            yield _record(f"{name} line {number}", identity, _cells(header, row))
        number = lines.number + 1


ROW_READERS = {".json": read_json, ".jsonl": read_jsonl, ".csv": read_csv}


def _header(row: list[str] | RejectedDocument) -> list[str]:
    names = [] if isinstance(row, RejectedDocument) else [name.strip().lower() for name in row]
    if "text" not in names:
        raise RejectedDocument(f'has no column "text"; its first line must name the columns: {", ".join(FIELDS)}')
    return names


def _cells(header: list[str], row: list[str] | RejectedDocument) -> dict[str, str] | RejectedDocument:
    if isinstance(row, RejectedDocument):
        return row
    if any(row[len(header) :]):
        reason = f"has {len(row)} fields where the first line names {len(header)}; put texts with commas in quotes"
        return RejectedDocument(reason)
    return dict(zip(header, row, strict=False))


def _record(name: str, identity: str, item: object) -> Record | Rejection:
    if isinstance(item, RejectedDocument):
        return Rejection(name, str(item))
    if not isinstance(item, dict):
        return Rejection(name, 'is not an article; it must be an object with a field "text"')
    return Record(name, identity, item)


def _each(items: Iterator[T]) -> Iterator[T | RejectedDocument]:
    """The items, and in the place of one that cannot be read the reason.

    `items` may not come from a generator: a generator that has raised is over.
    """
    while True:
        try:
            item: T | RejectedDocument = next(items)
        except StopIteration:
            return
        except RejectedDocument as reason:
            item = reason
        except csv.Error as error:
            item = RejectedDocument(f"is not CSV ({error})")
        yield item


def _parse(text: str) -> object:
    try:
        parsed: object = json.loads(text)
    except json.JSONDecodeError as error:
        raise RejectedDocument(f"is not JSON ({error})") from error
    except (ValueError, RecursionError) as error:
        raise RejectedDocument("is not JSON that can be read (nested too deeply, or a number too long)") from error
    return parsed


class _Lines:
    """The lines of a file as text. `number` is that of the line given last.

    A line that cannot be read raises RejectedDocument, and the next call goes on after it.
    """

    def __init__(self, stream: io.BufferedReader) -> None:
        self.number = 0
        self._stream = _in_lines(stream)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._stream.readline(LARGEST_DOCUMENT + 1)
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) > LARGEST_DOCUMENT:
            while line and not line.endswith(b"\n"):
                line = self._stream.readline(LARGEST_DOCUMENT)
            raise RejectedDocument("is longer than 10 MB, which no article is")
        return decode(line)


def _in_lines(stream: io.BufferedReader) -> io.BufferedIOBase:
    """The same stream if a byte \\n ends its lines, which it doesn't in UTF-16. Raises RejectedDocument for binary."""
    head = stream.peek()[:4096]
    if marked_encoding(head) in ("utf-16", "utf-32"):
        return io.BytesIO(decode(whole(stream, advice="save it as UTF-8")).encode())
    if is_binary(head):
        raise RejectedDocument(BINARY)
    return stream
