"""The rules of the house, read off the source itself: who may import whom, and what the repository may hold."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

MAY_NOT_IMPORT = {
    "vectorstore": {"ingest", "assistant", "app"},
    "ingest": {"assistant", "app"},
    "assistant": {"ingest", "app"},
}
ONLY_HOME = {
    "argon2": ("vectorstore/storage/passwords.py",),
    "authlib": ("assistant/ui/accounts/openid.py",),
    "chromadb": ("vectorstore/indexes/vectors.py",),
    "tantivy": ("vectorstore/indexes/keywords.py",),
    "sentence_transformers": ("vectorstore/indexes/embedding.py", "vectorstore/indexes/reranking.py"),
    "gradio": ("assistant/ui/",),
    "mcp": ("assistant/api/mcp_server.py",),
    "opentelemetry": ("vectorstore/observing/tracing.py",),
    "prometheus_client": ("assistant/ui/monitoring.py",),
    "openvino": ("vectorstore/indexes/weights.py",),
    "openvino_genai": ("assistant/generation/engine.py",),
    "typer": ("app.py", "assistant/commands/", "ingest/commands/", "vectorstore/console/commands.py"),
}
# The rooms of each package in the order in which an article or a question goes through them: each imports those before
# it, and not those that stand beside it. What lies in no room puts them together.
ROOMS = {
    "vectorstore": (("observing",), ("storage",), ("indexes",), ("console",)),
    "ingest": (("formats",), ("web",), ("pages",), ("feeds",), ("commands",)),
    "assistant": (
        ("types",),
        ("text",),
        ("query",),
        ("retrieval",),
        ("evidence",),
        ("verification",),
        ("generation",),
        ("answering",),
        ("presentation",),
        ("conversations", "evaluation"),
        ("api",),
        ("ui",),
        ("commands",),
    ),
}
READS_SETTINGS = {"app.py", "assistant/settings.py"}
TOP_LEVEL = {
    *("assistant", "ingest", "vectorstore", "tests", "docs", ".ci", ".gitignore"),
    *("app.py", "pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "Makefile"),
}

# Written so that this file does not contain what it looks for.
_HOSTS = ("pypi.{}", "pythonhosted.{}", "npmjs.{}", "anaconda.{}", "deb.debian.{}", "download.pytorch.{}")
REGISTRY = re.compile("|".join(re.escape(host.format("org")) for host in _HOSTS), re.IGNORECASE)
MACHINE_PATH = re.compile(r"(?<![\w.~-])/(?:home|work|root|Users)/[\w.]+")


def modules_of(root: Path) -> Iterator[Path]:
    """The files that the rules are about: the packages and app.py, not the tests."""
    yield from root.glob("app.py")
    for package in MAY_NOT_IMPORT:
        yield from sorted((root / package).rglob("*.py"))


def imports_of(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything imported, wherever the import stands and however it is spelled."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name) for alias in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                source = "." * level + (module or "")
                yield from ((node.lineno, f"{source}.{alias.name}") for alias in names)
            case ast.Call(
                func=ast.Name(id="__import__" | "import_module") | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str(name)), *_],
            ):
                yield node.lineno, name


def import_rules_broken(file: str, imported: str) -> Iterator[str]:
    """Each rule that importing the dotted name `imported` in `file` breaks."""
    top = imported.partition(".")[0]
    package = file.partition("/")[0]
    if imported.startswith("."):
        yield "imports are absolute"
    if top in MAY_NOT_IMPORT.get(package, ()):
        yield f"{package} must not import {top}"
    if top in ONLY_HOME and not file.startswith(ONLY_HOME[top]):
        yield f"{top} may be imported in {', '.join(ONLY_HOME[top])} only"
    if runs_upwards(file, imported):
        yield f"{room_of(imported)} comes after {room_of(file)}"
    if re.match(r"assistant\.settings\b", imported) and file not in READS_SETTINGS:
        yield "only app.py reads the settings: take what you need as an argument"
    if imported in {"os.environ", "os.environb", "os.getenv"} and file not in READS_SETTINGS:
        yield "only app.py and assistant/settings.py read the environment"


def room_of(name: str) -> str:
    """The room that a path or a dotted name lies in, with its package: `assistant/text`; "" for what lies in none."""
    package, room = (*re.split(r"[./]", name), "")[:2]
    return f"{package}/{room}" if any(room in each for each in ROOMS.get(package, ())) else ""


def runs_upwards(file: str, imported: str) -> bool:
    """Whether a room imports one of its package that comes after it, or stands beside it."""
    own, other = room_of(file), room_of(imported)
    rank = {f"{package}/{room}": at for package, rows in ROOMS.items() for at, row in enumerate(rows) for room in row}
    apart = own and other and own != other and own.partition("/")[0] == other.partition("/")[0]
    return bool(apart) and rank[own] <= rank[other]


def environment_reads(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and dotted name of each `os.environ` and `os.getenv`, under whatever name os was imported."""
    names = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name == "os"
    }
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name in names:
                yield node.lineno, f"os.{attribute}"


