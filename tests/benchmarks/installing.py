"""Installs Dateline's wheel as somebody with an empty machine would, and asks the installed one a question.

    python tests/benchmarks/installing.py [--by pip|pipx|uv] [--extras local] [--python python3] [--model local]
                                          [--keep DIR]

Builds the wheel, makes an empty environment, installs the wheel there without the constraints file, and starts
`dateline serve --samples` far from the checkout. Each step is printed with its seconds. Takes minutes, and gigabytes:
PyPI's torch for Linux brings what GPUs need. pip is asked in the way that this machine's is set up; uv reads settings
of its own (UV_DEFAULT_INDEX, UV_FIND_LINKS). pipx and uv must be on the path. Ends with an error where a step does.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from urllib.error import HTTPError
from urllib.request import Request, urlopen

ROOT = Path(__file__).parents[2]
QUESTION = "Is Meta still open sourcing its models?"
_STEPS = (("GET /health", "/health"), ("GET /metrics", "/metrics"), ("GET /", "/"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--by", choices=("pip", "pipx", "uv"), default="pip")
    parser.add_argument("--extras", default="local")
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--model", default="local", help="quote asks without the chat model, which takes a minute less")
    parser.add_argument("--keep", type=Path, help="install here and leave it; what is there already is used again")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        place = (options.keep or Path(scratch) / "installed").absolute()
        command = place / "bin" / "dateline"
        if not command.exists():
            [wheel] = built(Path(scratch))
            wanted = f"{wheel}[{options.extras}]" if options.extras else str(wheel)
            with step(f"install {wheel.name}[{options.extras}] by {options.by}"):
                install(options.by, wanted, place, options.python)
        print(f"      {size_of(place):.1f} GB at {place}")
        try_out(command, Path(scratch), options.model)


def built(scratch: Path) -> list[Path]:
    """The wheel, from a copy of the checkout: what lies in its build/ stays out."""
    source = scratch / "source"
    hidden = shutil.ignore_patterns(".*", "build", "*.egg-info", "__pycache__", "tests")
    shutil.copytree(ROOT, source, ignore=hidden)
    with step("build the wheel"):
        run([sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", scratch / "wheel", source])
    return list((scratch / "wheel").glob("*.whl"))


def install(by: str, wanted: str, place: Path, python: str) -> None:
    """Into `place`, with the command at bin/dateline."""
    if by == "pip":
        run([python, "-m", "venv", place])
        run([place / "bin" / "pip", "install", "-q", wanted])
    elif by == "pipx":
        homes = {"PIPX_HOME": str(place / "pipx"), "PIPX_BIN_DIR": str(place / "bin")}
        run(["pipx", "install", "--python", python, wanted], homes)
    else:
        homes = {"UV_TOOL_DIR": str(place / "uv"), "UV_TOOL_BIN_DIR": str(place / "bin")}
        run(["uv", "tool", "install", "--python", python, wanted], homes)


def try_out(command: Path, scratch: Path, model: str) -> None:
    with step("dateline --version"):
        print(f"      {run([command, '--version']).strip()}")
    with served(command, scratch, model) as url:
        for name, path in _STEPS:
            with step(name):
                print(f"      {fetched(url + path)[:100]!r}")
        with step(f"ask {QUESTION!r}"):
            message = asked(url)
        print(f"      {message['content']}")
        assert message["annotations"], "the answer cites nothing"
        assert all(each["url_citation"]["title"] for each in message["annotations"])


@contextmanager
def served(command: Path, scratch: Path, model: str) -> Iterator[str]:
    """The address of `dateline serve --samples` with a library and a cache of its own."""
    mine = {"DATELINE_LIBRARY": str(scratch / "library"), "DATELINE_CACHE": str(scratch / "cache")}
    arguments = [command, "serve", "--samples", "--json", "--port", "7998", "--model", model]
    with subprocess.Popen(arguments, cwd=scratch, env=bare() | mine, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            with step("dateline serve --samples, until it serves"):
                told = "".join(iter(process.stdout.readline, "}\n")) + "}"
            yield str(json.loads(told)["url"]).rstrip("/")
        finally:
            process.terminate()


def fetched(url: str) -> str:
    """The status, and the beginning of what came; an address that is not there is told, and no error."""
    try:
        with urlopen(url, timeout=60) as answer:
            return f"{answer.status} {answer.read(300).decode()}"
    except HTTPError as error:
        return f"{error.code} {error.read(300).decode()}"


def asked(url: str) -> dict[str, object]:
    body = {"model": "dateline", "messages": [{"role": "user", "content": QUESTION}]}
    request = Request(f"{url}/v1/chat/completions", json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urlopen(request, timeout=600) as answer:
        message: dict[str, object] = json.load(answer)["choices"][0]["message"]
    return message


@contextmanager
def step(name: str) -> Iterator[None]:
    print(f"----- {name}", flush=True)
    began = monotonic()
    yield
    print(f"      done after {monotonic() - began:.1f} s", flush=True)


def run(command: Sequence[str | Path], more: dict[str, str] | None = None) -> str:
    """What it printed; what went wrong goes to our standard error."""
    done = subprocess.run(
        [*map(str, command)], env=bare() | (more or {}), check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


def bare() -> dict[str, str]:
    """The environment without what could lead to the checkout or to its constraints."""
    ours = ("DATELINE_", "PYTHON", "PIP_CONSTRAINT", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def size_of(folder: Path) -> float:
    """In gigabytes."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink()) / 1e9


if __name__ == "__main__":
    main()
