"""`dateline search`, `dateline ask`, and `dateline evaluate`, which asks the questions of a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Annotated

import typer

from assistant.commands import Opened
from vectorstore.console.commands import JsonOption, LibraryOption, tell
from vectorstore.console.terminal import screen, stop_if_interrupted
from vectorstore.errors import LimitUnusable

ModelOption = Annotated[str | None, typer.Option("--model", help="local, quote, or provider:model.")]
AsOfOption = Annotated[
    str | None, typer.Option("--as-of", help="The reader's today, 2022-07-03: nothing newer is used.")
]
FromOption = Annotated[str | None, typer.Option("--from", help="Only what was published on this day or later.")]
ToOption = Annotated[str | None, typer.Option("--to", help="Only what was published on this day or earlier.")]
OutletOption = Annotated[list[str] | None, typer.Option("--outlet", help="Only this outlet; can be repeated.")]
LanguageOption = Annotated[
    list[str] | None, typer.Option("--language", help="Only articles in this language, de or German; can be repeated.")
]
ArticleOption = Annotated[
    list[str] | None, typer.Option("--article", help="Only the article with this id; can be repeated.")
]
TagOption = Annotated[list[str] | None, typer.Option("--tag", help="Only articles with this tag; can be repeated.")]
CollectionOption = Annotated[
    list[str] | None, typer.Option("--collection", help="Only articles in this collection; can be repeated.")
]
MarkedOption = Annotated[bool, typer.Option("--marked", help="Only articles with marked passages.")]


class QuestionCommands:
    """Over the library for reading, with the chat model that is named; None is the one that is set."""

    def __init__(self, reading: Callable[[Path | None, str | None], AbstractContextManager[Opened]]) -> None:
        self._reading = reading

    def add_to(self, cli: typer.Typer) -> None:
        cli.command()(self.search)
        cli.command()(self.ask)

    def search(
        self,
        question: str,
        library: LibraryOption = None,
        as_of: AsOfOption = None,
        since: FromOption = None,
        until: ToOption = None,
        outlets: OutletOption = None,
        languages: LanguageOption = None,
        articles: ArticleOption = None,
        tags: TagOption = None,
        marked: MarkedOption = False,
        collections: CollectionOption = None,
        top: Annotated[int, typer.Option(help="How many passages.", min=1, max=100)] = 10,
        as_json: JsonOption = False,
    ) -> None:
        """Find the passages that a question is about."""
        from assistant.presentation.as_json import hits_as_json
        from assistant.presentation.terminal_text import hits_as_text
        from assistant.query.search_filters import chosen, limited, moment
        from assistant.text.labels import EMPTY

        with self._reading(library, "quote") as opened, told_as_usage():
            known = opened.library.outlets()
            held = opened.library.languages()
            scope = limited(since or "", until or "", outlets or (), known, languages or (), held)
            scope = chosen(scope, articles, tags, marked, collections, opened.library.collections.all())
            hits = opened.assistant.search(question, as_of=moment(as_of or ""), scope=scope, top=top)
            text = hits_as_text(hits) if hits or opened.library.counts()[0] else EMPTY
        tell(hits_as_json(hits), text, as_json)

    def ask(
        self,
        question: str,
        library: LibraryOption = None,
        as_of: AsOfOption = None,
        since: FromOption = None,
        until: ToOption = None,
        outlets: OutletOption = None,
        languages: LanguageOption = None,
        articles: ArticleOption = None,
        tags: TagOption = None,
        marked: MarkedOption = False,
        collections: CollectionOption = None,
        model: ModelOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Answer a question from the library."""
        from assistant.presentation.as_json import answer_as_json
        from assistant.presentation.terminal_text import answer_as_text
        from assistant.query.search_filters import chosen, limited, moment

        with self._reading(library, model) as opened, told_as_usage(), screen(True).status("Searching") as status:
            known = opened.library.outlets()
            held = opened.library.languages()
            scope = limited(since or "", until or "", outlets or (), known, languages or (), held)
            scope = chosen(scope, articles, tags, marked, collections, opened.library.collections.all())
            for answer in opened.assistant.stream(question, as_of=moment(as_of or ""), scope=scope):
                stop_if_interrupted()
                status.update(f"Reading {len(answer.sources)} passages" if not answer.sentences else "Writing")
        tell(answer_as_json(answer), answer_as_text(answer), as_json)


@contextmanager
def told_as_usage() -> Iterator[None]:
    """A limit that cannot be used is an option that was given wrongly."""
    try:
        yield
    except LimitUnusable as error:
        raise typer.BadParameter(str(error), param_hint=f"--{error.field}") from error


class EvaluateCommand:
    """Over the library for reading, with the chat model that is named; None is the one that is set."""

    def __init__(self, reading: Callable[[Path | None, str | None], AbstractContextManager[Opened]]) -> None:
        self._reading = reading

    def add_to(self, cli: typer.Typer) -> None:
        cli.command()(self.evaluate)

    def evaluate(
        self,
        questions: Annotated[
            Path, typer.Argument(help="One question a line, as JSON; docs/evaluation.md tells the fields.")
        ],
        library: LibraryOption = None,
        model: ModelOption = None,
        only: Annotated[str | None, typer.Option(help="retrieval, answers or refusals.")] = None,
        plot: Annotated[
            Path | None, typer.Option(help="Draw hit@k into this file, .svg or .png.", dir_okay=False)
        ] = None,
        answers: Annotated[
            Path | None, typer.Option(help="Write each answer into this file, one JSON object a line.", dir_okay=False)
        ] = None,
        table: Annotated[Path | None, typer.Option(help="Write the tables into this file.", dir_okay=False)] = None,
        as_json: JsonOption = False,
    ) -> None:
        """Measure retrieval, answers and refusals on your own questions."""
        from assistant.evaluation.measuring import PARTS, measure
        from assistant.evaluation.tables import as_json as plain
        from assistant.evaluation.tables import as_markdown
        from assistant.presentation.terminal_text import progress_bars

        if only is not None and only not in PARTS:
            raise typer.BadParameter(f"{only!r} is none of {', '.join(PARTS)}", param_hint="--only")
        parts = PARTS if only is None else (only,)
        needed = model or ("quote" if only == "retrieval" else None)  # a model may be asked to reword follow-ups
        with self._reading(library, needed) as opened, progress_bars() as progress:
            results = measure(opened.assistant, opened.library, questions, parts, progress, plot, answers)
        text = as_markdown(results)
        if table:
            table.write_text(text + "\n", encoding="utf-8")
        tell(plain(results), text, as_json)
