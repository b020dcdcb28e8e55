from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from ingest.progress import report_file
from vectorstore.errors import ReportUnwritable


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_report_is_there_whole_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text("the report of before")
    with report_file(path) as save:
        assert path.read_text() == "the report of before"
        save({"added": 1, "title": "Café \ud800"})
    assert json.loads(path.read_text())["added"] == 1 and "Café \\ud800" in path.read_text()
    assert names(tmp_path) == ["report.json"]


def test_what_fails_midway_leaves_the_report_of_before(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text("the report of before")
    with pytest.raises(TypeError), report_file(path) as save:
        save({"added": 1, "rejected": object()})
    assert path.read_text() == "the report of before" and names(tmp_path) == ["report.json"]


def test_without_a_path_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with report_file(None) as save:
        save({"added": 1})
    assert names(tmp_path) == []


def test_a_link_leads_to_its_file(tmp_path: Path) -> None:
    (tmp_path / "link.json").symlink_to("real.json")
    with report_file(tmp_path / "link.json") as save:
        save({})
    assert (tmp_path / "link.json").is_symlink() and (tmp_path / "real.json").read_text() == "{}"


@pytest.mark.parametrize("place", ["missing/report.json", "file.txt/report.json", "pipe", ".", "x" * 300])
def test_a_place_where_nothing_can_be_written_is_told_before_the_work_begins(tmp_path: Path, place: str) -> None:
    (tmp_path / "file.txt").write_text("kept")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ReportUnwritable, match="cannot be written to"), report_file(tmp_path / place):
        pytest.fail("the work began")
    assert names(tmp_path) == ["file.txt", "pipe"]
