"""The command line as a shell sees it: standard output, standard error and the exit status."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from app import SAMPLES

DATELINE = Path(sys.executable).with_name("dateline")


def run(*arguments: object, library: Path | None = None) -> subprocess.CompletedProcess[str]:
    where = ["--library", str(library)] if library else []
    return subprocess.run([str(DATELINE), *map(str, arguments), *where], capture_output=True, text=True, timeout=300)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("library")
    done = run("ingest", SAMPLES, "--json", library=folder)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert set(report) >= {"added", "updated", "unchanged", "duplicate", "rejected", "passages", "seconds"}
    assert report["added"] == len(list(SAMPLES.glob("*.md")))
    return folder


def test_a_library_without_articles_says_so_to_whoever_searches_it(tmp_path: Path) -> None:
    for command in ("search", "ask"):
        done = run(command, "When did the ferry hit the pier?", library=tmp_path / "mistyped")
        assert (done.returncode, "The library is empty" in done.stdout) == (0, True)
    assert json.loads(run("search", "ferry", "--json", library=tmp_path / "mistyped").stdout) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
@pytest.mark.parametrize("where", [">/dev/full", ">&-"])
@pytest.mark.parametrize("command", ["library list", "library list --json", "feeds list", "doctor"])
def test_where_nothing_can_be_printed_one_line_says_so(library: Path, command: str, where: str) -> None:
    line = f'"{DATELINE}" {command} --library "{library}" {where}'
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, timeout=300)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1 and "print" in done.stderr


def test_search_prints_hits_with_exact_offsets(library: Path) -> None:
    done = run("search", "Is Meta still open sourcing its models?", "--top", "3", "--json", library=library)
    hits = json.loads(done.stdout)
    assert [hit["rank"] for hit in hits] == [1, 2, 3]
    assert set(hits[0]) == {
        *(
            "rank",
            "score",
            "article_id",
            "title",
            "outlet",
            "published_at",
            "url",
            "passage_id",
            "text",
            "start",
            "end",
        ),
        "copies",
    }
    shown = json.loads(run("library", "show", hits[0]["article_id"], "--json", library=library).stdout)
    assert shown["text"][hits[0]["start"] : hits[0]["end"]] == hits[0]["text"]


def test_ask_prints_the_answer_with_citations(library: Path) -> None:
    done = run("ask", "Is Meta still open sourcing its models?", "--model", "quote", "--json", library=library)
    answer = json.loads(done.stdout)
    assert set(answer) >= {
        *("question", "standalone_question", "answer", "sentences", "citations", "refused", "nearest", "as_of"),
        *("newest_source", "timings"),
    }
    assert set(answer["timings"]) == {"sources", "first_token", "total"}
    assert set(answer["citations"][0]) == {
        *("number", "article_id", "title", "outlet", "published_at", "url", "quote", "start", "end", "copies"),
        *("version", "corrected"),
    }
    assert answer["citations"] and not answer["refused"]


def test_ask_in_words_shows_the_quote_and_where_it_is_from(library: Path) -> None:
    done = run("ask", "Is Meta still open sourcing its models?", "--model", "quote", library=library)
    assert "Tech Ledger, 31 July 2025" in done.stdout
    assert "[1]" in done.stdout


def test_list_remove_and_check(library: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    note = tmp_path / "note.txt"
    note.write_text("A note on the tram. The fourth tram line of Norvale will open late, the mayor said on Friday.")
    run("ingest", note, library=own)
    (entry,) = json.loads(run("library", "list", "--json", library=own).stdout)
    assert entry["title"] == "A note on the tram."
    assert run("library", "remove", entry["id"], library=own).returncode == 0
    assert json.loads(run("library", "list", "--json", library=own).stdout) == []
    health = json.loads(run("library", "check", "--json", library=own).stdout)
    assert health["catalogue_sound"] and not health["missing"] and not health["extra"]


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        pytest.param(["ingest", "no-such-file.txt"], 1, "no-such-file.txt", id="a file that is not there"),
        pytest.param(
            ["ingest", "a.txt", "--report", "nowhere/a.json"], 1, "cannot be written", id="no place to report"
        ),
        pytest.param(["library", "show", "nothing"], 1, "dateline library list", id="an article that is not there"),
        pytest.param(["library", "remove", "nothing"], 1, "No article has the id", id="removing what is not there"),
        pytest.param(["ask", "   "], 1, "question is empty", id="an empty question"),
        pytest.param(["ask", "Why?", "--model", "gpt"], 1, "provider:model", id="an unknown model"),
        pytest.param(["search", "x", "--as-of", "June"], 2, "not a date", id="a date that is none"),
        pytest.param(["search", "x", "--top", "0"], 2, "--top", id="a number out of range"),
        pytest.param(["ingest"], 2, "Missing argument", id="nothing to ingest"),
        pytest.param(["publish"], 2, "No such command", id="an unknown command"),
    ],
)
def test_wrong_use_is_told_in_words_with_its_exit_status(
    tmp_path: Path, arguments: Sequence[str], status: int, says: str
) -> None:
    where = [] if arguments == ["publish"] else ["--library", str(tmp_path / "library")]
    done = run(*arguments, *where)
    assert done.returncode == status
    assert says in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_second_writer_is_told_when_waiting_has_not_helped_and_readers_go_on(library: Path) -> None:
    from app import open_dateline

    at_once = "from vectorstore.console import command_client; command_client._SECONDS_TO_WAIT = 0.1"
    impatient = f"import app, sys; {at_once}; app.main(sys.argv[1:])"
    command = [sys.executable, "-c", impatient, "ingest", str(SAMPLES), "--library", str(library)]
    with open_dateline(library=library, model="quote"):
        writer = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=Path(__file__).parent.parent)
        assert writer.returncode == 1
        waiting, told = writer.stderr.splitlines()
        assert waiting.startswith("dateline: Waiting until another Dateline is done")
        assert told.startswith("dateline: Another Dateline is using the library")
        reader = run("search", "Who ordered electric ferries?", "--json", library=library)
        assert reader.returncode == 0
        assert json.loads(reader.stdout)


def test_an_ingest_killed_midway_keeps_what_it_reported_and_a_second_run_completes_the_rest(tmp_path: Path) -> None:
    rows = [
        {
            "id": f"n{n}",
            "title": f"Report {n}",
            "text": " ".join(f"Storm number {n} passed town {k}." for k in range(60)),
        }
        for n in range(240)
    ]
    source, library = tmp_path / "rows.jsonl", tmp_path / "library"
    source.write_text("\n".join(map(json.dumps, rows)))
    script = (
        "import sys\nfrom app import open_dateline\n"
        "with open_dateline(library=sys.argv[1], model='quote') as news:\n"
        "    news.ingest([sys.argv[2]], lambda at: print(at.row.article_id, flush=True))\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", script, str(library), str(source)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parent.parent,
    )
    assert child.stdout
    reported = [child.stdout.readline().strip() for _ in range(20)]
    os.kill(child.pid, signal.SIGKILL)
    reported += child.stdout.read().split()
    child.stdout.close()
    child.wait()
    assert child.returncode == -signal.SIGKILL
    assert 20 <= len(reported) < 240

    listed = {entry["id"] for entry in json.loads(run("library", "list", "--json", library=library).stdout)}
    assert set(reported) <= listed
    last = reported[-1].removeprefix("n")
    hits = json.loads(run("search", f"Storm number {last} passed", "--json", library=library).stdout)
    assert f"n{last}" in {hit["article_id"] for hit in hits}

    report = json.loads(run("ingest", source, "--json", library=library).stdout)
    assert report["unchanged"] == len(listed)
    assert report["added"] == 240 - len(listed)
    health = json.loads(run("library", "check", "--json", library=library).stdout)
    assert health["articles"] == 240 and not health["waiting"] and not health["missing"] and not health["extra"]


def test_ctrl_c_ends_an_ingest_after_what_is_in_hand_and_keeps_it(tmp_path: Path) -> None:
    rows = [{"id": f"n{n}", "text": " ".join(f"Flood {n} reached street {k}." for k in range(300))} for n in range(200)]
    source, library = tmp_path / "rows.jsonl", tmp_path / "library"
    source.write_text("\n".join(map(json.dumps, rows)))
    kept = tmp_path / "report.json"
    command = [str(DATELINE), "ingest", str(source), "--json", "--library", str(library), "--report", str(kept)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    catalogue = library / "catalogue.db"
    while child.poll() is None and not (catalogue.exists() and _articles(catalogue)):
        time.sleep(0.05)
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=300)
    report = json.loads(out)
    assert child.returncode == 1
    assert report["stopped"] and 0 < report["added"] < 200
    assert json.loads(kept.read_text()) == report
    assert [each["outcome"] for each in report["documents"]] == ["added"] * report["added"]
    assert "run the same command again" in err
    listed = json.loads(run("library", "list", "--json", library=library).stdout)
    assert len(listed) == report["added"]


def _articles(catalogue: Path) -> int:
    try:
        with closing(sqlite3.connect(f"file:{catalogue}?mode=ro", uri=True)) as connection:
            return int(connection.execute("SELECT count(*) FROM articles").fetchone()[0])
    except sqlite3.OperationalError:
        return 0
