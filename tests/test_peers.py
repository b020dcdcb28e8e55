"""Tools beside Dateline: what is counted as found, what is told of one that fails, and of input that is none."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).parent
sys.path.insert(0, str(TESTS / "benchmarks"))

from peers import (  # noqa: E402
    PEERS,
    Failed,
    NotInstalled,
    Peer,
    arguments,
    chosen,
    compared,
    died_of,
    hits,
    main,
    newer,
    run,
    table,
)

from assistant.evaluation.dataset import Question, read_questions  # noqa: E402

ARTICLES = [{"id": id, "title": f"Of {id}", "text": f"What {id} did."} for id in ("mayor", "ferry", "rates", "storm")]
ASKED = [
    {"question": "When does the ferry sail?", "evidence_article_ids": ["ferry"]},
    {"question": "Who raised rates?", "evidence_article_ids": ["rates", "bank"]},
    {"question": "Who won the race?", "evidence_article_ids": ["race"]},
]


def lines(path: Path, rows: list[dict[str, Any]]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    return [lines(tmp_path / "articles.jsonl", ARTICLES), lines(tmp_path / "questions.jsonl", ASKED)]


def question(*articles: str) -> Question:
    return Question("", "Who?", articles=frozenset(articles))


def told(name: str, found: list[list[str]], took: float = 0.02) -> dict[str, Any]:
    figures = {"ready": 1.0, "taking_in": 5.0, "passages": 1200, "took": [took], "peak": 5e8, "disk": 2e6}
    return figures | {"name": name, "found": found}


@pytest.mark.parametrize(
    ("found", "counted"),
    [
        (["ferry", "a", "b", "c"], 1.0),
        (["a", "b", "c", "ferry"], 1.0),
        (["a", "b", "c", "d", "ferry"], 0.0),
        (["a", "a", "a", "a", "ferry"], 0.0),
        (["a"], 0.0),
        ([], 0.0),
    ],
    ids=["first", "fourth", "fifth", "fifth passage, second article", "another", "nothing found"],
)
def test_an_article_counts_among_the_four_passages_found_first(found: list[str], counted: float) -> None:
    assert hits([found], [question("ferry")]) == [counted]


def test_any_article_of_a_question_counts_once() -> None:
    assert hits([["bank", "rates"], ["rates"]], [question("rates", "bank"), question("ferry")]) == [1.0, 0.0]


def test_a_tool_that_fails_is_a_row_that_says_why_and_the_others_are_measured() -> None:
    rows = [{"name": "txtai", "why": "failed: no | such\nfile"}, told("dateline", [["ferry"]])]
    _, _, failed, measured = table(rows, [question("ferry")]).strip().splitlines()
    assert failed.startswith("| txtai | failed: no \\| such file |")
    assert measured == "| dateline | 1,200 | 5.0 | 240.0 | 20.0 | 1.000 (1.00–1.00) | 500 | 2.0 | 1.0 |"


def test_dateline_is_told_beside_the_best_of_the_others() -> None:
    rows = [told("dateline", [["ferry"]], 0.01), told("txtai", [["a"]], 0.04), told("llama-index", [["a"]], 0.02)]
    last = table(rows, [question("ferry")]).strip().splitlines()[-1]
    assert "1.00 times the seconds" in last and "0.50 times the query" in last and "hit@4 +1.000" in last


def test_a_worker_that_dies_is_told_by_its_error(tmp_path: Path, files: list[str]) -> None:
    """Its environment has Python, but not the tool."""
    environment = tmp_path / "txtai" / "environment"
    (environment / "bin").mkdir(parents=True)
    python = environment / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    (environment / "installed").touch()
    job = {"articles": files[0], "questions": files[1], "model": "", "best": 4}
    [row] = compared(tmp_path, ["txtai"], job, arguments(files))
    assert row == {"name": "txtai", "why": "failed: ModuleNotFoundError: No module named 'txtai'"}


def test_a_tool_that_no_index_has_could_not_be_installed(
    tmp_path: Path, files: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setitem(PEERS, "txtai", Peer(("no-such-tool-as-this==1",)))
    [row] = compared(tmp_path, ["txtai"], {}, arguments(files))
    assert row["why"].startswith("could not be installed here: ") and "no-such-tool-as-this" in row["why"]


@pytest.mark.parametrize("status", [0, 1], ids=["new enough", "too old, or not set up"])
def test_a_python_is_asked_whether_it_is_new_enough(tmp_path: Path, status: int) -> None:
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\nexit {status}\n", encoding="utf-8")
    python.chmod(0o755)
    if status:
        with pytest.raises(NotInstalled, match="too old; name another with --newer-python"):
            newer(str(python))
    else:
        assert newer(str(python)) == str(python)


def test_a_tool_without_its_python_says_how_to_name_one(
    tmp_path: Path, files: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PEERS, "haiku.rag", Peer((), python=99))
    [row] = compared(tmp_path, ["haiku.rag"], {}, arguments([*files, "--newer-python", "no-such-python"]))
    assert row["why"].startswith("could not be installed here: no-such-python does not run or is too old; ")


@pytest.mark.parametrize(
    ("complaints", "why"),
    [
        ("Traceback\nValueError: no model\n", "ValueError: no model"),
        (
            "ERROR: No matching distribution\n[notice] A new release of pip is there\n",
            "ERROR: No matching distribution",
        ),
        ("Killed\n\n", "Killed"),
        ("", "ended with status 137"),
    ],
    ids=["Python", "pip, with a note", "a word", "nothing"],
)
def test_what_a_process_died_of_is_one_line(complaints: str, why: str) -> None:
    assert died_of(complaints, 137) == why


def test_a_process_that_fails_leaves_its_complaints_in_a_file(tmp_path: Path) -> None:
    with pytest.raises(Failed, match="it was not there"):
        run([sys.executable, "-c", "raise OSError('it was not there')"], tmp_path / "new")
    assert "Traceback" in (tmp_path / "new" / "errors.txt").read_text(encoding="utf-8")


def test_the_articles_that_questions_name_come_first(files: list[str]) -> None:
    articles, questions = chosen(arguments([*files, "--articles", "2"]))
    assert [each["id"] for each in articles] == ["ferry", "rates"]
    assert [each.text for each in questions] == ["When does the ferry sail?", "Who raised rates?"]


def test_all_articles_are_taken_and_questions_of_others_left_out(files: list[str]) -> None:
    articles, questions = chosen(arguments(files))
    assert len(articles) == len(ARTICLES) and len(questions) == 2 < len(read_questions(Path(files[1])))


@pytest.mark.parametrize(
    ("articles", "questions", "said"),
    [
        ([{"id": "ferry", "title": "Of ferries"}], ASKED, "Line 1 of .*articles.jsonl needs id, title, text"),
        (ARTICLES, [{"question": "Who?"}], "Line 1 of .*questions.jsonl is no question"),
        (ARTICLES, ASKED[2:], "No question of .* names an article of"),
        ([], ASKED, "No question of .* names an article of"),
    ],
    ids=["no text", "no article named", "other articles", "no article"],
)
def test_bad_input_is_told_in_one_line(
    tmp_path: Path, articles: list[dict[str, Any]], questions: list[dict[str, Any]], said: str
) -> None:
    given = [lines(tmp_path / "articles.jsonl", articles), lines(tmp_path / "questions.jsonl", questions)]
    with pytest.raises(SystemExit, match=said) as end:
        main(given)
    assert "\n" not in str(end.value)


def test_a_file_that_is_not_there_is_told_in_one_line(files: list[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="cannot be read") as end:
        main([str(tmp_path / "none.jsonl"), files[1]])
    assert "\n" not in str(end.value)


@pytest.mark.parametrize("words", [["--articles", "0"], ["--peers", "nobody"], ["--share-packages", "no-such-folder"]])
def test_an_option_that_is_none_is_refused(files: list[str], words: list[str], capsys: Any) -> None:
    with pytest.raises(SystemExit) as end:
        arguments([*files, *words])
    assert end.value.code == 2 and words[0] in capsys.readouterr().err
