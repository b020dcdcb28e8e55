"""A thread that brings the indexes of one process up to what other processes have done to the catalogue."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime

from vectorstore.errors import LibraryError
from vectorstore.indexes.pending import PendingVectors
from vectorstore.indexes.upkeep import KeptIndexes
from vectorstore.storage.catalogue import Catalogue

logger = logging.getLogger(__name__)

_LOOK_EVERY = 1.0
_TELL_EVERY = 30.0


class Following:
    """From `start` on. Searches follow by themselves; this keeps what they have to follow short. Passages that another
    process left without vectors, since it was killed, get some here."""

    def __init__(self, catalogue: Catalogue, kept: KeptIndexes, pending: PendingVectors) -> None:
        self._catalogue, self._kept, self._pending = catalogue, kept, pending
        self._leaving = threading.Event()
        self._thread: threading.Thread | None = None
        self._failing = False
        self._told_at: datetime | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="follower", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._leaving.set()
        if self._thread:
            self._thread.join()

    def _run(self) -> None:
        while not self._leaving.is_set():
            try:
                self._look()
            except LibraryError as error:
                if not self._failing:
                    logger.warning("The search indexes do not follow the catalogue: %s", error)
                self._failing = True
            except Exception:
                logger.exception("The search indexes do not follow the catalogue")
                self._failing = True
            self._leaving.wait(_LOOK_EVERY)

    def _look(self) -> None:
        self._kept.follow_others(_LOOK_EVERY)
        now = datetime.now(UTC)
        if self._told_at is None or (now - self._told_at).total_seconds() >= _TELL_EVERY:
            self._catalogue.seen(now)
            self._pending.resume()
            self._told_at = now
        if self._failing:
            logger.warning("The search indexes follow the catalogue again.")
            self._failing = False
