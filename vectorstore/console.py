"""What every command has in common: which library is meant, and how results and failures are told."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain, repeat
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from vectorstore.printable import as_json as _json
from vectorstore.printable import printable, printable_line

LibraryOption = Annotated[Path | None, typer.Option("--library", help="Folder of the library.", file_okay=False)]
JsonOption = Annotated[bool, typer.Option("--json", help="Print results as JSON.")]


def tell(value: object, text: str, as_json: bool) -> None:
    """Prints a result: the value as JSON, or the text."""
    sys.stdout.write((_json(value) if as_json else printable(text)) + "\n")


@contextmanager
def telling(as_json: bool) -> Iterator[Callable[[object, str], None]]:
    """Yields what prints one result after the other, as soon as it is there; as JSON they make up a list."""
    separators = chain(["\n"], repeat(",\n"))

    def show(value: object, text: str) -> None:
        sys.stdout.write(next(separators) + _json(value) if as_json else printable(text) + "\n")
        sys.stdout.flush()

    sys.stdout.write("[" if as_json else "")
    try:
        yield show
    finally:
        sys.stdout.write("\n]\n" if as_json else "")


def fail(message: str) -> NoReturn:
    """Ends the command with one line and exit status 1."""
    complain(message)
    raise typer.Exit(1)


def complain(message: object) -> None:
    """One line on standard error."""
    sys.stderr.write(f"dateline: {printable_line(str(message))}\n")
