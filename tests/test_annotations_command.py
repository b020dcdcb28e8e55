"""`dateline library tag`, `edit` and `marks`, and questions that are kept to tags, marks and single articles."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app import main, open_dateline

FERRY = (
    "The night ferry will sail again on Friday, the harbour master of Lakemont said. It had been out of service since "
    "its thruster failed in October, and forty-one people were hurt."
)
PARK = (
    "The mayor of Norvale opened a new park on Monday. It is free for all of the people of the town, and it will be "
    "open every day, she said, also in winter, since nobody asked for gates."
)


@pytest.fixture
def library(tmp_path: Path) -> Path:
    for name, text in (("ferry", FERRY), ("park", PARK)):
        (tmp_path / f"{name}.txt").write_text(f"{name.title()} news of the day\n\n{text}")
    with open_dateline(library=tmp_path / "library", model="quote") as news:
        assert news.ingest([tmp_path / "ferry.txt", tmp_path / "park.txt"]).added == 2
    return tmp_path / "library"


def test_articles_are_tagged_put_right_and_questions_kept_to_them(
    library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*words: str, status: int = 0) -> Any:
        with pytest.raises(SystemExit) as ended:
            main([*words, "--library", str(library), "--json"])
        assert ended.value.code == status
        said = capsys.readouterr()
        return json.loads(said.out) if status == 0 else said.err

    ids = {row["title"].split()[0]: row["id"] for row in run("library", "list")}
    ferry, park = ids["Ferry"], ids["Park"]
    assert run("library", "tag", ferry, "Sea", "harbour")["tags"] == ["harbour", "Sea"]
    assert run("library", "tag", ferry, "SEA", "--remove")["tags"] == ["harbour", "Sea"]
    assert run("library", "tag", ferry, "Sea", "--remove")["tags"] == ["harbour"]
    assert run("library", "tag", park)["tags"] == []
    assert "cannot be seen" in run("library", "tag", park, " ", status=1)
    assert "No article has the id" in run("library", "tag", "gone", "x", status=1)
    assert [row["id"] for row in run("library", "list", "--tag", "harbour")] == [ferry]
    edited = run("library", "edit", park, "--headline", "A park", "--outlet", "Post", "--date", "2026-11-02")
    assert (edited["title"], edited["outlet"]) == ("A park", "Post") and edited["published_at"].startswith("2026-11-02")
    assert "is not a day" in run("library", "edit", park, "--date", "the day after", status=1)
    assert "is not a web address" in run("library", "edit", park, "--url", "x", status=1)
    assert run("library", "edit", park, "--original")["title"].startswith("Park")
    found = run("search", "the town", "--article", park)
    assert {hit["article_id"] for hit in found} == {park}
    assert {hit["article_id"] for hit in run("search", "the harbour", "--tag", "harbour")} == {ferry}
    assert run("search", "the harbour", "--marked") == [] == run("library", "marks")
    with open_dateline(library=library, model="quote") as news:
        text = news.library.article(ferry).text
        news.library.annotations.mark(ferry, 1, text, text.index("night"), text.index("night") + 11, "when?")
    [mark] = run("library", "marks")
    assert (mark["words"], mark["note"]) == ("night ferry", "when?")
    assert {hit["article_id"] for hit in run("search", "the harbour", "--marked")} == {ferry}
