"""What a program that speaks MCP may have done by adding an article: one is added, and nothing else happens."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.commands.documents import adds_by_command
from vectorstore.errors import DatelineError


def test_it_is_added_by_dateline_and_not_by_what_lies_in_the_folder_that_it_was_started_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Assistants start it in the folder of somebody's project, where an `app.py` is nothing rare."""
    (tmp_path / "app.py").write_text("""print('{"by": "another"}')""")
    monkeypatch.chdir(tmp_path)
    report = adds_by_command(tmp_path / "library")({"text": " "})
    assert "text" in report["rejected"][0]["reason"]


@pytest.mark.parametrize("text", ["", "{}", " {} \n", "ONLY AVAILABLE IN PAID PLANS", "The mill was sold [+912 chars]"])
def test_no_address_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, site, text: str) -> None:
    """An article that gives orders to the model could carry off in an address what the model has read."""
    monkeypatch.setenv("DATELINE_ALLOW_PRIVATE_ADDRESSES", "true")
    url = site.url + "/carried-off"
    with pytest.raises(DatelineError, match="full text"):
        adds_by_command(tmp_path / "library")({"text": text.format(url), "url": url})
    assert site.headers == []
