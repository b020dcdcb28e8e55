from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from newsroom import FERRY, OLD_RATES, RATES, WordEmbedder

from ingest.splitting import split
from vectorstore.library import Library


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "library", WordEmbedder()) as library:
        library.put([(each, split(each)) for each in (RATES, OLD_RATES, FERRY)])
        yield library