def broken_rules(root: Path) -> list[str]:
    """`file:line: imported name: the rule`, for each import under `root` that the house does not allow."""
    found = []
    for path in modules_of(root):
        file = path.relative_to(root).as_posix()
        tree = ast.parse(path.read_text(encoding="utf-8"), filename=file)
        for line, name in sorted({*imports_of(tree), *environment_reads(tree)}):
            found += [f"{file}:{line}: {name}: {rule}" for rule in import_rules_broken(file, name)]
    return found


def strangers(tracked: Iterable[str]) -> set[str]:
    """Top-level names that the repository may not hold."""
    return {file.partition("/")[0] for file in tracked} - TOP_LEVEL


def machine_names(text: str) -> list[str]:
    """What ties a text to one machine: hosts of package registries, absolute paths of somebody's folders."""
    return [match.group() for pattern in (REGISTRY, MACHINE_PATH) for match in pattern.finditer(text)]


@pytest.fixture(scope="module")
def tracked() -> list[str]:
    """Every file that git tracks, as a path from the root."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z"]
    listing = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [file for file in listing.split("\0") if file and (ROOT / file).is_file()]


def test_imports_go_one_way_and_heavy_libraries_stay_in_their_one_file() -> None:
    assert not broken_rules(ROOT), "\n" + "\n".join(broken_rules(ROOT))


def test_every_package_is_looked_at() -> None:
    looked_at = {path.relative_to(ROOT).parts[0] for path in modules_of(ROOT)}
    assert looked_at == {"app.py", "vectorstore", "ingest", "assistant"}


def test_the_top_level_holds_only_what_was_agreed(tracked: list[str]) -> None:
    assert not strangers(tracked)


def test_no_file_names_a_package_registry_or_a_folder_of_one_machine(tracked: list[str]) -> None:
    named = {}
    for file in tracked:
        content = (ROOT / file).read_bytes()
        if b"\0" not in content and (names := machine_names(content.decode("utf-8", "replace"))):
            named[file] = names
    assert not named


@pytest.mark.parametrize(
    ("file", "source", "rule"),
    [
        ("vectorstore/library.py", "import ingest.splitting", "vectorstore must not import ingest"),
        ("vectorstore/library.py", "from app import main", "vectorstore must not import app"),
        ("ingest/pipeline.py", "from assistant.types import Turn", "ingest must not import assistant"),
        (
            "assistant/answering/assistant.py",
            "def f():\n    from ingest import split",
            "assistant must not import ingest",
        ),
        (
            "assistant/text/words.py",
            "from assistant.query.reading import Reading",
            "assistant/query comes after assistant/text",
        ),
        ("assistant/evaluation/measuring.py", "import assistant.conversations", "assistant/conversations comes after"),
        ("assistant/types.py", "from assistant.text import tokens", "assistant/text comes after assistant/types"),
        ("assistant/ui/page.py", "if TYPE_CHECKING:\n    import app", "assistant must not import app"),
        ("assistant/answering/assistant.py", "from . import models", "imports are absolute"),
        (
            "vectorstore/library.py",
            "import chromadb.api",
            "chromadb may be imported in vectorstore/indexes/vectors.py only",
        ),
        ("ingest/web/fetch.py", "importlib.import_module('chromadb')", "chromadb may be imported"),
        ("app.py", "import gradio as gr", "gradio may be imported in assistant/ui/ only"),
        ("ingest/pipeline.py", "import typer", "typer may be imported in app.py, assistant/commands/"),
        (
            "ingest/commands/feeds.py",
            "from assistant.presentation.as_json import hit_as_json",
            "ingest must not import assistant",
        ),
        ("assistant/commands/serve.py", "from assistant.settings import Settings", "only app.py reads the settings"),
        (
            "assistant/generation/providers.py",
            "from sentence_transformers import util",
            "sentence_transformers may be imported",
        ),
        ("assistant/answering/assistant.py", "from assistant import settings", "only app.py reads the settings"),
        (
            "assistant/generation/providers.py",
            "from assistant.settings import Settings",
            "only app.py reads the settings",
        ),
        ("vectorstore/indexes/weights.py", "import os\nos.environ['A']", "read the environment"),
        ("ingest/web/fetch.py", "import os as system\nsystem.getenv('A')", "read the environment"),
        ("assistant/generation/providers.py", "from os import environ", "read the environment"),
    ],
)
def test_a_forbidden_import_is_found(tmp_path: Path, file: str, source: str, rule: str) -> None:
    planted = tmp_path / file
    planted.parent.mkdir(parents=True, exist_ok=True)
    planted.write_text(source, encoding="utf-8")
    [found] = broken_rules(tmp_path)
    assert found.startswith(f"{file}:{source.count(chr(10)) + 1}: ")
    assert rule in found


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("app.py", "from assistant.settings import Settings"),
        ("app.py", "import os\nos.environ['GRADIO_ANALYTICS_ENABLED'] = 'False'"),
        ("vectorstore/indexes/vectors.py", "import chromadb"),
        ("ingest/commands/feeds.py", "import typer"),
        ("vectorstore/indexes/embedding.py", "def f():\n    from sentence_transformers import SentenceTransformer"),
        ("assistant/ui/page.py", "import gradio as gr\nfrom assistant.answering.assistant import Assistant"),
        ("ingest/pipeline.py", "import os\nfrom vectorstore.models import Article\nos.fspath('a')"),
    ],
)
def test_an_allowed_import_is_left_alone(tmp_path: Path, file: str, source: str) -> None:
    planted = tmp_path / file
    planted.parent.mkdir(parents=True, exist_ok=True)
    planted.write_text(source, encoding="utf-8")
    assert not broken_rules(tmp_path)


def test_a_stranger_at_the_top_level_is_found() -> None:
    assert strangers(["app.py", "tests/test_app.py", "examples/one.py", "notes.txt"]) == {"examples", "notes.txt"}


@pytest.mark.parametrize(
    "text",
    [
        "--index-url https://" + "pypi" + ".org/simple",
        "https://files." + "pythonhosted" + ".org/packages/x.whl",
        "open('/" + "home/ana/articles.jsonl')",
        "file:///" + "work/main",
    ],
)
def test_a_name_of_a_registry_or_of_a_machine_is_found(text: str) -> None:
    assert machine_names(text)


@pytest.mark.parametrize(
    "text",
    [
        "~/.local/share/dateline",
        "https://example.org/home/2024/work/a",
        "../work/a",
        "pip install dateline",
        "/usr/bin",
    ],
)
def test_an_ordinary_address_or_path_is_left_alone(text: str) -> None:
    assert not machine_names(text)
