"""The campaign of kills finds what it looks for: each fault is planted in a library, and told by its name."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parent / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

from _audit import audit  # noqa: E402
from _ledger import Ledger  # noqa: E402
from _newsroom import story  # noqa: E402
from _tiny_model import save_tiny_model  # noqa: E402
from kill_campaign import SCHEMAS, set_back  # noqa: E402

from app import Dateline, open_dateline  # noqa: E402
from assistant.conversations.notebook import Notebook  # noqa: E402
from assistant.types import Exchange  # noqa: E402

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="commands are watched through /proc")

FIRST = [story(f"story-{number}", 1, "test") for number in range(6)]
SECOND = story("story-2", 2, "test")
QUESTION = "What did the council tell report story-2?"

Plant = Callable[[Path, Ledger], object]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model") / "one"
    save_tiny_model(folder, 1)
    return folder


@pytest.fixture(scope="module")
def filled(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six articles, one of them in two versions, and an answered question."""
    scratch = tmp_path_factory.mktemp("filled")
    with open_dateline(scratch / "library", model="quote", embedder=str(model)) as news:
        for rows in (FIRST, [SECOND]):
            (scratch / "rows.jsonl").write_text("".join(f"{json.dumps(each.as_row())}\n" for each in rows))
            news.ingest([scratch / "rows.jsonl"])
        notebook, asked = Notebook(news.library.conversations, news.library.find), Exchange(1, QUESTION)
        notebook.ask("talk", asked)
        notebook.finish("talk", replace(asked, answer=news.answer(QUESTION)))
    return scratch / "library"


@pytest.fixture
def library(filled: Path, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DATELINE_EMBEDDER", str(model))
    return shutil.copytree(filled, tmp_path / "library")


@pytest.fixture
def ledger() -> Ledger:
    """All that is in the library was sent and acknowledged."""
    ledger = Ledger()
    for each in (*FIRST, SECOND):
        ledger.stored([ledger.sends(each)])
    ledger.asks(QUESTION)
    ledger.kept("talk", 1, QUESTION)
    ledger.answered("talk", 1)
    return ledger


def told(library: Path, ledger: Ledger) -> set[str]:
    return {kind for kind, _ in ledger.compare(audit(library))}


def by_sql(*statements: str) -> Plant:
    def plant(library: Path, _: Ledger) -> None:
        with closing(sqlite3.connect(library / "catalogue.db")) as connection:
            connection.executescript(";".join(statements))

    return plant


def by_dateline(does: Callable[[Dateline], object]) -> Plant:
    def plant(library: Path, _: Ledger) -> None:
        with open_dateline(library, model="quote") as news:
            does(news)

    return plant


def test_a_library_that_holds_what_was_acknowledged_has_no_fault(library: Path, ledger: Ledger) -> None:
    assert told(library, ledger) == set()
    assert told(library, ledger) == set(), "what an audit has seen is what the next one expects"


@pytest.mark.parametrize(
    ("plant", "kind"),
    [
        (by_dateline(lambda news: news.library.remove("story-1")), "lost"),
        (
            by_sql("DELETE FROM earlier_versions", "UPDATE articles SET version = 1 WHERE id = 'story-2'"),
            "lost",
        ),
        (lambda _, ledger: ledger.gone("story-1"), "lost"),
        (lambda _, ledger: ledger.stored_at_least(1, [ledger.sends(story("story-9", 1, "test"))]), "lost"),
        (
            by_sql(
                "CREATE TEMP TABLE copy AS SELECT * FROM earlier_versions",
                "UPDATE copy SET key = key + 100",
                "INSERT INTO earlier_versions SELECT * FROM copy",
            ),
            "doubled",
        ),
        (lambda _, ledger: ledger.articles.pop("story-3"), "phantom"),
        (by_sql("UPDATE articles SET text = substr(text, 1, length(text) / 2) WHERE id = 'story-4'"), "half version"),
        (by_sql("UPDATE articles SET title = 'Report story-4' WHERE id = 'story-4'"), "half version"),
        (by_sql("UPDATE articles SET version = 3 WHERE id = 'story-2'"), "half version"),
        (by_sql("DELETE FROM listed WHERE id = 'story-5'"), "half version"),
        (by_sql("UPDATE passages SET end = end - 9 WHERE id = 'story-5@1#0'"), "wrong passage"),
        (lambda _, ledger: ledger.removed("story-0"), "came back"),
        (by_sql("UPDATE passages SET vector = (SELECT vector FROM passages WHERE id = 'story-1@1#0')"), "index"),
        (by_dateline(lambda news: news.library.conversations.remove("talk")), "lost conversation"),
        (by_sql("UPDATE exchanges SET answer = NULL"), "lost conversation"),
        (lambda _, ledger: ledger.asked.clear(), "phantom conversation"),
        (
            by_dateline(
                lambda news: Notebook(news.library.conversations, news.library.find).ask("2", Exchange(1, QUESTION))
            ),
            "doubled conversation",
        ),
    ],
)
def test_a_planted_fault_is_found(library: Path, ledger: Ledger, plant: Plant, kind: str) -> None:
    plant(library, ledger)
    assert kind in told(library, ledger)


def test_what_was_sent_and_not_acknowledged_may_be_there_or_not(library: Path, ledger: Ledger) -> None:
    ledger.sends(story("story-3", 2, "test"))
    ledger.sends(story("story-9", 1, "test"))
    ledger.removes("story-5")
    assert told(library, ledger) == set()


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_library_set_back_to_an_earlier_schema_is_brought_forward(library: Path, ledger: Ledger, schema: str) -> None:
    set_back(library / "catalogue.db", schema)
    ledger.set_back(schema)
    assert told(library, ledger) == set()


def test_a_short_campaign_goes_on_from_where_it_was(tmp_path: Path) -> None:
    command = [sys.executable, str(BENCHMARKS / "kill_campaign.py"), "--state", str(tmp_path / "state"), "--seed", "7"]
    for kills in ("1", "3"):
        done = subprocess.run([*command, "--kills", kills], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
        assert f"| all | {kills} |" in done.stdout
