"""Dateline's composition root: the only place where ingest and assistant meet, and where settings are read."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, redirect_stderr
from datetime import date, datetime, timedelta
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Self, Unpack

import typer

from assistant.commands.conversations import ConversationCommands
from assistant.commands.doctor import DoctorCommand
from assistant.commands.evaluate import EvaluateCommand
from assistant.commands.library import LibraryCommands
from assistant.commands.mcp import McpCommand
from assistant.commands.questions import QuestionCommands
from assistant.commands.serve import ServeCommand, Site
from assistant.settings import GivenSettings, Settings, read_settings, set_up_others
from assistant.types import AS_SET, Answer, Citation, Manner, Sentence, Turn
from assistant.ui.reading_desk import ReadingDesk
from ingest.commands.adding import adds_by_command
from ingest.commands.documents import DocumentCommands
from ingest.commands.feeds import FeedCommands
from ingest.intake import Intake
from ingest.intake_desk import CommandIntake, IntakeDesk
from vectorstore.console.command_client import (
    Served,
    carried_out_there,
    is_served,
    leave_to_server,
    surroundings,
    when_free,
)
from vectorstore.console.commands import complain, exit_status
from vectorstore.console.logs import LoggedStream, log_to_standard_error
from vectorstore.console.terminal import remote
from vectorstore.errors import (
    ArticleNotFound,
    DatelineError,
    LibraryBusy,
    LibraryUnwritable,
    ModelError,
    SettingsError,
    WeightsMissing,
)
from vectorstore.models import EVERYTHING, Article, Hit, Passage, Scope

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from langchain_core.language_models import BaseChatModel

    from assistant.api.langchain_retriever import NewsRetriever
    from assistant.generation.model_menu import ChatModels
    from ingest.web.politeness import RobotsShelf, Web

__all__ = [
    "EVERYTHING",
    "Answer",
    "Article",
    "ArticleNotFound",
    "Citation",
    "Dateline",
    "DatelineError",
    "Hit",
    "LibraryBusy",
    "Manner",
    "ModelError",
    "Passage",
    "Scope",
    "Sentence",
    "SettingsError",
    "Turn",
    "open_dateline",
]

logger = logging.getLogger("dateline")

SAMPLES = Path(__file__).parent / "ingest" / "samples"

_SECONDS_TO_WAIT = 60.0
_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")
_OF_THE_SERVER_ALONE = ("embedder", "reranker", "follow_ups")
"""Settings by which it has loaded its models."""


class Dateline(Intake):
    """A library with everything that can be done with it; see `open_dateline`."""

    def __init__(self, settings: Settings, read_only: bool = False) -> None:
        from assistant.answering.assistant import Assistant
        from assistant.evidence.context import room_of
        from vectorstore.indexes.embedding import SentenceEmbedder
        from vectorstore.indexes.reranking import Entailer, Reranker
        from vectorstore.library import Library

        self._settings = settings
        self._model = _chat_model(settings)
        self.chat_models = _chat_models(settings, self._model)
        folder = settings.library.expanduser()
        cache = settings.cache.expanduser()
        embedder = partial(SentenceEmbedder, cache=cache)
        library = Library(folder, embedder(settings.embedder), read_only, embedder)
        super().__init__(library, lambda: _web(settings, library.subscriptions))
        rerank = Reranker(settings.reranker) if settings.reranker else None
        entailment = Entailer(settings.verifier) if settings.verifier else None
        rewording = self._model if settings.follow_ups == "model" else None
        self.assistant_with = partial(
            Assistant,
            library,
            rerank=rerank,
            rewording=rewording,
            models=self.chat_models.opened,
            room=partial(room_of, tokens=settings.evidence_tokens),
            entailment=entailment,
            patience=settings.model_patience,
            cache=cache,
        )
        self.assistant = self.assistant_with(self._model)

    def search(
        self,
        question: str,
        *,
        as_of: date | datetime | None = None,
        turns: Sequence[Turn] = (),
        scope: Scope = EVERYTHING,
        top: int = 10,
    ) -> list[Hit]:
        """The passages that an answer would be looked for in, best first; see `stream`."""
        return self.assistant.search(question, as_of=as_of, turns=turns, scope=scope, top=top)

    def answer(
        self,
        question: str,
        *,
        as_of: date | datetime | None = None,
        turns: Sequence[Turn] = (),
        scope: Scope = EVERYTHING,
    ) -> Answer:
        """The finished answer: the last snapshot of `stream`."""
        return self.assistant.answer(question, as_of=as_of, turns=turns, scope=scope)

    def stream(
        self,
        question: str,
        *,
        as_of: date | datetime | None = None,
        turns: Sequence[Turn] = (),
        scope: Scope = EVERYTHING,
        manner: Manner = AS_SET,
    ) -> Iterator[Answer]:
        """Growing snapshots of the answer: first its sources, then the sentences as they are written, then the last.

        `as_of` is the reader's today: a date means its end, UTC; a time without a zone is UTC; None is now. Nothing
        published later is used, and nothing outside `scope`. `turns` are the questions and answers before, and
        `manner` says how the reader wants to be answered. Closing the iterator stops the model. Raises DatelineError
        for what cannot be asked.
        """
        return self.assistant.stream(question, as_of=as_of, turns=turns, scope=scope, manner=manner)

    def retriever(
        self, *, as_of: date | datetime | None = None, scope: Scope = EVERYTHING, top: int = 10
    ) -> NewsRetriever:
        """The library as a LangChain retriever of the `top` best passages; see `stream` for the rest."""
        from assistant.api.langchain_retriever import NewsRetriever

        return NewsRetriever(assistant=self.assistant, top=top, as_of=as_of, scope=scope)

    def chat_model(self, settings: Settings) -> BaseChatModel | None:
        """The one that other settings name; the built-in one is loaded once."""
        from assistant.generation.providers import LOCAL

        if all(
            getattr(settings, name) == getattr(self._settings, name) for name in ("model", "model_url", "model_key")
        ):
            return self.chat_models.opened("")
        model: BaseChatModel | None = _chat_model(settings)
        return self.chat_models.opened(LOCAL) if model and settings.model == LOCAL else model

    def warm(self) -> None:
        """Load the models and open the index, so that the first question need not wait."""
        self.library.warm()
        self.assistant.request("warm")
        if warm := getattr(self._model, "warm", None):
            from assistant.generation.prompting import beginning

            warm(beginning())

    def close(self) -> None:
        self.chat_models.close()
        self.assistant.close()
        self.library.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class PageDesk(ReadingDesk, IntakeDesk):
    """What the page asks of the house; see assistant.ui.desk.Desk."""

    def __init__(self, news: Dateline, max_upload_mb: int, refresh_every: timedelta | None = None) -> None:
        ReadingDesk.__init__(self, news.library, news.assistant)
        self.max_upload_mb, self.chat_models = max_upload_mb, news.chat_models
        IntakeDesk.__init__(self, news, refresh_every)

    def close(self) -> None:
        IntakeDesk.close(self)
        ReadingDesk.close(self)


class CommandDesk:
    """The commands that another process may have carried out over the library that a server has open; see
    vectorstore.console.command_server."""

    def __init__(self, news: Dateline, desk: PageDesk, settings: Settings) -> None:
        self._news, self._desk, self._settings = news, desk, settings
        self._cli = typer.Typer()
        _add_commands(self._cli, self._reading, self._writing)

    def carry_out(self, arguments: Sequence[str]) -> int:
        """Returns the exit status."""
        return exit_status(self._cli, arguments)

    @contextmanager
    def _reading(self, library: Path | None, model: str | None = "quote") -> Iterator[Visit]:
        """Of the library that is open, whatever path it was named by."""
        yield Visit(self._news, self._desk, self._settings_there(model))

    def _writing(self, library: Path | None) -> AbstractContextManager[Visit]:
        return self._reading(library)

    def _settings_there(self, model: str | None) -> Settings:
        """Our own, with what was set in the other process in their place."""
        terminal = remote()
        there = dict(terminal.surroundings.settings or {}) if terminal else {}
        for name in _OF_THE_SERVER_ALONE:
            if there.get(name, ours := getattr(self._settings, name)) != ours:
                complain(f"The Dateline that serves the library has DATELINE_{name.upper()}={ours}, which counts.")
        named = {"model": model} if model else {}
        return self._settings.model_validate(self._settings.model_dump() | there | named)


class Visit(CommandIntake):
    """What one command works on."""

    def __init__(self, news: Dateline, desk: PageDesk, settings: Settings) -> None:
        super().__init__(news.library, lambda: _web(settings, news.library.subscriptions), desk)
        self.assistant = news.assistant_with(news.chat_model(settings))


def open_dateline(
    library: str | Path | None = None, model: str | None = None, **settings: Unpack[GivenSettings]
) -> Dateline:
    """Open a library for reading and writing; use it as a context manager.

    What is not given comes from the environment. Raises SettingsError for a value that does not fit, and else
    DatelineError: LibraryBusy when another process has it open. What is without a vector gets one meanwhile.
    """
    news = Dateline(_settings(library=library and Path(library), model=model, **settings))
    news.library.pending.start()
    return news


def _settings(**given: Any) -> Settings:
    """The environment's settings, with what was given in their place."""
    settings = read_settings({name: value for name, value in given.items() if value is not None})
    set_up_others(settings)
    return settings


