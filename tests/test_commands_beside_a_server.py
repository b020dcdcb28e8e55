"""Commands in a terminal while `dateline serve` has the library open: it carries them out."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import create_server
from typing import Any, get_args, get_type_hints

import pytest
import typer

from app import SAMPLES, cli, open_dateline

DATELINE = Path(sys.executable).with_name("dateline")
ROOT = Path(__file__).parent.parent
QUESTION = "Is Meta still open sourcing its models?"
HEAVY = {"chromadb", "gradio", "langchain_core", "numpy", "openvino", "sentence_transformers", "sqlalchemy", "torch"}
PATIENCE = 120

Done = subprocess.CompletedProcess[str]


def run(*arguments: object, library: Path, cwd: Path | None = None, **environment: str) -> Done:
    command = [str(DATELINE), *map(str, arguments), "--library", str(library)]
    with_more = os.environ | environment
    return subprocess.run(
        command, capture_output=True, encoding="utf-8", timeout=PATIENCE, cwd=cwd, env=with_more, check=False
    )


def ran(*arguments: object, library: Path, **more: Any) -> str:
    done = run(*arguments, library=library, **more)
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def served(library: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [str(DATELINE), "serve", "--library", str(library), "--model", "quote", "--port", str(port), *options]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield server
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=PATIENCE)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A library, and what a search says before there is a server."""
    library = tmp_path_factory.mktemp("beside a server") / "the library"
    ran("ingest", SAMPLES, library=library)
    return library, json.loads(ran("search", QUESTION, "--json", library=library))


@pytest.fixture(scope="module")
def library(alone: tuple[Path, dict[str, Any]]) -> Iterator[Path]:
    """One that is served."""
    with served(alone[0]) as server:
        assert server.stdout and "Dateline is at" in server.stdout.readline()
        yield alone[0]


def test_a_search_says_what_it_says_without_a_server(library: Path, alone: tuple[Path, dict[str, Any]]) -> None:
    hits = json.loads(ran("search", QUESTION, "--json", library=library))
    # Two processes compute a vector alike to six places, and what is shown are four of a score.
    assert [hit.pop("score") for hit in hits] == pytest.approx([hit["score"] for hit in alone[1]], abs=0.001)
    assert hits == [{name: value for name, value in hit.items() if name != "score"} for hit in alone[1]]


def test_no_model_and_no_database_is_loaded(library: Path) -> None:
    script = (
        "import sys\nfrom app import main\ntry:\n    main(sys.argv[1:])\nfinally:\n"
        "    print({name.partition('.')[0] for name in sys.modules}, file=sys.stderr)\n"
    )
    command = [sys.executable, "-c", script, "search", QUESTION, "--library", str(library)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, cwd=ROOT, check=True)
    assert "Tech Ledger" in done.stdout
    assert not HEAVY & eval(done.stderr)


def test_an_answer_is_given_with_citations(library: Path) -> None:
    answer = json.loads(ran("ask", QUESTION, "--model", "quote", "--json", library=library))
    assert answer["citations"] and not answer["refused"]
    assert "[1]" in ran("ask", QUESTION, library=library)


def test_what_is_ingested_is_found_at_once_and_what_is_removed_is_not(library: Path, tmp_path: Path) -> None:
    folder = tmp_path / "a folder of notes"
    folder.mkdir()
    note = "A note on the lighthouse.\n\nThe lighthouse of Skerrow is lit again after the storm, the keeper said."
    (folder / "the note.txt").write_text(note)
    done = run("ingest", "the note.txt", "not there.txt", "--report", "a report.json", library=library, cwd=folder)
    assert done.returncode == 0 and "1 added" in done.stdout and "not there.txt: there is no such file" in done.stdout
    assert json.loads((folder / "a report.json").read_text())["added"] == 1
    assert json.loads(ran("ingest", folder / "the note.txt", "--json", library=library))["unchanged"] == 1

    [hit, *_] = json.loads(ran("search", "Is the lighthouse of Skerrow lit?", "--json", library=library))
    assert hit["title"] == "A note on the lighthouse."
    assert "Removed" in ran("library", "remove", hit["article_id"], library=library)
    assert hit["article_id"] not in ran("library", "list", library=library)


