"""The settings. Only app.py reads them."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, TypedDict

from platformdirs import user_cache_path, user_data_path
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from assistant.generation.providers import PATIENCE
from vectorstore.errors import SettingsError

_PREFIX = "DATELINE_"
_SPAN = re.compile(r"(?P<number>[0-9]{1,4})(?P<unit>[smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_SHORTEST = timedelta(minutes=1)
_SHORTEST_TOKEN = 20
_ORIGIN = re.compile(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::[0-9]{1,5})?")

_OF_OTHERS = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": str(10**9),
    "GRADIO_ANALYTICS_MAX_EVENTS": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "ONEDNN_PRIMITIVE_CACHE_CAPACITY": "0",
}
"""No look-ups and no counting at home; nor what Gradio keeps of 10,000 events, and makes of them after each, for a
monitoring page that is closed; nor the kernels that oneDNN keeps of 1,024, a hundred MB and more."""


class Settings(BaseSettings):
    """Each field is the environment variable DATELINE_<NAME>."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, frozen=True, extra="forbid", protected_namespaces=())

    library: Path = Field(default_factory=lambda: user_data_path("dateline") / "library")
    model: str = "local"
    model_url: str = ""
    model_key: str = ""
    model_patience: float = Field(default=PATIENCE, ge=1, le=3600)
    embedder: str = "all-MiniLM-L6-v2"
    reranker: str = ""
    verifier: str = ""
    evidence_tokens: int = Field(default=0, ge=0, le=100_000)
    follow_ups: Literal["words", "model"] = "words"
    cache: Path = Field(default_factory=lambda: user_cache_path("dateline"))
    host: str = "127.0.0.1"
    port: int = Field(default=7860, ge=1, le=65535)
    public_name: str = ""
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = ()
    allow_private_addresses: bool = False
    respect_robots: bool = True
    seconds_between_requests: float = Field(default=1.0, ge=0)
    refresh_every: timedelta | None = None
    imap_passwords: Annotated[dict[str, str], NoDecode] = Field(default_factory=dict, repr=False)
    max_upload_mb: int = Field(default=20, ge=1)
    articles_token: str = Field(default="", repr=False)

    @field_validator("host")
    @classmethod
    def _host(cls, given: str) -> str:
        return host(given)

    @field_validator("refresh_every", mode="before")
    @classmethod
    def _span(cls, given: object) -> object:
        return span(given) if isinstance(given, str) else given

    @field_validator("articles_token")
    @classmethod
    def _token(cls, given: str) -> str:
        if given and len(given) < _SHORTEST_TOKEN:
            raise ValueError(f"a token that nobody can guess has {_SHORTEST_TOKEN} characters or more")
        return given

    @field_validator("imap_passwords", mode="before")
    @classmethod
    def _passwords(cls, given: object) -> object:
        return passwords(given) if isinstance(given, str) else given

    @field_validator("allowed_origins", mode="before")
    @classmethod
    def _origins(cls, given: object) -> object:
        return origins(given) if isinstance(given, str) else given


class GivenSettings(TypedDict, total=False):
    """What a caller can give in the place of the environment, besides the library and the model; see Settings."""

    model_url: str
    model_key: str
    model_patience: float
    embedder: str
    reranker: str
    verifier: str
    evidence_tokens: int
    follow_ups: Literal["words", "model"]
    cache: Path
    host: str
    port: int
    public_name: str
    allowed_origins: tuple[str, ...]
    allow_private_addresses: bool
    respect_robots: bool
    seconds_between_requests: float
    refresh_every: timedelta | None
    imap_passwords: dict[str, str]
    max_upload_mb: int
    articles_token: str


def host(text: str) -> str:
    """The name or the address, if it could be one. ValueError for what no system can look up."""
    try:
        usable = bool(text.encode("idna"))
    except UnicodeError:
        usable = False
    if not usable:
        raise ValueError(f"{text!r} is no name and no address such as 127.0.0.1")
    return text


def origins(text: str) -> tuple[str, ...]:
    """The origins that are named, separated by commas, as a browser writes them. ValueError for what is none."""
    named = [name.strip().lower() for name in text.split(",") if name.strip()]
    if wrong := [name for name in named if not _ORIGIN.fullmatch(name)]:
        raise ValueError(f"{wrong[0]!r} is no origin such as https://news.example.org or http://10.0.0.5:8080")
    return tuple(name.removesuffix(":443" if name.startswith("https") else ":80") for name in named)


def passwords(text: str) -> dict[str, str]:
    """By account. ValueError, which repeats nothing of it, for what is no JSON object of texts."""
    try:
        given = json.loads(text)
    except ValueError:
        given = None
    if not isinstance(given, dict) or not all(isinstance(each, str) for each in given.values()):
        raise ValueError('it is no JSON such as {"you@imap.example.org": "password"}')
    return given


def span(text: str) -> timedelta:
    """90s, 30m, 2h or 1d. ValueError for anything else, and for less than a minute."""
    found = _SPAN.fullmatch(text.strip().lower())
    if not found:
        raise ValueError(f"{text!r} is no span of time such as 90s, 30m, 2h or 1d")
    given = timedelta(**{_UNITS[found["unit"]]: int(found["number"])})
    if given < _SHORTEST:
        raise ValueError("feeds are read once a minute at most")
    return given


def read_settings(given: Mapping[str, object]) -> Settings:
    """Settings from the environment, with what is given in their place.

    Raises SettingsError for a value that does not fit, or a name that is not known.
    """
    known = {f"{_PREFIX}{name}".upper() for name in Settings.model_fields}
    if unknown := sorted(name for name in os.environ if name.startswith(_PREFIX) and name not in known):
        raise SettingsError(f"{unknown[0]} is not a setting. There are: {', '.join(sorted(known))}.")
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        raise SettingsError(
            f"{_PREFIX}{str(first['loc'][0]).upper()} cannot be used: {first['msg'].removeprefix('Value error, ')}."
        ) from error


def set_up_others(settings: Settings) -> None:
    """Sets environment variables of what Dateline is built on; a user's own choice stays."""
    for name, value in _OF_OTHERS.items():
        os.environ.setdefault(name, value)
    # Gradio would keep what readers upload where every user of this machine may look.
    os.environ.setdefault("GRADIO_TEMP_DIR", str(settings.cache.expanduser() / "uploads"))
