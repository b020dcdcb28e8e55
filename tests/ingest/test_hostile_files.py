"""Files that were made to cost time or memory cost neither, and the rest of the batch goes in."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from ingest.formats.registry import READERS
from ingest.pipeline import ingest

GOOD = "The council voted on the harbour plan on Tuesday and the ferry will sail again in spring."
DEEP = 200_000


@pytest.mark.parametrize("suffix", tuple(READERS))
@pytest.mark.parametrize("size", [200, 200_000])
def test_random_bytes_under_every_suffix(shelf, tmp_path: Path, suffix: str, size: int) -> None:
    (tmp_path / f"a{suffix}").write_bytes(random.Random(suffix).randbytes(size))
    (tmp_path / "b.txt").write_text(GOOD)
    report = ingest([tmp_path], shelf)
    assert (report.added, len(report.rejected)) == (1, 1)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("deep.opml", b"<opml>" + b"<outline>" * DEEP),
        ("deep.xml", b"<urlset>" + b"<url>" * DEEP),
        ("bomb.opml", b'<!DOCTYPE o [<!ENTITY a "' + b"x" * 10_000 + b'">]><opml>' + b"&a;" * 100_000 + b"</opml>"),
        ("bomb.xml", b'<!DOCTYPE o [<!ENTITY a "' + b"x" * 10_000 + b'">]><urlset>' + b"&a;" * 100_000 + b"</urlset>"),
        (
            "deep.eml",
            b"Subject: a\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\nContent-Type: x/y\n\n" * 50_000,
        ),
        ("deep.pdf", b"%PDF-1.4\n1 0 obj\n" + b"[" * DEEP),
        ("long.eml", b"Subject: " + b"=?utf-8?q?a?= " * 50_000 + b"\n\nshort"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_deep_or_unfolds_is_rejected(shelf, tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    (tmp_path / "z.txt").write_text(GOOD)
    report = ingest([tmp_path], shelf)
    assert report.added == 1 and len(report.rows) == 2
