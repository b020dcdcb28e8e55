"""Dateline's composition root: the only place where ingest and assistant meet, and where settings are read."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import typer

from assistant.commands.conversations import ConversationCommands
from assistant.commands.doctor import DoctorCommand
from assistant.commands.evaluate import EvaluateCommand
from assistant.commands.library import LibraryCommands
from assistant.commands.mcp import McpCommand
from assistant.commands.questions import QuestionCommands
from assistant.commands.serve import ServeCommand, Site
from assistant.settings import Settings, read_settings
from assistant.ui.desk import Step
from assistant.ui.reading_desk import ReadingDesk
from ingest.commands.documents import DocumentCommands
from ingest.commands.feeds import FeedCommands
from ingest.desk import IntakeDesk
from ingest.intake import Intake
from vectorstore.console import complain
from vectorstore.errors import DatelineError, LibraryBusy, WeightsMissing
from vectorstore.logs import Printed, log_to_standard_error

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from assistant.chat_models import ChatModels
    from assistant.models import Answer
    from assistant.retriever import NewsRetriever
    from ingest.web import RobotsShelf, Web
    from vectorstore.models import Hit

logger = logging.getLogger("dateline")

SAMPLES = Path(__file__).parent / "ingest" / "samples"


class Dateline(Intake):
    """A library with everything that can be done with it; see `open_dateline`."""

    def __init__(self, settings: Settings, read_only: bool = False) -> None:
        from assistant.answer import Assistant
        from vectorstore.embedding import SentenceEmbedder
        from vectorstore.library import Library
        from vectorstore.reranking import Reranker

        self._settings = settings
        self._model = _chat_model(settings)
        self.chat_models = _chat_models(settings, self._model)
        library = Library(settings.library.expanduser(), SentenceEmbedder(settings.embedder), read_only)
        super().__init__(library, lambda: _web(settings, library.subscriptions))
        rerank = Reranker(settings.reranker) if settings.reranker else None
        rewording = self._model if settings.follow_ups == "model" else None
        self.assistant = Assistant(
            library, self._model, rerank=rerank, rewording=rewording, models=self.chat_models.opened
        )

    def search(self, question: str, **given: Any) -> list[Hit]:
        """The passages that an answer would be looked for in, best first; see assistant.answer.Assistant.search."""
        return self.assistant.search(question, **given)

    def answer(self, question: str, **given: Any) -> Answer:
        """The finished answer; see assistant.answer.Assistant.answer."""
        return self.assistant.answer(question, **given)

    def stream(self, question: str, **given: Any) -> Iterator[Answer]:
        """Growing snapshots of the answer; see assistant.answer.Assistant.stream."""
        return self.assistant.stream(question, **given)

    def retriever(self, **given: Any) -> NewsRetriever:
        """The library as a LangChain retriever; see assistant.retriever.NewsRetriever."""
        from assistant.retriever import NewsRetriever

        return NewsRetriever(assistant=self.assistant, **given)

    def warm(self) -> None:
        """Load the models and open the index, so that the first question need not wait."""
        self.library.warm()
        if warm := getattr(self._model, "warm", None):
            from assistant.writing import beginning

            warm(beginning())

    def close(self) -> None:
        self.library.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class PageDesk(ReadingDesk, IntakeDesk[Step]):
    """What the page asks of the house; see assistant.ui.desk.Desk."""

    def __init__(self, news: Dateline, max_upload_mb: int, refresh_every: timedelta | None = None) -> None:
        ReadingDesk.__init__(self, news.library, news.assistant)
        self.max_upload_mb, self.chat_models = max_upload_mb, news.chat_models
        IntakeDesk.__init__(self, news, Step, refresh_every)


def open_dateline(library: str | Path | None = None, model: str | None = None, **settings: Any) -> Dateline:
    """Open a library for reading and writing; use it as a context manager.

    What is not given comes from the environment; the names are those of assistant.settings.Settings. Raises
    DatelineError: LibraryBusy when another process has it open.
    """
    return Dateline(_settings(library=library and Path(library), model=model, **settings))


def _settings(**given: Any) -> Settings:
    """The environment's settings, with what was given in their place."""
    # No look-ups and no counting at home by what Dateline is built on; a user's own choice stays.
    for name, value in {"GRADIO_ANALYTICS_ENABLED": "False", "TOKENIZERS_PARALLELISM": "false"}.items():
        os.environ.setdefault(name, value)
    return read_settings({name: value for name, value in given.items() if value is not None})


