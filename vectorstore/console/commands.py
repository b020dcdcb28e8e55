"""What every command has in common: which library is meant, and how results and failures are told."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import chain, repeat
from pathlib import Path
from typing import IO, Annotated, NoReturn

import typer
from typer.main import get_command

from vectorstore.characters import as_json as _json
from vectorstore.characters import printable, printable_line
from vectorstore.console import terminal
from vectorstore.errors import DatelineError, ResultsUnwritable

logger = logging.getLogger("dateline")

LibraryOption = Annotated[Path | None, typer.Option("--library", help="Folder of the library.", file_okay=False)]
JsonOption = Annotated[bool, typer.Option("--json", help="Print results as JSON.")]


def tell(value: object, text: str, as_json: bool) -> None:
    """Prints a result: the value as JSON, or the text."""
    _write((_json(value) if as_json else printable(text)) + "\n")


@contextmanager
def telling(as_json: bool) -> Iterator[Callable[[object, str], None]]:
    """Yields what prints one result after the other, as soon as it is there; as JSON they make up a list."""
    separators = chain(["\n"], repeat(",\n"))

    def show(value: object, text: str) -> None:
        _write(next(separators) + _json(value) if as_json else printable(text) + "\n")

    _write("[" if as_json else "")
    try:
        yield show
    finally:
        _write("\n]\n" if as_json else "")


def _write(text: str) -> None:
    """On standard output, at once. Raises ResultsUnwritable where the disk is full or there is no output."""
    out: IO[str] | None = terminal.out()
    if out is None:
        raise ResultsUnwritable("There is no standard output to print to.")
    try:
        out.write(text)
        out.flush()
    except BrokenPipeError:  # whoever read has enough
        raise
    except OSError as error:
        with suppress(OSError):
            out.close()  # or Python tries once more at its end
        raise ResultsUnwritable(f"The results cannot be printed ({error.strerror}).") from error


def fail(message: str) -> NoReturn:
    """Ends the command with one line and exit status 1."""
    complain(message)
    raise typer.Exit(1)


def complain(message: object) -> None:
    """One line on standard error."""
    terminal.err().write(f"dateline: {printable_line(str(message))}\n")


@contextmanager
def errors_as_one_line() -> Iterator[None]:
    """Ends the process with exit status 1 and a line of what went wrong."""
    try:
        yield
    except DatelineError as error:
        complain(error)
        sys.exit(1)
    except UnicodeEncodeError as error:
        unwritable = ascii(error.object[error.start : error.end])
        complain(f"{unwritable} cannot be written in {error.encoding}. Give it in UTF-8, or set PYTHONUTF8=1.")
        sys.exit(1)
    except Exception:
        logger.exception("A fault of Dateline's own")
        sys.exit(1)


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
