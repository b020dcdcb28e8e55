"""The documents against the code, in both directions: what they name is there, and what is there is named.

Commands with their options and arguments (docs/cli.md), settings (docs/settings.md), HTTP endpoints, MCP tools and
Python methods (docs/api.md), rooms (docs/architecture.md), formats (docs/using.md); files, links and make
targets everywhere.
"""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from test_architecture import ROOMS
from typer.main import get_command

from app import Dateline, cli
from assistant.settings import Settings
from assistant.ui.security import EMBEDDABLE, OPEN
from ingest.formats.registry import READERS

ROOT = Path(__file__).parent.parent
DOCUMENTS = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
}
DEPLOYED = {path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs" / "deploy").glob("*"))}
EVERYWHERE = "\n".join(DOCUMENTS.values())
README = DOCUMENTS["README.md"]
API, CLI, SETTINGS = (DOCUMENTS[f"docs/{name}.md"] for name in ("api", "cli", "settings"))
CODE = ("app.py", "assistant", "ingest", "vectorstore", "tests", "docs", ".ci")


# -- reading documents ---------------------------------------------------------------------------------------------


def blocks_in(text: str, language: str) -> list[str]:
    """What stands in the fenced blocks of that language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def without_blocks(text: str) -> str:
    return re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)


def code_in(text: str) -> list[str]:
    """Every `code` in a sentence or a table."""
    return re.findall(r"`([^`\n]+)`", without_blocks(text))


def commands_in(text: str, name: str) -> list[list[str]]:
    """Each command line in `text` that runs `name` with words after it, from shell blocks and `code` in a sentence."""
    lines = [line for block in blocks_in(text, "sh") for line in block.splitlines()] + code_in(text)
    split = (shlex.split(line.removeprefix(".venv/bin/"), comments=True) for line in lines if name in line)
    return [words for words in split if words[:1] == [name] and words[1:]]


def tables_in(text: str, first: str) -> Iterator[list[str]]:
    """The rows, as cells, of each table whose first heading is `first`."""
    for table in re.findall(rf"^\| {re.escape(first)} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", text, re.MULTILINE):
        yield from ([cell.strip() for cell in row.strip("|").split(" | ")] for row in table.splitlines())


def named_in_first_column(text: str, first: str) -> list[str]:
    """Every `code` in the first cells of such tables, in their order."""
    return [name for row in tables_in(text, first) for name in re.findall(r"`([^`]+)`", row[0])]


def anchors_of(text: str) -> set[str]:
    """What a link can point at behind a "#": each heading in small letters, with hyphens for spaces."""
    headings = re.findall(r"^#+ (.+)$", without_blocks(text), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links_that_lead_nowhere(file: str, text: str) -> list[str]:
    """The targets of links within the repository that are no file, no folder, or no heading of one."""
    wrong = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        path, _, anchor = target.partition("#")
        place = (ROOT / file).parent / path if path else ROOT / file
        if "://" in target or (place.exists() and not anchor):
            continue
        if not (place.is_file() and anchor in anchors_of(place.read_text(encoding="utf-8"))):
            wrong.append(target)
    return wrong


def paths_in(text: str) -> list[str]:
    """Files and folders of the repository that `code` and commands name; * stands for anything."""
    words = (word for code in [*code_in(text), *blocks_in(text, "sh")] for word in code.split())
    return [word for word in words if re.match(rf"(?:{'|'.join(map(re.escape, CODE))})(?:/|$)", word)]


def missing_paths(text: str) -> list[str]:
    return [path for path in paths_in(text) if not any(ROOT.glob(path.rstrip("/")))]


# -- reading the code ----------------------------------------------------------------------------------------------


def commands_of(command: Any, name: str = "dateline") -> Iterator[tuple[str, Any]]:
    """Each command that can be run, with its whole name."""
    if subcommands := getattr(command, "commands", {}):
        for word, subcommand in subcommands.items():
            yield from commands_of(subcommand, f"{name} {word}")
    else:
        yield name, command


COMMANDS = dict(commands_of(get_command(cli)))


def wrong_words(command: Any, words: list[str]) -> Iterator[str]:
    """The words of a command line that name no subcommand or no option of `command`."""
    for word in words:
        subcommands = getattr(command, "commands", {})
        if word.startswith("-") and word != "-":
            known = {option for parameter in command.params for option in parameter.opts + parameter.secondary_opts}
            if word.partition("=")[0] not in known | {"--help"}:
                yield word
        elif word in subcommands:
            command = subcommands[word]
        elif subcommands:
            yield word


def usage_of(command: Any) -> set[str]:
    """The words of its usage that can vary: options, and arguments in capitals."""
    return {
        parameter.opts[0] if parameter.opts[0].startswith("-") else parameter.opts[0].upper()
        for parameter in command.params
    }


def usages_in(text: str) -> dict[str, set[str]]:
    """The same as docs/cli.md has it, for each command that has a heading and a usage below."""
    found = {}
    for name, usage in re.findall(r"^### `(dateline [^`]+)`\n\n```text\n(.+)\n```", text, re.MULTILINE):
        assert usage.startswith(name)
        options = set(re.findall(r"\[(--[\w-]+)[^\]]*\]", usage))
        arguments = re.sub(r"\[--[^\]]*\]", "", usage.removeprefix(name))
        found[name] = options | set(re.findall(r"[A-Z][A-Z_]+", arguments))
    return found


def calls_in(folder: str, named: str) -> Iterator[ast.Call]:
    """Each call of something of that name in the package."""
    for path in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == named:
                yield node


def routes() -> set[str]:
    """`GET /path` for each route of our own, but for those that say of everything else that it is not there."""
    found = set()
    for call in calls_in("assistant", "Route"):
        path = ast.literal_eval(call.args[0])
        methods = next((ast.literal_eval(each.value) for each in call.keywords if each.arg == "methods"), ["GET"])
        found |= {f"{method} {path}" for method in methods if not path.endswith(":path}")}
    return found


@pytest.fixture(scope="module")
def named_endpoints() -> dict[str, list[str]]:
    """Those that Gradio really offers, with their parameters."""
    import gradio as gr

    from assistant.ui.endpoints import offer

    with gr.Blocks() as page:
        offer(None)  # type: ignore[arg-type]  # no call is made
    described = page.get_api_info()["named_endpoints"]
    return {name: [parameter["parameter_name"] for parameter in each["parameters"]] for name, each in described.items()}


# -- commands ------------------------------------------------------------------------------------------------------


def test_every_command_and_no_other_has_its_place_in_the_documents() -> None:
    assert usages_in(CLI).keys() == COMMANDS.keys()


@pytest.mark.parametrize("name", COMMANDS)
def test_the_documents_name_exactly_the_options_and_arguments_of_a_command(name: str) -> None:
    assert usages_in(CLI).get(name) == usage_of(COMMANDS[name])


@pytest.mark.parametrize(
    ("file", "words"), [(file, words) for file, text in DOCUMENTS.items() for words in commands_in(text, "dateline")]
)
def test_each_dateline_command_in_the_documents_exists(file: str, words: list[str]) -> None:
    assert not list(wrong_words(get_command(cli), words[1:]))


@pytest.mark.parametrize("sentence", ["`dateline ignest a`", "`dateline ask a --asof b`", "`dateline library lst`"])
def test_a_dateline_command_that_does_not_exist_is_found(sentence: str) -> None:
    [words] = commands_in(sentence, "dateline")
    assert list(wrong_words(get_command(cli), words[1:]))


def test_the_readme_shows_how_to_begin() -> None:
    shown = {words[1] for words in commands_in(README, "dateline")}
    assert shown >= {"serve", "ingest", "search", "ask", "library", "feeds"}


def test_the_first_start_is_one_command_to_install_and_one_to_serve_the_samples() -> None:
    start = README.partition("\n## Start\n")[2].partition("\n## ")[0]
    assert [words[1:] for words in commands_in(start, "pipx")] == [["install", ".[local]"]]
    assert [words[1:] for words in commands_in(start, "dateline")] == [["serve", "--samples"]]


def test_each_make_target_in_the_documents_exists() -> None:
    named = {words[1] for words in commands_in(EVERYWHERE, "make")}
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {"run", "test"} <= named <= targets


# -- settings ------------------------------------------------------------------------------------------------------


def test_the_documents_list_exactly_the_settings_there_are() -> None:
    assert sorted(named_in_first_column(SETTINGS, "Setting")) == sorted(
        f"DATELINE_{name.upper()}" for name in Settings.model_fields
    )


def test_no_document_names_a_setting_that_there_is_not() -> None:
    named = set(re.findall(r"DATELINE_([A-Z_]*[A-Z])", "\n".join([EVERYWHERE, *DEPLOYED.values()])))
    assert named <= {name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize(
    "name", [name for name, field in Settings.model_fields.items() if type(field.default) in (str, int, float, bool)]
)
def test_the_documents_state_the_default_of_a_setting(name: str) -> None:
    default = Settings.model_fields[name].default
    stated = next(row[1] for row in tables_in(SETTINGS, "Setting") if row[0] == f"`DATELINE_{name.upper()}`")
    if default in ("", 0) and not isinstance(default, bool):  # nothing is set: what counts then is told in words
        assert stated and "`" not in stated
    else:
        assert stated == f"`{str(default).lower() if isinstance(default, bool) else default}`"


# -- programs ------------------------------------------------------------------------------------------------------


def test_every_request_and_no_other_has_its_place_in_the_documents(named_endpoints: dict[str, list[str]]) -> None:
    [start, result] = [path for path in OPEN if path.startswith("/gradio_api/call/")]
    calls = {f"{OPEN[start]} {start.replace('/{api_name}', name)}" for name in named_endpoints}
    assert set(named_in_first_column(API, "Request")) == routes() | calls | {f"{OPEN[result]} {result}"}


def test_what_other_sites_may_be_allowed_to_use_is_what_is_documented(named_endpoints: dict[str, list[str]]) -> None:
    assert all(EMBEDDABLE.fullmatch(f"/gradio_api/call{name}") for name in named_endpoints)


def test_the_documents_name_exactly_the_parameters_of_each_endpoint(named_endpoints: dict[str, list[str]]) -> None:
    described = {row[0].strip("`"): re.findall(r"`(\w+)`", row[1]) for row in tables_in(API, "Endpoint")}
    assert described == named_endpoints


def test_every_mcp_tool_and_no_other_has_its_place_in_the_documents() -> None:
    tools = [ast.literal_eval(call.args[0]) for call in calls_in("assistant/api", "tool")]
    assert tools and named_in_first_column(API, "Tool") == tools


def test_each_method_that_the_documents_name_exists() -> None:
    named = {*re.findall(r"`news\.(\w+)\(", EVERYWHERE)}
    for block in blocks_in(EVERYWHERE, "python"):
        if "open_dateline" in block:
            named |= {*re.findall(r"\bnews\.(\w+)\(", block)}
    assert {"ingest", "search", "answer", "stream", "retriever"} <= named
    assert not {name for name in named if not hasattr(Dateline, name)}


@pytest.mark.parametrize("block", blocks_in(EVERYWHERE, "python"))
def test_each_python_example_is_python(block: str) -> None:
    ast.parse(block)


def test_the_documents_name_exactly_the_formats_that_are_read() -> None:
    named = named_in_first_column(DOCUMENTS["docs/using.md"], "Format")
    assert sorted(named) == sorted(READERS)


# -- where things are ----------------------------------------------------------------------------------------------


def test_the_architecture_describes_exactly_the_rooms_there_are_in_their_order() -> None:
    described = named_in_first_column(DOCUMENTS["docs/architecture.md"], "Room")
    there = {
        f"{path.parent.relative_to(ROOT).as_posix()}/"
        for package in ROOMS
        for path in (ROOT / package).glob("*/__init__.py")
    }
    assert set(described) == there
    in_order = {package: [f"{package}/{room}/" for row in rows for room in row] for package, rows in ROOMS.items()}
    for package, rooms in in_order.items():
        assert [room for room in described if room.startswith(package)] == [room for room in rooms if room in there]


def test_the_architecture_tells_the_order_of_imports_as_it_is_held() -> None:
    told = " ".join(blocks_in(DOCUMENTS["docs/architecture.md"], "text")[-1].split())
    for package, rows in ROOMS.items():
        assert f"{package} {' < '.join(', '.join(row) for row in rows)}" in told


PLACES = list(tables_in(DOCUMENTS["docs/contributing.md"], "Looking for"))


def test_ten_things_that_a_newcomer_looks_for_have_their_place() -> None:
    assert len(PLACES) >= 10


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place[0])
def test_what_a_newcomer_looks_for_is_where_the_documents_say(place: list[str]) -> None:
    _, file, names = place
    tree = ast.parse((ROOT / file.strip("`")).read_text(encoding="utf-8"))
    wanted = re.findall(r"`(\w+)`", names)
    assert wanted and set(wanted) <= set(defined_in(tree))


def defined_in(tree: ast.Module) -> Iterator[str]:
    """What a module defines at its top level."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name))


@pytest.mark.parametrize("file", DOCUMENTS)
def test_each_file_that_a_document_names_is_there(file: str) -> None:
    assert not missing_paths(DOCUMENTS[file])


def test_a_file_that_is_not_there_is_found() -> None:
    text = "See `assistant/text/wrods.py`.\n\n```sh\npython tests/benchmarks/speed.py A.jsonl\n```\n"
    assert missing_paths(text) == ["assistant/text/wrods.py", "tests/benchmarks/speed.py"]


@pytest.mark.parametrize("file", DOCUMENTS)
def test_each_link_within_the_documents_leads_somewhere(file: str) -> None:
    assert not links_that_lead_nowhere(file, DOCUMENTS[file])


@pytest.mark.parametrize("target", ["docs/climb.md", "docs/cli.md#dateline-ingets", "#nowhere", "LICENCE"])
def test_a_link_that_leads_nowhere_is_found(target: str) -> None:
    assert links_that_lead_nowhere("README.md", f"[it]({target})") == [target]


def test_every_document_and_every_example_can_be_found_from_another() -> None:
    linked = {
        ((ROOT / file).parent / target.partition("#")[0]).resolve()
        for file, text in DOCUMENTS.items()
        for target in re.findall(r"\]\(([^)\s]+)\)", text)
    }
    docs = ROOT / "docs"
    there = [*docs.glob("*.md"), *(docs / "examples").glob("*.py"), *(docs / "deploy").glob("*")]
    assert not {path.name for path in there if path.resolve() not in linked}
