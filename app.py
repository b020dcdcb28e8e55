"""Dateline's composition root: the only place where ingest and assistant meet, and where settings are read."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, redirect_stderr, suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Unpack

import typer

from assistant.commands.conversations import ConversationCommands
from assistant.commands.doctor import DoctorCommand
from assistant.commands.library import LibraryCommands
from assistant.commands.questions import EvaluateCommand, QuestionCommands
from assistant.commands.serve import McpCommand, ServeCommand, Site, Watched, provider_of, require_administrator
from assistant.commands.users import UserCommands
from assistant.settings import GivenSettings, Settings, read_settings, set_up_others, span
from assistant.types import AS_SET, Answer, Citation, Manner, Sentence, Turn
from assistant.ui.desk import ReadingDesk
from assistant.ui.places import Line
from ingest.commands.documents import DocumentCommands, adds_by_command
from ingest.commands.feeds import FeedCommands
from ingest.commands.queue import QueueCommands, WorkerCommand
from ingest.intake import CommandIntake, Intake, IntakeDesk
from vectorstore.console.command_client import Opener, Served, carried_out_there, surroundings
from vectorstore.console.commands import complain, errors_as_one_line, exit_status
from vectorstore.console.logs import JsonLines, LoggedStream, log_as, log_to_standard_error, send_traces_if_installed
from vectorstore.console.terminal import remote
from vectorstore.errors import ArticleNotFound, DatelineError, LibraryBusy, ModelError, SettingsError, WeightsMissing
from vectorstore.models import EVERYTHING, Article, Hit, Passage, Scope

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from assistant.api.langchain_retriever import NewsRetriever
    from assistant.generation.model_menu import ChatModels
    from ingest.web.politeness import RobotsShelf, Web
    from vectorstore.reports import Condition

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

_NAMES_A_MODEL = ("model", "model_url", "model_key")
_TRACED_BY = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_OF_THE_SERVER_ALONE = ("embedder", "reranker", "follow_ups")
"""Settings by which it has loaded its models."""


class Dateline(Intake, AbstractContextManager["Dateline"]):
    """A library with everything that can be done with it; see `open_dateline`."""

    def __init__(self, settings: Settings, read_only: bool = False) -> None:
        from assistant.answering.assistant import Assistant
        from assistant.evidence.context import room_of
        from vectorstore.indexes.embedding import SentenceEmbedder
        from vectorstore.indexes.reranking import Entailer, Reranker
        from vectorstore.library import Library

        self._settings = settings
        self._warmed = False
        self._model = _chat_model(settings)
        self.chat_models = _chat_models(settings, self._model)
        folder = settings.library.expanduser()
        cache = settings.cache.expanduser()
        embedder = partial(SentenceEmbedder, cache=cache)
        shared = (settings.database, settings.vectors, settings.works)
        library = Library(folder, embedder(settings.embedder), read_only, embedder, *shared)
        super().__init__(library, lambda: _web(settings, library.subscriptions))
        self.assistant_with = partial(
            Assistant,
            library,
            rerank=Reranker(settings.reranker) if settings.reranker else None,
            rewording=self._model if settings.follow_ups == "model" else None,
            models=self.chat_models.opened,
            room=partial(room_of, tokens=settings.evidence_tokens),
            entailment=Entailer(settings.verifier) if settings.verifier else None,
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

        if all(getattr(settings, name) == getattr(self._settings, name) for name in _NAMES_A_MODEL):
            return self.chat_models.opened("")
        model: BaseChatModel | None = _chat_model(settings)
        return self.chat_models.opened(LOCAL) if model and settings.model == LOCAL else model

    def warm(self) -> None:
        """Load the models and open the index, so that the first question need not wait."""
        try:
            self.library.warm()
            self.assistant.request("warm")
            if warm := getattr(self._model, "warm", None):
                from assistant.generation.prompting import beginning

                warm(beginning())
        finally:
            self._warmed = True

    def condition(self) -> Condition:
        """How the library and the models stand right now."""
        at = self.library.condition()
        loaded = getattr(self._model, "in_memory", None)
        chat = {} if loaded is None else {"chat": bool(loaded)}
        return replace(at, loaded={**at.loaded, **chat}, warmed=self._warmed)

    def close(self) -> None:
        self.chat_models.close()
        self.assistant.close()
        self.library.close()

    def __exit__(self, *_: object) -> None:
        self.close()


class PageDesk(ReadingDesk, IntakeDesk):
    """What the page asks of the house; see assistant.ui.desk.Desk."""

    def __init__(
        self, news: Dateline, max_upload_mb: int, refresh_every: timedelta | None = None, line: Line | None = None
    ) -> None:
        ReadingDesk.__init__(self, news.library, news.assistant)
        self.line, self.condition = line or Line(), news.condition  # type: ignore[method-assign]
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
        _add_commands(self._cli, self._reading, self._writing, lambda: self._settings.address)

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

    # Whom others can reach they must not be able to make speak to servers of their choice.
    # Where there are accounts, administrators may.
    changeable = settings.with_accounts or not settings.reached_by_others
    connection = ModelConnection(settings.library.expanduser() / "model-server.json", changeable=changeable)
    with_server = partial(ChatModels, url=settings.model_url, key=settings.model_key, connection=connection)
    cache, patience = settings.cache.expanduser(), settings.model_patience
    return with_server(settings.model, model, cache=cache, patience=patience)


def _opener(settings: Settings) -> Opener[Dateline]:
    return Opener(settings.library.expanduser(), partial(Dateline, settings))


def _writing(library: Path | None) -> AbstractContextManager[Dateline]:
    """Dateline for a command that writes. The settings are read at once, the library is opened on entering."""
    return _opener(_settings(library=library, model="quote")).writing()


def _reading(library: Path | None, model: str | None = "quote") -> AbstractContextManager[Dateline]:
    """Dateline for a command that only reads: where it may not write, it searches the catalogue on its own."""
    return _opener(_settings(library=library, model=model)).reading()


def _measuring(library: Path | None, model: str | None) -> AbstractContextManager[Dateline]:
    """Dateline for a command that reads for long, with a model of its own."""
    return _opener(_settings(library=library, model=model)).beside_a_writer()


def _looking(library: Path | None, model: str | None) -> AbstractContextManager[Dateline]:
    """Dateline for a command that reads as long as it is wanted, and leaves writing to others all the while."""
    return Dateline(_settings(library=library, model=model), read_only=True)


def _working(library: Path | None) -> AbstractContextManager[Dateline]:
    """Dateline for a worker, beside all others that have the library."""
    return Dateline(_settings(library=library, model="quote", work="here"))


@contextmanager
def _site(samples: bool, **given: Any) -> Iterator[Site]:
    """The page's desk over a library open for writing, which holds the samples if it was empty and they are wanted; one
    that may not be written is read all the same."""
    from vectorstore.console.command_server import commands_served

    settings = _settings(**given)
    with _opener(settings).serving() as news:
        if samples and not news.library.read_only and not news.library.counts()[0]:
            from ingest.progress import progress_bar

            with progress_bar() as advance:
                news.ingest([SAMPLES], advance, embed=False)
        news.library.pending.start()
        line = Line(settings.questions_at_once, settings.questions_waiting)
        desk = PageDesk(news, settings.max_upload_mb, settings.refresh_every, line)
        at = (settings.host, settings.port, settings.public_name, settings.allowed_origins, settings.articles_token)
        people = news.library.people if settings.with_accounts else None
        if people:
            named = settings.public_name or settings.host
            require_administrator(people, named, settings.reached_by_others, settings.oidc_roles)
        by_organisation = settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret
        provider = provider_of(*by_organisation, settings.oidc_roles, settings.oidc_collections)
        # Without a token the figures are this machine's alone, and nobody's where there is a page for others.
        watched = Watched(settings.metrics_token, not settings.reached_by_others, settings.ready_lag)
        # Of a library that may only be read, whoever may read it makes no less of it than the server would.
        carry_out = CommandDesk(news, desk, settings).carry_out
        served = nullcontext() if news.library.read_only else commands_served(news.library.folder, carry_out)
        with redirect_stderr(LoggedStream()), served:
            yield Site(desk, *at, desk.clock.start, news.warm, watched, people, provider)
        desk.close()


def _add_commands(
    cli: typer.Typer, reading: Callable[..., Any], writing: Callable[..., Any], address: Callable[[], str]
) -> None:
    """Those that are about a library; the page's address is for links to it."""
    DocumentCommands(writing, lambda: _web(_settings())).add_to(cli)
    QuestionCommands(reading).add_to(cli)
    ConversationCommands(reading).add_to(cli)
    LibraryCommands(reading, writing, lambda library: _settings(library=library).place).add_to(cli)
    FeedCommands(reading, writing).add_to(cli)
    QueueCommands(reading, writing).add_to(cli)
    UserCommands(reading, writing, address, span).add_to(cli)


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
_add_commands(cli, _reading, _writing, lambda: _settings().address)
EvaluateCommand(_measuring).add_to(cli)
McpCommand(_looking, adds_by_command).add_to(cli)
WorkerCommand(_working, lambda: _settings().refresh_every).add_to(cli)
DoctorCommand(lambda library: _settings(library=library)).add_to(cli)


def _observe() -> None:
    """How the process logs, and whether it sends traces. Settings that do not fit are told by whatever needs them."""
    with suppress(SettingsError):
        settings = read_settings({})
        if settings.log_format == "json":
            log_as(JsonLines())
        if any(os.environ.get(name) for name in _TRACED_BY):
            send_traces_if_installed(version("dateline"), settings.trace_text)


def main(arguments: Sequence[str] | None = None) -> None:
    """The console script: a DatelineError becomes one clear line and exit status 1. A command over a library that a
    server has open is left to that."""
    log_to_standard_error()
    _observe()
    with errors_as_one_line():
        try:
            cli(arguments)
        except Served as served:
            set_here = read_settings({}).model_dump(mode="json", exclude_unset=True)
            given = sys.argv[1:] if arguments is None else arguments
            sys.exit(carried_out_there(served, given, surroundings(os.environ, set_here)))


if __name__ == "__main__":
    main(sys.argv[1:] or ["serve"])
