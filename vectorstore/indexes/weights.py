"""Model files: found without importing the package that carries them, and verified before they are used."""

from __future__ import annotations

import hashlib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from vectorstore.errors import WeightsAltered

_CHUNK = 1 << 20


def packaged_file(package: str, inside: str) -> Path | None:
    """The file `inside` of an installed package, or None; the package's own code does not run."""
    try:
        path = Path(str(distribution(package).locate_file(inside)))
    except PackageNotFoundError:
        return None
    return path if path.exists() else None


def sha256(path: Path) -> str:
    """Hexadecimal SHA-256 of a file, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def verify(path: Path, expected: str) -> None:
    """Raise WeightsAltered unless the file has this SHA-256."""
    if sha256(path) != expected:
        raise WeightsAltered(
            f"The model file {path} is not the one its publisher released (its SHA-256 differs). "
            "Reinstall the package it came with, or choose another model in the settings."
        )
