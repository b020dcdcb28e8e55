"""Nobody but its owner reads a library, unless the owner opened it to others."""

from __future__ import annotations

import stat
from pathlib import Path

from stacks import WordEmbedder, by_meaning, story

from vectorstore.library import Library


def modes(folder: Path) -> dict[str, int]:
    return {str(each.relative_to(folder)): stat.S_IMODE(each.stat().st_mode) for each in [folder, *folder.rglob("*")]}


def open_to_others(folder: Path) -> list[str]:
    return [name for name, mode in modes(folder).items() if mode & 0o077]


def test_a_new_library_is_its_owner_s_alone(folder: Path) -> None:
    with Library(folder, WordEmbedder()) as library:
        library.put([story("a", "One.")])
        assert modes(folder)["."] == 0o700 and modes(folder)["catalogue.db"] == 0o600
    assert not open_to_others(folder)


def test_one_that_an_earlier_version_made_is_closed_once_and_that_is_told(folder: Path, caplog) -> None:
    with Library(folder, WordEmbedder()) as library:
        library.put([story("a", "One.")])
        library._catalogue.remember("closed to others", None)
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    with Library(folder, WordEmbedder()) as library:
        assert not open_to_others(folder) and "could be read by others" in caplog.text
        assert by_meaning(library, "One.") == ["a"]


def test_what_its_owner_opens_to_others_afterwards_stays_open(folder: Path, caplog) -> None:
    with Library(folder, WordEmbedder()) as library:
        library.put([story("a", "One.")])
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o750 if path.is_dir() else 0o640)
    before = modes(folder)
    with Library(folder, WordEmbedder()) as library:
        assert library.counts() == (1, 1)
    assert {name: mode for name, mode in modes(folder).items() if name in before} == before and not caplog.messages
