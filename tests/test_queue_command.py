"""`dateline queue` where there is nobody to read, and what is no address."""

from __future__ import annotations

from pathlib import Path

import pytest

from app import main


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["add"], "name an address"),
        (["add", "https://post.example/a"], "`dateline ingest` reads addresses at once"),
        (["add", "https://post.example/a", "no address"], "no address is not a web address; nothing was put"),
        (["add", "--file", "{tmp}/none.txt"], "cannot be read as text"),
        (["add", "--file", "{tmp}/picture.txt"], "cannot be read as text"),
        (["add", "--file", "{tmp}/empty.txt"], "name an address"),
    ],
)
def test_what_cannot_be_queued_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: list[str], told: str
) -> None:
    monkeypatch.setenv("DATELINE_LIBRARY", str(tmp_path / "library"))
    (tmp_path / "picture.txt").write_bytes(b"\x89PNG\xff\xfe")
    (tmp_path / "empty.txt").write_text("# nothing yet\n\n")
    with pytest.raises(SystemExit) as ended:
        main(["queue", *(each.format(tmp=tmp_path) for each in arguments)])
    assert ended.value.code
    assert told in " ".join(capsys.readouterr().err.replace("│", " ").split())


def test_an_empty_queue_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_LIBRARY", str(tmp_path / "library"))
    for arguments, told in ((["list"], "0 waiting, 0 set aside."), (["retry"], "0 tried"), (["remove"], "0 taken out")):
        with pytest.raises(SystemExit) as ended:
            main(["queue", *arguments])
        assert not ended.value.code and told in capsys.readouterr().out
