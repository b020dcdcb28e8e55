"""`dateline library export` and /library.jsonl, and both read back by `dateline ingest`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from app import SAMPLES, Dateline, PageDesk, main, open_dateline
from assistant.ui.library_tab import library_routes
from vectorstore.models import Article

ODD = {
    "id": "https://odd.example/a?b=c#d",
    "title": "“Quotes”, tabs & <b>tags</b>",
    "source": "The Norvale Post",
    "authors": ["Ann Lee", "Bo Ek"],
    "published_at": "2026-10-04T22:30:00.000005+02:00",
    "updated_at": "2026-10-05",
    "url": "https://odd.example/a?b=c#d",
    "language": "es",
    "text": 'Línea uno.\n\nLínea \u2028 dos 👩‍👧. ![x](http://evil.example/x.png) {"id": 1}',
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("library")
    rows = tmp_path_factory.mktemp("rows") / "odd.jsonl"
    rows.write_text(json.dumps(ODD), encoding="utf-8")
    with open_dateline(library=folder, model="quote") as news:
        assert news.ingest([SAMPLES, rows]).rejected == ()
    return folder


@pytest.fixture
def client(library: Path) -> Iterator[TestClient]:
    with open_dateline(library=library, model="quote") as news:
        yield TestClient(Starlette(routes=list(library_routes(PageDesk(news, 5)))))


def held(news: Dateline) -> dict[str, Article]:
    """What is stated of each article, without when it came in and how often."""
    found = (news.library.article(entry.id) for entry in news.library.entries())
    return {article.id: replace(article, ingested_at=None, version=1) for article in found}


def read_back(file: Path, folder: Path) -> dict[str, Article]:
    with open_dateline(library=folder, model="quote") as news:
        report = news.ingest([file])
        assert (report.rejected, report.duplicate) == ((), 0)
        return held(news)


def test_a_library_goes_through_a_file_into_another_one(
    library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "out.jsonl"
    with pytest.raises(SystemExit) as ended:
        main(["library", "export", str(file), "--library", str(library), "--json"])
    assert not ended.value.code
    with open_dateline(library=library, model="quote") as news:
        before = held(news)
    assert json.loads(capsys.readouterr().out) == {"articles": len(before)}
    assert "https://odd.example/a?b=c#d" in before
    assert read_back(file, tmp_path / "other") == before


def test_a_file_that_cannot_be_written_is_told(
    library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["library", "export", str(tmp_path / "missing" / "out.jsonl"), "--library", str(library)])
    assert ended.value.code == 1
    assert "choose another place" in capsys.readouterr().err


def test_the_page_hands_out_the_same_file(client: TestClient, library: Path, tmp_path: Path) -> None:
    sent = client.get("/library.jsonl")
    assert sent.status_code == 200 and sent.headers["content-type"].startswith("application/jsonl")
    assert sent.headers["content-disposition"] == 'attachment; filename="dateline.jsonl"'
    file = tmp_path / "sent.jsonl"
    file.write_bytes(sent.content)
    assert len(read_back(file, tmp_path / "other")) == len(list(SAMPLES.glob("*.md"))) + 1


def test_what_is_filtered_is_exported_and_nothing_else(client: TestClient) -> None:
    def ids(**asked: str) -> set[str]:
        lines = client.get("/library.jsonl", params=asked).text.split("\n")
        return {json.loads(line)["title"] for line in lines if line}

    assert ids(search="QUOTES tags") == {"“Quotes”, tabs & <b>tags</b>"}
    assert ids(outlet="the norvale post", **{"from": "2026-10-04", "to": "2026-10-04"}) >= {ODD["title"]}
    assert ids(outlet="the norvale post", to="2001-01-01") == set()
    assert ids(language="en", outlet="the norvale post") == ids(outlet="the norvale post")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"from": "2022-13-01"}, "from: '2022-13-01' is not a day"),
        ({"to": "'; DROP TABLE listed"}, "to: "),
        ({"outlet": "Nowhere"}, "outlet: the library holds nothing by 'Nowhere'"),
        ({"language": "de"}, "language: the library holds nothing in the language 'de'"),
    ],
)
def test_a_filter_that_cannot_be_used_is_told_and_nothing_is_sent(
    client: TestClient, asked: dict[str, str], said: str
) -> None:
    sent = client.get("/library.jsonl", params=asked)
    assert sent.status_code == 400 and sent.text.startswith(said)
    assert "content-disposition" not in sent.headers
