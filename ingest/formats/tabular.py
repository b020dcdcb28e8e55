"""JSON, JSONL and CSV files to one Record a row. A bad row is rejected with its place; the rows around it are read."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from itertools import chain
from typing import TypeVar

from ingest.documents import LARGEST_DOCUMENT, Link, Listed, Record, Rejection
from ingest.formats.fields import names_an_article, row, rows_in, without_text
from ingest.formats.sandbox import whole
from ingest.formats.sniffing import BINARY, decode, is_binary, marked_encoding
from ingest.identity import web_address
from vectorstore.errors import RejectedDocument

_LARGEST_JSON = 5 * LARGEST_DOCUMENT
# Empty lines, which a megabyte of gzip holds a thousand million of; beside ten for each that is none.
_MOST_BLANK = 20_000_000
# What stands over addresses that stand under nothing.
_OF_ADDRESSES = "url\n"
_TOLD_DELIMITER = re.compile(r'"?sep=(.)"?')

Row = Record | Link | Listed | Rejection
Rows = Iterator[Row]
T = TypeVar("T")


def read_json(stream: io.BufferedReader, name: str, identity: str) -> Rows:
    """One article, or a list of them under a name that exports have for it, or one a line.

    Raises RejectedDocument when the file is none of these.
    """
    content = whole(stream, _LARGEST_JSON, "save it as JSONL, one article a line")
    if _is_json_lines(content):
        yield from read_jsonl(io.BufferedReader(io.BytesIO(content)), name, identity)
        return
    loaded = _parse(decode(content))
    rows = rows_in(loaded)
    if rows is None:
        yield _record(name, identity, loaded)
        return
    for number, item in enumerate(rows, start=1):
        yield _record(f"{name} item {number}", identity, item)


def _is_json_lines(content: bytes) -> bool:
    """Whether its first line is a whole object and more of them follow."""
    first, _, rest = content.strip().partition(b"\n")
    if not rest.lstrip().startswith(b"{"):
        return False
    try:
        return isinstance(_parse(decode(first)), dict)
    except RejectedDocument:
        return False


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
    delimiter = ""
    if told := _TOLD_DELIMITER.fullmatch(first.strip()):  # Excel's way to say how it separated the columns
        first, delimiter = next(lines, ""), told[1]
    heads = [_OF_ADDRESSES, first] if web_address(first.strip().strip('"')) else [first]
    # Spreadsheets of countries with a decimal comma write ";".
    rows = _each(csv.reader(chain(heads, lines), delimiter=delimiter or max(",;\t|", key=first.count)))
    header = _header(next(rows))
    number = lines.number + 1
    for cells in rows:
        if cells:
            yield _record(f"{name} line {number}", identity, _cells(header, cells))
        number = lines.number + 1


LINE_BY_LINE = (".jsonl", ".ndjson")
ROW_READERS = {".json": read_json, **dict.fromkeys(LINE_BY_LINE, read_jsonl), ".csv": read_csv, ".tsv": read_csv}


def _header(row: list[str] | RejectedDocument) -> list[str]:
    names = [] if isinstance(row, RejectedDocument) else [name.strip().lower() for name in row]
    if not names_an_article(names):
        raise RejectedDocument(f"its first line names the columns, and there is {without_text(names)}")
    return names


def _cells(header: list[str], row: list[str] | RejectedDocument) -> dict[str, str] | RejectedDocument:
    if isinstance(row, RejectedDocument):
        return row
    if any(row[len(header) :]):
        reason = f"has {len(row)} fields where the first line names {len(header)}; put texts with commas in quotes"
        return RejectedDocument(reason)
    return dict(zip(header, row, strict=False))


def _record(name: str, identity: str, item: object) -> Row:
    if isinstance(item, RejectedDocument):
        return Rejection(name, str(item))
    if not isinstance(item, dict):
        return Rejection(name, 'is not an article; it must be an object with a field "text"')
    return row(name, identity, item)


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
        self._blank = 0
        self._stream = _in_lines(stream)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._stream.readline(LARGEST_DOCUMENT + 1)
        if not line:
            raise StopIteration
        self.number += 1
        if line.isspace():
            self._blank += 1
            if self._blank > _MOST_BLANK + 10 * (self.number - self._blank):  # no row, after which the next is read
                raise OSError("it holds millions of empty lines; leave these out")
            return "\n"  # at once: there are files of nothing else
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