def _web(settings: Settings, shelf: RobotsShelf | None = None) -> Web:
    from ingest.feeds.mailbox import passwords_of
    from ingest.web.politeness import Web

    return Web(
        allow_private=settings.allow_private_addresses,
        robots=settings.respect_robots,
        delay=settings.seconds_between_requests,
        shelf=shelf,
        passwords=passwords_of(settings.imap_passwords),
    )


def _chat_model(settings: Settings) -> Any:
    from assistant.generation.providers import open_chat_model

    cache = settings.cache.expanduser()
    try:
        return open_chat_model(settings.model, settings.model_url, settings.model_key, cache, settings.model_patience)
    except WeightsMissing as error:
        if "model" in settings.model_fields_set:
            raise
        logger.warning("Answers are quoted, not written: %s", error)
        return None


def _chat_models(settings: Settings, model: Any) -> ChatModels:
    from assistant.generation.connection import ModelConnection
    from assistant.generation.model_menu import ChatModels

    cache, patience = settings.cache.expanduser(), settings.model_patience
    # Whom others can reach they must not be able to make speak to servers of their choice.
    alone = settings.host in _THIS_MACHINE and not settings.public_name
    connection = ModelConnection(settings.library.expanduser() / "model-server.json", changeable=alone)
    return ChatModels(
        settings.model,
        model,
        url=settings.model_url,
        key=settings.model_key,
        cache=cache,
        patience=patience,
        connection=connection,
    )


