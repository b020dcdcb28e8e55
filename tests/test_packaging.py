"""What is promised outside the code: the README, the Makefile, the constraints, the samples, the changelog."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from typer.main import get_command

from app import cli
from assistant.settings import Settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
SAMPLES = sorted((ROOT / "ingest" / "samples").glob("*.md"))


def commands_in(text: str, name: str) -> list[list[str]]:
    """Each command line in `text` that runs `name` with words after it, from shell blocks and `code` in a sentence."""
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    lines = [line for block in blocks for line in block.splitlines()]
    lines += re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE))
    split = (shlex.split(line.removeprefix(".venv/bin/"), comments=True) for line in lines if name in line)
    return [words for words in split if words[:1] == [name] and words[1:]]


def wrong_words(command: Any, words: list[str]) -> Iterator[str]:
    """The words of a command line that name no subcommand or no option of `command`."""
    for word in words:
        subcommands = getattr(command, "commands", {})
        if word.startswith("-"):
            known = {option for parameter in command.params for option in parameter.opts + parameter.secondary_opts}
            if word.partition("=")[0] not in known | {"--help"}:
                yield word
        elif word in subcommands:
            command = subcommands[word]
        elif subcommands:
            yield word


def pins() -> dict[str, str]:
    """Version by normalised name, for everything the constraints name."""
    lines = (ROOT / ".ci" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    split = (line.partition("==") for line in lines if line and not line.startswith("#"))
    return {canonicalize_name(name): version for name, _, version in split}


@pytest.mark.parametrize("words", commands_in(README, "dateline"), ids=shlex.join)
def test_each_dateline_command_in_the_readme_exists(words: list[str]) -> None:
    assert not list(wrong_words(get_command(cli), words[1:]))


@pytest.mark.parametrize("sentence", ["`dateline ignest a`", "`dateline ask a --asof b`", "`dateline library lst`"])
def test_a_dateline_command_that_does_not_exist_is_found(sentence: str) -> None:
    [words] = commands_in(sentence, "dateline")
    assert list(wrong_words(get_command(cli), words[1:]))


def test_what_is_taken_in_before_the_first_start_is_there() -> None:
    start = README.partition("\n## Start\n")[2].partition("\n## ")[0]
    [taken_in] = [words[2:] for words in commands_in(start, "dateline") if words[1] == "ingest"]
    assert taken_in and all(list(ROOT.glob(name)) for name in taken_in)


def test_the_readme_shows_every_subcommand() -> None:
    shown = {words[1] for words in commands_in(README, "dateline")}
    assert shown >= {"serve", "ingest", "search", "ask", "library", "feeds"}


def test_each_make_target_in_the_readme_exists() -> None:
    named = {words[1] for words in commands_in(README, "make")}
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {"run", "test"} <= named <= targets


def test_the_readme_lists_exactly_the_settings_there_are() -> None:
    listed = re.findall(r"^\| `DATELINE_([A-Z_]+)` \|", README, re.MULTILINE)
    assert sorted(listed) == sorted(name.upper() for name in Settings.model_fields)


@pytest.mark.parametrize("name", ["model", "host", "port", "allow_private_addresses", "max_upload_mb"])
def test_the_readme_states_the_default_of_a_setting(name: str) -> None:
    default = str(Settings.model_fields[name].default)
    stated = re.search(rf"^\| `DATELINE_{name.upper()}` \| `([^`]*)` \|", README, re.MULTILINE)
    assert stated and stated[1] == (default.lower() if default in {"True", "False"} else default)


def test_the_readme_links_to_nothing_that_is_missing() -> None:
    targets = [target for target in re.findall(r"\]\(([^)#]+)", README) if "://" not in target]
    assert [target for target in targets if not (ROOT / target).is_file()] == []


def test_the_changelog_begins_with_the_version_of_the_project() -> None:
    versions = re.findall(r"^## \[(\d[^\]]*)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert versions[0] == PROJECT["version"]


def test_asking_for_help_loads_nothing_heavy() -> None:
    program = (
        "import sys; from typer.testing import CliRunner; from app import cli\n"
        "assert CliRunner().invoke(cli, ['--help']).exit_code == 0\n"
        "heavy = {'torch', 'gradio', 'chromadb', 'sentence_transformers', 'langchain', 'sqlalchemy', 'numpy', 'lxml'}\n"
        "print(heavy & set(sys.modules) or 'light')"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "light"


def test_every_package_is_shipped() -> None:
    rooms = ("assistant", "ingest", "vectorstore")
    packages = {path.parent.relative_to(ROOT) for room in rooms for path in (ROOT / room).rglob("*.py")}
    shipped = PYPROJECT["tool"]["setuptools"]["packages"]
    assert shipped == sorted({".".join(path.parts) for path in packages} | {"ingest.samples"})


def test_every_constraint_is_an_exact_version() -> None:
    lines = (ROOT / ".ci" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    loose = [line for line in lines if not re.fullmatch(r"#.*|[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.]*", line)]
    assert not loose


def test_every_dependency_is_pinned_to_a_version_it_allows() -> None:
    extras = PROJECT["optional-dependencies"].values()
    asked = [Requirement(line) for line in [*PROJECT["dependencies"], *(line for extra in extras for line in extra)]]
    pinned = pins()
    wrong = [str(each) for each in asked if pinned.get(canonicalize_name(each.name), "") not in each.specifier]
    assert not wrong, "run make constraints"


def test_the_constraints_bring_no_cuda() -> None:
    assert not [name for name in pins() if name.startswith(("nvidia", "cuda", "triton"))]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_each_sample_article_says_who_published_it_and_when(sample: Path) -> None:
    _, front, text = sample.read_text(encoding="utf-8").split("---\n", 2)
    stated = yaml.safe_load(front)
    assert stated["title"] and stated["outlet"] and stated["authors"]
    assert stated["published_at"].tzinfo is not None
    assert stated["url"].startswith("https://example.org/")
    assert 200 <= len(text.split()) <= 450


def test_the_samples_differ_in_address_and_are_as_many_as_the_readme_says() -> None:
    addresses = re.findall(
        r"^url: (.+)$", "\n".join(path.read_text(encoding="utf-8") for path in SAMPLES), re.MULTILINE
    )
    assert len(set(addresses)) == len(SAMPLES) == 15
    assert "fifteen sample articles" in README