def test_files_are_read_and_written_where_the_command_was_given(library: Path, tmp_path: Path) -> None:
    opml = '<opml version="2.0"><body><outline xmlUrl="https://example.org/feed" text="Post"/></body></opml>'
    (tmp_path / "my feeds.opml").write_text(opml)
    assert "Following 1 more" in ran("feeds", "import", "my feeds.opml", library=library, cwd=tmp_path)
    assert "https://example.org/feed" in ran("feeds", "list", library=library)
    ran("feeds", "export", "out.opml", library=library, cwd=tmp_path)
    assert "https://example.org/feed" in (tmp_path / "out.opml").read_text()
    assert "https://example.org/feed" in ran("feeds", "export", library=library)
    ran("feeds", "remove", "https://example.org/feed", library=library)

    ran("library", "export", "all.jsonl", library=library, cwd=tmp_path)
    assert len((tmp_path / "all.jsonl").read_text().splitlines()) == len(list(SAMPLES.glob("*.md")))
    ran("conversations", "feedback", "votes.jsonl", library=library, cwd=tmp_path)
    assert (tmp_path / "votes.jsonl").exists()
    missing = run("feeds", "import", "none.opml", library=library, cwd=tmp_path)
    assert missing.returncode == 2 and "none.opml cannot be read" in " ".join(missing.stderr.split())


def test_every_path_of_a_command_line_is_known_to_be_read_from_there() -> None:
    """A new one belongs into this list when its command opens `vectorstore.console.terminal.resolved(path)`."""
    alone = {"serve", "evaluate", "mcp", "read"}
    paths = {
        (name, parameter)
        for name, command in commands(cli)
        for parameter, kind in get_type_hints(command).items()
        if name not in alone and parameter != "library" and Path in (kind, *get_args(kind))
    }
    assert paths == {
        ("ingest", "report_to"),
        ("queue add", "file"),
        ("conversations feedback", "file"),
        ("conversations export", "file"),
        ("library export", "file"),
        ("library backup", "file"),
        ("library restore", "file"),
        ("feeds import", "file"),
        ("feeds export", "file"),
        ("feeds refresh", "report_to"),
    }


def commands(cli: typer.Typer, above: str = "") -> Iterator[tuple[str, Callable[..., Any]]]:
    for each in cli.registered_commands:
        assert each.callback
        yield f"{above}{each.name or each.callback.__name__}", each.callback
    for group in cli.registered_groups:
        assert group.typer_instance
        yield from commands(group.typer_instance, f"{group.name} ")


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        pytest.param(["library", "show", "nothing"], 1, "dateline: No article has the id 'nothing'", id="no article"),
        pytest.param(["ingest", "nothing.txt"], 1, "", id="nothing that can be read"),
        pytest.param(["search", "x", "--as-of", "June"], 2, "not a date", id="a date that is none"),
        pytest.param(["search", "x", "--top", "0"], 2, "--top", id="a number out of range"),
        pytest.param(["ask", "Why?", "--model", "gpt"], 1, "provider:model", id="an unknown model"),
        pytest.param(["ask", "   "], 1, "question is empty", id="an empty question"),
        pytest.param(["library", "check"], 0, "", id="a check"),
    ],
)
def test_wrong_use_is_told_as_without_a_server(library: Path, arguments: list[str], status: int, says: str) -> None:
    done = run(*arguments, library=library)
    assert done.returncode == status
    assert says in done.stderr and "Traceback" not in done.stderr
    assert says.startswith("dateline: ") <= (len(done.stderr.splitlines()) == 1)


def test_output_is_written_as_the_terminal_wants_it(library: Path) -> None:
    utf_8 = ran("ask", QUESTION, library=library, PYTHONIOENCODING="utf-8")
    ascii_only = ran("ask", QUESTION, library=library, PYTHONIOENCODING="ascii:backslashreplace")
    assert "“" in utf_8
    assert "\\u201c" in ascii_only and ascii_only.isascii()


def test_a_terminal_is_drawn_on_and_a_pipe_is_not(library: Path) -> None:
    ours, theirs = pty.openpty()
    command = [str(DATELINE), "ask", QUESTION, "--library", str(library)]
    environment = os.environ | {"TERM": "xterm"}
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, text=True, env=environment)
    out, _ = child.communicate(timeout=PATIENCE)
    os.close(theirs)
    drawn = os.read(ours, 65536)
    os.close(ours)
    assert b"Writing" in drawn and b"\x1b[?25h" in drawn  # the last stage; the cursor is shown again
    assert "[1]" in out and "\x1b" not in out
    assert run("ask", QUESTION, library=library).stderr == ""


