"""Answers, hits and progress in a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from textwrap import shorten
from typing import TYPE_CHECKING

from assistant.answering.provenance import aged, basis, fallen_behind, reports_differ
from assistant.presentation.changes import ChangeKind, Changes, Stretch, around
from assistant.presentation.layout import laid_out
from assistant.text.labels import also_in, clock, corrected, corrections, day, looked_at, marks
from assistant.text.texts import speaking, tr
from assistant.types import Answer, Citation, Sentence, Support
from vectorstore.characters import Printable, printable, printable_line
from vectorstore.models import Article, Copy, Entry, Hit

if TYPE_CHECKING:
    from vectorstore.storage.conversations import ConversationEntry

_INDENT = "    "
_BRACKETS = {ChangeKind.REMOVED: ("[-", "-]"), ChangeKind.ADDED: ("{+", "+}")}


@contextmanager
def progress_bars() -> Iterator[Callable[[str, int, int], None]]:
    """Something that shows how far each of several pieces of work is, on standard error."""
    from rich.console import Console
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    tasks: dict[str, TaskID] = {}
    with Bar(console=Console(stderr=True)) as bar:

        def advance(work: str, done: int, total: int) -> None:
            tasks.setdefault(work, bar.add_task(work) if work not in tasks else tasks[work])
            bar.update(tasks[work], completed=done, total=total)

        yield advance


def answer_as_text(answer: Answer) -> str:
    """The sentences with their numbers, then each citation with its exact words; or what is nearest."""
    with speaking(answer.language):
        return _answer(answer)


def _answer(answer: Answer) -> str:
    said = [sentence.text if answer.refused else marked(sentence) for sentence in answer.sentences]
    lines = [laid_out(answer, said)]
    if answer.standalone_question != answer.question:
        lines.insert(0, tr("(read as: {question})", question=answer.standalone_question))
    if where := looked_at(answer):
        lines.insert(0, f"({where})")
    if told := aged(answer):
        lines.insert(0, f"{told}\n")
    lines += [f"\n{told}" for told in (reports_differ(answer.differing), answer.notice) if told]
    lines += [_citation(citation) for citation in answer.citations]
    if answer.nearest:
        lines.append(f"\n{tr('Nearest in the library:')}")
        lines += [f"{_INDENT}{origin(article)}" for article in answer.nearest]
    lines += ["", *filter(None, [basis(answer), fallen_behind(answer)])]
    return "\n".join(lines)


def hits_as_text(hits: Sequence[Hit]) -> str:
    """Rank, origin and the passage itself."""
    found = [
        f"{rank}. {_with_copies(hit.article, hit.copies)}  [{hit.score:.2f}]\n"
        f"{_INDENT}{' '.join(hit.passage.text.split())}"
        for rank, hit in enumerate(hits, start=1)
    ]
    return "\n\n".join(found) or "Nothing found."


def article_as_text(article: Article) -> str:
    """Headline, origin, address and text."""
    byline = f"By {', '.join(article.authors)}" if article.authors else ""
    head = [article.title, origin(article), byline, article.url, f"Version {article.version}{_marks(article)}"]
    return "\n".join(line for line in [*head, *corrections(article)] if line) + f"\n\n{article.text}"


def conversations_as_text(entries: Sequence[ConversationEntry]) -> str:
    """One line a conversation, its id first."""
    lines = (f"{each.id}  {clock(each.changed_at)}  {shorten(each.title, 80, placeholder='…')}" for each in entries)
    return "\n".join(lines) or "No conversation yet, or none with these words."


def entries_as_text(entries: Sequence[Entry]) -> str:
    """One line an article, its id first."""
    if not entries:
        return "The library is empty. Put articles in with `dateline ingest`."
    width = max(len(entry.id) for entry in entries)
    return "\n".join(
        f"{entry.id:<{width}}  {entry.title}, {', '.join(filter(None, [entry.outlet, day(entry.published_at)]))}"
        f"{_marks(entry)}"
        for entry in entries
    )


def changes_as_text(found: Changes, mark: Callable[[Stretch], str]) -> str:
    """What changed, each run as `mark` shows it; the changed words with some that stand around them."""

    def shown(runs: Iterable[Stretch]) -> str:
        return "".join(mark(replace(run, text=printable(run.text))) for run in runs)

    if found.earlier.version == found.later.version:
        return f"{origin(found.later)}: version {found.later.version} has no other to compare it with."
    versions = f"from version {found.earlier.version} to version {found.later.version}"
    lines = [f"{printable_line(origin(found.later))}: {versions}"]
    lines += [f"{name}: {shown(runs)}" for name, runs in found.fields]
    changed = any(run.kind is not ChangeKind.KEPT for run in found.text)
    text = shown(around(found.text)) if changed else "The text is the same."
    return Printable("\n".join(lines) + f"\n\n{text}")


def coloured(run: Stretch) -> str:
    """Red and struck out, or green and underlined; dim where words are left out."""
    from rich.style import Style

    styles = {ChangeKind.REMOVED: "red strike", ChangeKind.ADDED: "green underline", ChangeKind.LEFT_OUT: "dim"}
    return Style.parse(styles.get(run.kind, "none")).render(run.text)


def bracketed(run: Stretch) -> str:
    """`[-removed-]` and `{+added+}`, where a terminal cannot show colours."""
    opening, closing = _BRACKETS.get(run.kind, ("", ""))
    words = run.text.rstrip() if opening else run.text
    return f"{opening}{words}{closing}{run.text[len(words) :]}"


def marked(sentence: Sentence) -> str:
    """A sentence as a terminal shows it, an unsupported one said to be so."""
    marks = "".join(f"[{number}]" for number in sentence.citations)
    doubt = tr("(not confirmed by the sources)") if sentence.support is Support.UNSUPPORTED else ""
    return " ".join(part for part in (sentence.text, marks, doubt) if part)


def origin(article: Article) -> str:
    """`Headline, Outlet, 3 July 2022`."""
    return ", ".join(part for part in (article.title or article.id, article.outlet, day(article.published_at)) if part)


def _marks(article: Article | Entry) -> str:
    return "".join(f" ({mark})" for mark in marks(article))


def _with_copies(article: Article, copies: Sequence[Copy]) -> str:
    return origin(article) + (f" ({also_in(copies)})" if copies else "")


def _citation(citation: Citation) -> str:
    link = f"\n{_INDENT}{citation.article.url}" if citation.article.url else ""
    quote = " ".join(citation.quote.split())
    origin = ", ".join(filter(None, [_with_copies(citation.article, citation.copies), corrected(citation.article)]))
    return f"\n[{citation.number}] {origin}{link}\n{_INDENT}“{quote}”"
