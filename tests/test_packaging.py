"""What is promised outside the code and the documents: the constraints, the packages, the samples, the changelog."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
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