def test_a_reader_of_output_that_leaves_early_is_no_fault(library: Path) -> None:
    pipe = f"'{DATELINE}' library list --json --library '{library}' | head -c 1"
    done = subprocess.run(["bash", "-c", pipe], capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (done.stdout, done.stderr) == ("[", "")


def test_settings_of_the_terminal_count_where_they_can_and_are_told_where_not(library: Path) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            item = b"<item><title>Ferry</title><link>http://127.0.0.1/ferry</link></item>"
            feed = b"<rss version='2.0'><channel><title>Harbour Post</title>" + item + b"</channel></rss>"
            self.send_response(200)
            self.send_header("Content-Length", str(len(feed)))
            self.end_headers()
            self.wfile.write(feed)

        def log_message(self, format: str, *args: object) -> None:
            pass

    site = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=site.serve_forever, args=(0.01,))
    thread.start()
    try:
        url = f"http://127.0.0.1:{site.server_port}/feed"
        assert "private" in run("feeds", "add", url, library=library).stderr
        added = run("feeds", "add", url, library=library, DATELINE_ALLOW_PRIVATE_ADDRESSES="true")
        assert "Following Harbour Post" in added.stdout, added.stderr
        ran("feeds", "remove", url, library=library)
    finally:
        site.shutdown()
        thread.join()
        site.server_close()
    done = run("search", QUESTION, library=library, DATELINE_EMBEDDER="another-model")
    assert done.returncode == 0 and "DATELINE_EMBEDDER=all-MiniLM-L6-v2, which counts" in done.stderr
    assert "provider:model" in run("ask", QUESTION, library=library, DATELINE_MODEL="gpt").stderr
    assert "DATELINE_MODLE is not a setting" in run("search", "x", library=library, DATELINE_MODLE="quote").stderr


def test_a_second_server_is_told_at_once(library: Path) -> None:
    done = run("serve", "--port", "1", library=library)
    assert done.returncode == 1
    assert done.stderr.startswith("dateline: Another Dateline is using the library")


def many(folder: Path, count: int = 400) -> Path:
    rows = [
        {"id": f"n{n}", "text": " ".join(f"Flood {n} reached street {k}." for k in range(300))} for n in range(count)
    ]
    source = folder / "rows.jsonl"
    source.write_text("\n".join(map(json.dumps, rows)))
    return source


def test_ctrl_c_ends_an_ingest_and_keeps_what_was_stored_and_the_server_goes_on(tmp_path: Path) -> None:
    library, source = tmp_path / "library", many(tmp_path)
    with served(library) as server:
        assert server.stdout and server.stdout.readline()
        command = [str(DATELINE), "ingest", str(source), "--json", "--library", str(library)]
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        while not (listed := json.loads(ran("library", "list", "--json", library=library))):
            assert child.poll() is None
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=PATIENCE)
        report = json.loads(out)
        assert child.returncode == 1 and report["stopped"] and "run the same command again" in err
        assert len(listed) <= report["added"] < 400
        assert len(json.loads(ran("library", "list", "--json", library=library))) == report["added"]
        assert "Flood" in ran("search", "Which street did the flood reach?", library=library)


def test_closing_the_server_ends_an_ingest_that_it_carries_out_and_keeps_what_was_stored(tmp_path: Path) -> None:
    library, source = tmp_path / "library", many(tmp_path)
    with served(library) as server:
        assert server.stdout and server.stdout.readline()
        command = [str(DATELINE), "ingest", str(source), "--json", "--library", str(library)]
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        while not json.loads(ran("library", "list", "--json", library=library)):
            assert child.poll() is None
    report = json.loads(child.communicate(timeout=PATIENCE)[0])
    assert server.returncode == 0 and not (library / "server.json").exists()
    assert child.returncode == 1 and report["stopped"]
    assert len(json.loads(ran("library", "list", "--json", library=library))) == report["added"]


def test_a_command_works_by_itself_where_the_server_was_killed(tmp_path: Path) -> None:
    library = tmp_path / "library"
    with served(library) as server:
        assert server.stdout and server.stdout.readline()
        server.kill()
        server.wait()
        assert (library / "server.json").exists()
    assert "1 added" in ran("ingest", next(SAMPLES.glob("*.md")), library=library)


def test_commands_and_servers_wait_for_a_command_that_has_the_library(tmp_path: Path) -> None:
    library = tmp_path / "library"
    with open_dateline(library=library, model="quote") as held, served(library) as server:
        assert server.stderr and "Waiting until another Dateline is done" in server.stderr.readline()
        command = [str(DATELINE), "ingest", str(SAMPLES), "--library", str(library)]
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert child.stderr and "Waiting until another Dateline is done" in child.stderr.readline()
        held.close()
        assert server.stdout and "Dateline is at" in server.stdout.readline()
        assert "added" in child.communicate(timeout=PATIENCE)[0] and child.returncode == 0
        assert len(json.loads(ran("library", "list", "--json", library=library))) == len(list(SAMPLES.glob("*.md")))


def test_ctrl_c_ends_the_wait(tmp_path: Path) -> None:
    library = tmp_path / "library"
    with open_dateline(library=library, model="quote"):
        command = [str(DATELINE), "feeds", "remove", "x", "--library", str(library)]
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert child.stderr and "Ctrl-C ends the wait" in child.stderr.readline()
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=PATIENCE)
    assert child.returncode == 130 and (out, err) == ("", "")
