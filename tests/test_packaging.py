"""What is promised outside the code and the documents: the constraints, the packages, the samples, the changelog."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
SAMPLES = sorted((ROOT / "ingest" / "samples").glob("*.md"))
ROOMS = ("assistant", "ingest", "vectorstore")
NO_SOURCE = shutil.ignore_patterns("__pycache__", "*.pyc")


def pins() -> dict[str, str]:
    """Version by normalised name, for everything the constraints name."""
    lines = (ROOT / ".ci" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    split = (line.partition("==") for line in lines if line and not line.startswith("#"))
    return {canonicalize_name(name): version for name, _, version in split}


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
    packages = {path.parent.relative_to(ROOT) for room in ROOMS for path in (ROOT / room).rglob("*.py")}
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


# -- the wheel -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy of what it is made of, so that nothing is left in the checkout."""
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for room in ROOMS:
        shutil.copytree(ROOT / room, source / room, ignore=NO_SOURCE)
    for file in ("app.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / file, source)
    build = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-P", "-c", build, built], cwd=source, check=True, capture_output=True)
    [file] = built.glob("*.whl")
    return file


@pytest.fixture(scope="module")
def described(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        name = f"dateline-{PROJECT['version']}.dist-info/METADATA"
        return Parser().parsestr(archive.read(name).decode())


def test_the_wheel_holds_every_file_of_the_packages_and_nothing_else(wheel: Path) -> None:
    left_out = {"__pycache__", ".mypy_cache"}
    there = {
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in (ROOT / room).rglob("*")
        if path.is_file() and not left_out & set(path.parts)
    }
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert held == there | {"app.py"}


def test_the_wheel_says_what_it_needs_as_the_project_does(described: Message) -> None:
    assert described["Name"] == "dateline" and described["Requires-Python"] == PROJECT["requires-python"]
    assert set(described.get_all("Provides-Extra", [])) == PROJECT["optional-dependencies"].keys()
    required = [Requirement(line) for line in described.get_all("Requires-Dist", [])]
    assert {each.name for each in required if not each.marker} == {Requirement(x).name for x in PROJECT["dependencies"]}


def test_the_wheel_runs_from_a_folder_of_its_own_with_its_samples(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); import app\n"
        "print(app.__file__, len(list(app.SAMPLES.glob('*.md'))), flush=True); app.main(['--version'])"
    )
    command = [sys.executable, "-P", "-c", program, tmp_path / "installed"]
    done = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True)
    assert done.stdout.split() == [str(tmp_path / "installed" / "app.py"), str(len(SAMPLES)), PROJECT["version"]]


def test_without_the_constraints_no_dependency_can_grow_past_what_it_was_made_for() -> None:
    by_the_calendar = {"tzdata", "regex"}  # their numbers are years, and what we use of them stays
    extras = {name: lines for name, lines in PROJECT["optional-dependencies"].items() if name != "dev"}
    asked = [
        Requirement(line) for line in [*PROJECT["dependencies"], *(line for each in extras.values() for line in each)]
    ]
    operators = {each.name: {bound.operator for bound in each.specifier} for each in asked}
    unbounded = {name for name, bounds in operators.items() if not bounds & {"<", "==", "~="}}
    assert unbounded == by_the_calendar
