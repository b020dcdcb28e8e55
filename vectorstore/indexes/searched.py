"""The two indexes that are searched, and the searches under way in them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from vectorstore.indexes.keywords import KeywordIndex
from vectorstore.indexes.vectors import ChromaVectors


@dataclass(slots=True)
class Indexes:
    """The words of all passages, and the vectors of those that have one."""

    vectors: ChromaVectors
    words: KeywordIndex


class Searches:
    """Many at once, and none while the vectors are exchanged for others."""

    def __init__(self) -> None:
        self._entry, self._changed = threading.Lock(), threading.Condition()
        self._under_way = 0

    @contextmanager
    def one(self) -> Iterator[None]:
        with self._entry, self._changed:
            self._under_way += 1
        try:
            yield
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()

    @contextmanager
    def none(self) -> Iterator[None]:
        with self._entry, self._changed:
            self._changed.wait_for(lambda: not self._under_way)
            yield
