"""`dateline mcp`, as a program that speaks MCP starts it: a process of its own, on standard input and output."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from mcp import Client, StdioServerParameters
from mcp.types import CallToolResult

from app import SAMPLES, CommandDesk, Dateline, PageDesk, open_dateline
from assistant.settings import read_settings
from vectorstore.console.command_server import commands_served

DATELINE = Path(sys.executable).with_name("dateline")
QUESTION = "Is Meta still open sourcing its models?"


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dateline]:
    """Open for writing all the while, as by a server that is running."""
    with open_dateline(library=tmp_path_factory.mktemp("library"), model="quote") as news:
        news.ingest([SAMPLES])
        yield news


def program(news: Dateline) -> StdioServerParameters:
    arguments = ["mcp", "--model", "quote", "--library", str(news.library.folder)]
    return StdioServerParameters(command=str(DATELINE), args=arguments, env=dict(os.environ))


def told(news: Dateline, *calls: tuple[str, dict[str, object]]) -> list[CallToolResult]:
    """What the tools say to these calls, one after the other, in one process."""

    async def talk() -> list[CallToolResult]:
        async with Client(program(news)) as client:
            assert {tool.name for tool in (await client.list_tools()).tools} == {
                *("search_news", "ask_news", "read_article")
            }
            return [await client.call_tool(name, given) for name, given in calls]

    return asyncio.run(talk())


def test_a_model_searches_asks_and_reads(news: Dateline) -> None:
    searched, answered = told(
        news,
        ("search_news", {"question": QUESTION, "top": 2, "since": "2025-07-01", "languages": ["English"]}),
        ("ask_news", {"question": QUESTION}),
    )
    passages = searched.structured_content["result"]
    assert [passage["rank"] for passage in passages] == [1, 2]
    assert all(passage["published_at"] >= "2025-07-01" for passage in passages)
    answer = answered.structured_content
    assert not answer["refused"] and answer["citations"]
    assert answer == json.loads(answered.content[0].text)
    cited = answer["citations"][0]
    [read] = told(news, ("read_article", {"article_id": cited["article_id"]}))
    assert read.structured_content["text"][cited["start"] : cited["end"]] == cited["quote"]


def test_what_cannot_be_done_is_told_in_one_line(news: Dateline) -> None:
    said = told(
        news,
        ("read_article", {"article_id": "nope"}),
        ("search_news", {"question": "x", "since": "some day"}),
        ("search_news", {"question": "x", "outlets": ["Nobody"]}),
        ("search_news", {"question": "x", "top": 1000}),
        ("ask_news", {"question": "x", "languages": ["Elvish"]}),
        ("ask_news", {"question": " "}),
        ("ask_news", {}),
    )
    assert all(each.is_error for each in said)
    lines = [each.content[0].text for each in said]
    assert "nope" in lines[0]
    assert "'some day' is not a day" in lines[1]
    assert "nothing by 'Nobody'" in lines[2]
    assert "top must be 1 to 100" in lines[3]
    assert "nothing in the language 'Elvish'" in lines[4]
    assert "The question is empty" in lines[5]
    assert "question" in lines[6]


def test_articles_that_come_in_meanwhile_are_found(news: Dateline, tmp_path: Path) -> None:
    """By one process that has searched before: it is the reader beside the writer."""
    file = tmp_path / "kiosk.txt"
    file.write_text("The Vesper kiosk in Norvale sells its last newspaper on Friday. It opened in 1911.")

    async def talk() -> tuple[CallToolResult, CallToolResult]:
        async with Client(program(news)) as client:
            asked = {"question": "When does the Vesper kiosk sell its last newspaper?", "top": 1}
            before = await client.call_tool("search_news", asked)
            await asyncio.to_thread(news.ingest, [file])
            return before, await client.call_tool("search_news", asked)

    before, after = asyncio.run(talk())
    assert "Vesper" not in before.content[0].text
    assert "sells its last newspaper on Friday" in after.content[0].text


def test_ctrl_c_ends_it_while_it_waits(news: Dateline) -> None:
    server = program(news)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([server.command, *server.args], text=True, **pipes) as process:
        process.stdin.write(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "ping"}) + "\n")
        process.stdin.flush()
        assert '"id":1' in process.stdout.readline().replace(" ", "")
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == -signal.SIGINT
        assert process.stderr.read() == ""


def test_it_ends_with_its_input(news: Dateline) -> None:
    server = program(news)
    done = subprocess.run([server.command, *server.args], input="", capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_started_with_write_it_adds_articles_beside_a_server_that_has_the_library_open(news: Dateline) -> None:
    started = program(news)
    told = "The lamp lighters of Torvik light the quay by hand again, since the cable was cut by an anchor on Sunday. "
    given = {"text": told * 4, "title": "Lamps by hand", "url": "https://torvik.example/lamps", "outlet": "Torvik Post"}

    async def talk() -> list[CallToolResult]:
        arguments = started.args + ["--write"]
        async with Client(started.model_copy(update={"args": arguments})) as client:
            assert "add_article" in {tool.name for tool in (await client.list_tools()).tools}
            calls = [given, given, {"text": told * 5}, {"text": told * 5}, {"text": " "}]
            return [await client.call_tool("add_article", call) for call in calls]

    with commands_served(news.library.folder, CommandDesk(news, PageDesk(news, 5), read_settings({})).carry_out):
        added, again, pasted, pasted_again, empty = [each.structured_content for each in asyncio.run(talk())]
    assert (added["added"], again["unchanged"], pasted["added"], pasted_again["unchanged"]) == (1, 1, 1, 1)
    assert added["documents"][0]["source"].startswith("article")
    assert "text" in empty["rejected"][0]["reason"]
    [stored] = [entry for entry in news.library.entries() if entry.title == "Lamps by hand"]
    assert stored.outlet == "Torvik Post"
