"""Searching within days and outlets, and evaluating, as people type it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
QUESTION = "Is Meta still open sourcing its models?"


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, ROOT / "app.py", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=300)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evaluated")
    assert run("ingest", ROOT / "ingest" / "samples", "--library", folder).returncode == 0
    return folder


def test_only_the_days_and_the_outlet_that_were_given_are_searched(library: Path) -> None:
    limits = ["--from", "2025-07-01", "--to", "2025-07-31", "--outlet", "tech ledger"]
    hits = json.loads(run("search", QUESTION, *limits, "--json", "--library", library).stdout)
    assert hits and {hit["outlet"] for hit in hits} == {"Tech Ledger"}
    assert all("2025-07-01" <= hit["published_at"] < "2025-08-01" for hit in hits)


def test_only_articles_in_the_language_that_was_given_are_listed_searched_and_asked(
    library: Path, tmp_path: Path
) -> None:
    told = tmp_path / "wasserwerk.txt"
    told.write_text("Das Wasserwerk in Lindau wird im Mai erneuert. Die Stadt zahlt dafür drei Millionen Euro.")
    assert run("ingest", told, "--library", library).returncode == 0
    listed = json.loads(run("library", "list", "--language", "german", "--json", "--library", library).stdout)
    assert [each["language"] for each in listed] == ["de"]
    kept = ["--language", "de", "--json", "--library", library]
    hits = json.loads(run("search", "Was zahlt die Stadt Lindau?", *kept).stdout)
    assert {hit["article_id"] for hit in hits} == {listed[0]["id"]}
    answer = json.loads(run("ask", "Was zahlt die Stadt Lindau?", "--model", "quote", *kept).stdout)
    assert "drei Millionen Euro" in answer["answer"] and answer["basis"].startswith("Stand: ")
    run("library", "remove", listed[0]["id"], "--library", library)


def test_the_days_that_a_question_names_are_told(library: Path) -> None:
    done = run("ask", f"{QUESTION} What was said in July 2025?", "--model", "quote", "--json", "--library", library)
    assert json.loads(done.stdout)["window"] == {"from": "2025-07-01", "to": "2025-07-31"}


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        (["--from", "Julember"], "Julember"),
        (["--from", "2025-02-01", "--to", "2025-01-01"], "later"),
        (["--outlet", "Nobody's Gazette"], "Nobody's Gazette"),
        (["--language", "fr"], "nothing in the language 'fr'"),
    ],
)
def test_limits_that_cannot_be_are_wrong_usage(library: Path, limits: list[str], told: str) -> None:
    done = run("search", QUESTION, *limits, "--library", library)
    assert done.returncode == 2 and told in done.stderr and not done.stdout


def test_evaluate_prints_tables_and_draws(library: Path, tmp_path: Path) -> None:
    first = json.loads(run("search", QUESTION, "--json", "--library", library).stdout)[0]
    questions, picture, table = tmp_path / "q.jsonl", tmp_path / "hits.svg", tmp_path / "hits.md"
    questions.write_text(json.dumps({"id": "1", "question": QUESTION, "evidence_article_ids": [first["article_id"]]}))
    given = [questions, "--only", "retrieval", "--library", library]
    done = run("evaluate", *given, "--plot", picture, "--table", table)
    assert done.returncode == 0, done.stderr
    assert "| all | 1 | 1.000 (1.00–1.00) |" in done.stdout and table.read_text() == done.stdout
    assert "<svg" in picture.read_text()
    figures = json.loads(run("evaluate", *given, "--json").stdout)
    assert figures["retrieval"]["all"]["hit@1"] == {"mean": 1.0, "low": 1.0, "high": 1.0}


@pytest.mark.parametrize("wrong", [["--only", "taste"]])
def test_evaluate_names_what_it_can_do(library: Path, tmp_path: Path, wrong: list[str]) -> None:
    done = run("evaluate", tmp_path / "none.jsonl", *wrong, "--library", library)
    assert done.returncode == 2 and wrong[1] in done.stderr


def test_a_question_file_that_is_not_there_is_one_clear_line(library: Path, tmp_path: Path) -> None:
    done = run("evaluate", tmp_path / "none.jsonl", "--model", "quote", "--library", library)
    assert done.returncode == 1 and "none.jsonl cannot be read" in done.stderr
    assert "Traceback" not in done.stderr