def _writing(library: Path | None) -> AbstractContextManager[Dateline]:
    """Dateline for a command that writes. The settings are read at once, the library is opened on entering."""
    return _opened(_settings(library=library, model="quote"), _in_turn)


def _reading(library: Path | None, model: str | None = "quote") -> AbstractContextManager[Dateline]:
    """Dateline for a command that only reads: where it may not write, it searches the catalogue on its own."""
    return _opened(_settings(library=library, model=model), _beside_a_writer)


def _measuring(library: Path | None, model: str | None) -> AbstractContextManager[Dateline]:
    """Dateline for a command that reads for long, with a model of its own."""
    return _beside_a_writer(_settings(library=library, model=model))


def _looking(library: Path | None, model: str | None) -> AbstractContextManager[Dateline]:
    """Dateline for a command that reads as long as it is wanted, and leaves writing to others all the while."""
    return Dateline(_settings(library=library, model=model), read_only=True)


def _folder(library: Path | None) -> Path:
    return _settings(library=library).library.expanduser()


@contextmanager
def _opened(settings: Settings, open_here: Callable[[Settings], Dateline]) -> Iterator[Dateline]:
    """Raises Served on entering, if the library is open in a server: that carries out the command."""
    leave_to_server(settings.library.expanduser())
    with open_here(settings) as news:
        yield news


