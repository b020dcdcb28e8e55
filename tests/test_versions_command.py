"""`dateline library show --version` and `diff` from end to end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app import main


def test_versions_are_shown_and_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def dateline(*words: str, status: int = 0) -> str:
        with pytest.raises(SystemExit) as ended:
            main([*words, "--library", str(tmp_path / "library")])
        assert (ended.value.code or 0) == status
        told = capsys.readouterr()
        return told.err if status else told.out

    rows = tmp_path / "rows.jsonl"

    def publish(day: str, title: str) -> None:
        text = f"The bridge opens on {day}. It cost four million crowns."
        rows.write_text(json.dumps({"id": "b1", "title": title, "text": text}))
        dateline("ingest", str(rows))

    publish("Monday", "Bridge opens")
    assert "version 1 has no other to compare it with" in dateline("library", "diff", "b1")
    publish("Friday", "Bridge opens")
    publish("Sunday", "Bridge to open")

    assert "opens on Monday" in dateline("library", "show", "b1", "--version", "1")
    assert "'b1' has no version 4; its last one is 3" in dateline("library", "show", "b1", "--version", "4", status=1)
    last = dateline("library", "diff", "b1")
    assert "from version 2 to version 3" in last
    assert "Headline: Bridge [-opens-]{+to open+}" in last
    assert "The bridge opens on [-Friday-]{+Sunday+}. It cost four million crowns." in last
    assert "[-Monday-]{+Friday+}" in dateline("library", "diff", "b1", "--to", "2")
    found = json.loads(dateline("library", "diff", "b1", "--from", "1", "--json"))
    assert (found["from"], found["to"]) == (1, 3)
    assert [run["text"] for run in found["text"] if run["kind"] != "kept"] == ["Monday", "Sunday"]
    assert "dateline library list" in dateline("library", "diff", "nothing", status=1)
