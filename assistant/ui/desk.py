"""What the page needs from the rest of Dateline, and nothing more. app.py provides it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from assistant.models import Answer, Turn
from vectorstore.models import Article, Entry

Progress = Callable[[int, int | None, str], None]
"""Called with what is done, the total where it is known, and one line to show."""


class Row(Protocol):
    """What became of one document."""

    @property
    def source(self) -> str: ...
    @property
    def outcome(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def reason(self) -> str: ...


class Receipt(Protocol):
    """What became of everything that was handed in at once."""

    @property
    def added(self) -> int: ...
    @property
    def updated(self) -> int: ...
    @property
    def unchanged(self) -> int: ...
    @property
    def duplicate(self) -> int: ...
    @property
    def rejected(self) -> Sequence[Row]: ...
    @property
    def rows(self) -> Sequence[Row]: ...
    @property
    def passages(self) -> int: ...
    @property
    def seconds(self) -> float: ...


class Desk(Protocol):
    """Every method may raise a DatelineError, whose message the page shows as it is."""

    @property
    def examples(self) -> Sequence[str]:
        """Questions that a reader could start with."""

    @property
    def max_upload_mb(self) -> int:
        """Larger uploads are refused before they are read."""

    def stream(self, question: str, turns: Sequence[Turn] = ()) -> Iterator[Answer]:
        """Growing snapshots of an answer. Closing the iterator stops the model."""

    def entries(self) -> Sequence[Entry]:
        """The library's table, in any order."""

    def article(self, article_id: str) -> Article:
        """The article as it stands now; ArticleNotFound when it is not there."""

    def add_url(self, url: str, progress: Progress) -> Receipt: ...

    def add_files(self, files: Sequence[tuple[Path, str]], progress: Progress) -> Receipt:
        """Each file is where it was uploaded to, with the name that its owner gave it."""

    def add_text(self, text: str, title: str, outlet: str, progress: Progress) -> Receipt: ...

    def remove(self, article_id: str) -> None: ...