def _in_turn(settings: Settings) -> Dateline:
    """As soon as the command that has the library is done. Raises LibraryBusy, or Served if it is a server by then."""
    library = settings.library.expanduser()
    return when_free(library, lambda: Dateline(settings), _SECONDS_TO_WAIT, lambda: leave_to_server(library))


def _beside_a_writer(settings: Settings) -> Dateline:
    """While another process has the library, and where it may not be written, the catalogue is searched on its own."""
    try:
        return _where_it_may_be_written(settings)
    except LibraryBusy:
        return Dateline(settings, read_only=True)


def _where_it_may_be_written(settings: Settings) -> Dateline:
    """For writing; a library that may only be read is only read."""
    try:
        return Dateline(settings)
    except LibraryUnwritable as error:
        logger.warning("%s It is only read.", error)
        return Dateline(settings, read_only=True)


@contextmanager
def _site(samples: bool, **given: Any) -> Iterator[Site]:
    """The page's desk over a library open for writing, which holds the samples if it was empty and they are wanted; one
    that may not be written is read all the same."""
    from vectorstore.console.command_server import commands_served

    settings = _settings(**given)
    library = settings.library.expanduser()

    def opened() -> Dateline:
        return _where_it_may_be_written(settings)

    with when_free(library, opened, _SECONDS_TO_WAIT, lambda: is_served(library)) as news:
        if samples and not news.library.read_only and not news.library.counts()[0]:
            from ingest.progress import progress_bar

            with progress_bar() as advance:
                news.ingest([SAMPLES], advance, embed=False)
        news.library.pending.start()
        desk = PageDesk(news, settings.max_upload_mb, settings.refresh_every)
        at = (settings.host, settings.port, settings.public_name, settings.allowed_origins, settings.articles_token)
        # Of a library that may only be read, whoever may read it makes no less of it than the server would.
        alone = news.library.read_only
        served = nullcontext() if alone else commands_served(library, CommandDesk(news, desk, settings).carry_out)
        with redirect_stderr(LoggedStream()), served:
            yield Site(desk, *at, desk.clock.start, news.warm)
        desk.close()


def _add_commands(cli: typer.Typer, reading: Callable[..., Any], writing: Callable[..., Any]) -> None:
    """Those that are about a library."""
    DocumentCommands(writing, lambda: _web(_settings())).add_to(cli)
    QuestionCommands(reading).add_to(cli)
    ConversationCommands(reading).add_to(cli)
    LibraryCommands(reading, writing, _folder).add_to(cli)
    FeedCommands(reading, writing).add_to(cli)


def _tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(version("dateline"))
        raise typer.Exit


cli = typer.Typer(no_args_is_help=True, add_completion=False)


@cli.callback()
def _options(
    told: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Tell the version and end.")
    ] = False,
) -> None:
    """Ask questions about news articles, with sources."""


ServeCommand(_site).add_to(cli)
_add_commands(cli, _reading, _writing)
EvaluateCommand(_measuring).add_to(cli)
McpCommand(_looking, adds_by_command).add_to(cli)
DoctorCommand(lambda library: _settings(library=library)).add_to(cli)


def main(arguments: Sequence[str] | None = None) -> None:
    """The console script: a DatelineError becomes one clear line and exit status 1. A command over a library that a
    server has open is left to that."""
    log_to_standard_error()
    try:
        cli(arguments)
    except Served as served:
        set_here = read_settings({}).model_dump(mode="json", exclude_unset=True)
        given = sys.argv[1:] if arguments is None else arguments
        sys.exit(carried_out_there(served, given, surroundings(os.environ, set_here)))
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


if __name__ == "__main__":
    main(sys.argv[1:] or ["serve"])
