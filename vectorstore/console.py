"""What every command has in common: which library is meant, and how results and failures are told."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, repeat
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from typer.main import get_command

from vectorstore import terminal
from vectorstore.errors import DatelineError
from vectorstore.printable import as_json as _json
from vectorstore.printable import printable, printable_line

LibraryOption = Annotated[Path | None, typer.Option("--library", help="Folder of the library.", file_okay=False)]
JsonOption = Annotated[bool, typer.Option("--json", help="Print results as JSON.")]


def tell(value: object, text: str, as_json: bool) -> None:
    """Prints a result: the value as JSON, or the text."""
    terminal.out().write((_json(value) if as_json else printable(text)) + "\n")
    terminal.out().flush()  # the command may go on for a while


@contextmanager
def telling(as_json: bool) -> Iterator[Callable[[object, str], None]]:
    """Yields what prints one result after the other, as soon as it is there; as JSON they make up a list."""
    out = terminal.out()
    separators = chain(["\n"], repeat(",\n"))

    def show(value: object, text: str) -> None:
        out.write(next(separators) + _json(value) if as_json else printable(text) + "\n")
        out.flush()

    out.write("[" if as_json else "")
    try:
        yield show
    finally:
        out.write("\n]\n" if as_json else "")


def fail(message: str) -> NoReturn:
    """Ends the command with one line and exit status 1."""
    complain(message)
    raise typer.Exit(1)


def complain(message: object) -> None:
    """One line on standard error."""
    terminal.err().write(f"dateline: {printable_line(str(message))}\n")


def exit_status(cli: typer.Typer, arguments: Sequence[str]) -> int:
    """Carries out a command line and returns its exit status: for a process that goes on afterwards."""
    try:
        status = get_command(cli).main(list(arguments), prog_name="dateline", standalone_mode=False)
        return status if isinstance(status, int) else 0
    except DatelineError as error:
        complain(error)
    except typer.BadParameter as error:
        error.show(terminal.err())
        return error.exit_code
    except Exception:
        terminal.err().write(printable(traceback.format_exc()))
    return 1