def _web(settings: Settings, shelf: RobotsShelf | None = None) -> Web:
    from ingest.web import Web

    return Web(
        allow_private=settings.allow_private_addresses,
        robots=settings.respect_robots,
        delay=settings.seconds_between_requests,
        shelf=shelf,
    )


def _chat_model(settings: Settings) -> Any:
    from assistant.llm import open_chat_model

    try:
        return open_chat_model(settings.model, settings.model_url, settings.model_key, settings.cache.expanduser())
    except WeightsMissing as error:
        if "model" in settings.model_fields_set:
            raise
        logger.warning("Answers are quoted, not written: %s", error)
        return None


def _chat_models(settings: Settings, model: Any) -> ChatModels:
    from assistant.chat_models import ChatModels

    cache = settings.cache.expanduser()
    return ChatModels(settings.model, model, url=settings.model_url, key=settings.model_key, cache=cache)


def _writing(library: Path | None) -> AbstractContextManager[Dateline]:
    """Dateline for a command that writes. The settings are read at once, the library is opened on entering."""
    return _opened(_settings(library=library, model="quote"))


def _reading(library: Path | None, model: str | None = "quote") -> AbstractContextManager[Dateline]:
    """Dateline for a command that only reads: beside a running server it searches the catalogue on its own."""
    return _opened(_settings(library=library, model=model), beside_a_writer=True)


def _looking(library: Path | None, model: str | None) -> AbstractContextManager[Dateline]:
    """Dateline for a command that reads as long as it is wanted, and leaves writing to others all the while."""
    return Dateline(_settings(library=library, model=model), read_only=True)


@contextmanager
def _opened(settings: Settings, beside_a_writer: bool = False) -> Iterator[Dateline]:
    try:
        news = Dateline(settings)
    except LibraryBusy:
        if not beside_a_writer:
            raise
        news = Dateline(settings, read_only=True)
    with news:
        yield news


@contextmanager
def _site(samples: bool, **given: Any) -> Iterator[Site]:
    """The page's desk over a library open for writing, which holds the samples if it was empty and they are wanted."""
    settings = _settings(**given)
    with Dateline(settings) as news:
        if samples and not news.library.counts()[0]:
            from ingest.terminal import progress_bar

            with progress_bar() as advance:
                news.ingest([SAMPLES], advance)
        desk = PageDesk(news, settings.max_upload_mb, settings.refresh_every)
        at = (settings.host, settings.port, settings.public_name)
        with redirect_stderr(Printed()):
            yield Site(desk, *at, desk.clock.start, news.warm)
        desk.close()


cli = typer.Typer(no_args_is_help=True, add_completion=False, help="Ask questions about news articles, with sources.")
ServeCommand(_site).add_to(cli)
DocumentCommands(_writing, lambda: _web(_settings())).add_to(cli)
QuestionCommands(_reading).add_to(cli)
EvaluateCommand(_reading).add_to(cli)
ConversationCommands(_reading).add_to(cli)
LibraryCommands(_reading, _writing).add_to(cli)
McpCommand(_looking).add_to(cli)
FeedCommands(_reading, _writing).add_to(cli)
DoctorCommand(lambda library: _settings(library=library)).add_to(cli)


def main(arguments: Sequence[str] | None = None) -> None:
    """The console script: a DatelineError becomes one clear line and exit status 1."""
    log_to_standard_error()
    try:
        cli(arguments)
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
