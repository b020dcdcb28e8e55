"""The settings. Only app.py reads them."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypedDict
from urllib.parse import urlsplit

from platformdirs import user_cache_path, user_data_path
from pydantic import Field, ModelWrapValidatorHandler, PrivateAttr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from assistant.generation.providers import PATIENCE
from vectorstore.errors import SettingsError
from vectorstore.storage.location import postgres_url

_PREFIX = "DATELINE_"
_SPAN = re.compile(r"(?P<number>[0-9]{1,4})(?P<unit>[smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_SHORTEST = timedelta(minutes=1)
_SHORTEST_TOKEN = 20
_SERVER = re.compile(r"https?://(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?/?")
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
    vectors: str = ""
    work: Literal["here", "workers"] = "here"
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
    accounts: bool | None = None
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = ()
    allow_private_addresses: bool = False
    respect_robots: bool = True
    seconds_between_requests: float = Field(default=1.0, ge=0)
    refresh_every: timedelta | None = None
    imap_passwords: Annotated[dict[str, str], NoDecode] = Field(default_factory=dict, repr=False)
    max_upload_mb: int = Field(default=20, ge=1)
    articles_token: str = Field(default="", repr=False)
    metrics_token: str = Field(default="", repr=False)
    ready_lag: int = Field(default=50_000, ge=0)
    questions_at_once: int = Field(default=8, ge=1, le=1000)
    questions_waiting: int = Field(default=8, ge=0, le=1000)
    log_format: Literal["text", "json"] = "text"
    trace_text: bool = False
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = Field(default="", repr=False)
    oidc_roles: Annotated[dict[str, str], NoDecode] = Field(default_factory=dict)
    oidc_collections: Annotated[tuple[str, ...], NoDecode] = ()

    @property
    def reached_by_others(self) -> bool:
        """Whether somebody at another machine can open the page."""
        return not _is_this_machine(self.host) or bool(self.public_name)

    @property
    def with_accounts(self) -> bool:
        """Whether somebody has to sign in."""
        return self.reached_by_others if self.accounts is None else self.accounts

    @property
    def address(self) -> str:
        """By which readers open the page, as far as it is known here."""
        if self.public_name:
            return f"https://{self.public_name}/"
        named = "localhost" if self.host in ("0.0.0.0", "::") else self.host
        return f"http://[{named}]:{self.port}/" if ":" in named else f"http://{named}:{self.port}/"

    _database: str = PrivateAttr(default="")

    @property
    def database(self) -> str:
        """The postgresql:// URL that was given as the library, whose folder then is in the cache; "" for a folder."""
        return self._database

    @property
    def works(self) -> bool:
        """Whether this process gives articles their vectors and reads the feeds on time. Raises SettingsError where it
        is to leave that to others who cannot."""
        if self.work == "workers" and not self._database:
            raise SettingsError(
                "DATELINE_WORK=workers needs a library on PostgreSQL; one in a folder has one process, which does all."
            )
        return self.work == "here"

    @property
    def place(self) -> Path | str:
        """The library as a person names it: its folder, or the URL of the database."""
        return self._database or self.library.expanduser()

    @model_validator(mode="wrap")
    @classmethod
    def _place(cls, given: Any, made: ModelWrapValidatorHandler[Self]) -> Self:
        url = postgres_url(given.get("library", "")) if isinstance(given, dict) else ""
        if not url:
            return made(given)
        cache = Path(given.get("cache") or cls.model_fields["cache"].get_default(call_default_factory=True))
        settings = made({**given, "library": cache / f"library-{sha256(url.encode()).hexdigest()[:12]}"})
        settings._database = url
        return settings

    @field_validator("vectors")
    @classmethod
    def _vectors(cls, given: str) -> str:
        if given and not _SERVER.fullmatch(given):
            raise ValueError(f"{given!r} is no address such as http://127.0.0.1:8000")
        return given.rstrip("/")

    @field_validator("host")
    @classmethod
    def _host(cls, given: str) -> str:
        return host(given)

    @field_validator("refresh_every", mode="before")
    @classmethod
    def _span(cls, given: object) -> object:
        written_out = isinstance(given, str) and given.startswith("P")  # as JSON has it, from a command's process
        return span(given) if isinstance(given, str) and not written_out else given

    @field_validator("articles_token", "metrics_token")
    @classmethod
    def _token(cls, given: str) -> str:
        if given and len(given) < _SHORTEST_TOKEN:
            raise ValueError(f"a token that nobody can guess has {_SHORTEST_TOKEN} characters or more")
        return given

    @field_validator("imap_passwords", mode="before")
    @classmethod
    def _passwords(cls, given: object) -> object:
        return passwords(given) if isinstance(given, str) else given

    @field_validator("oidc_issuer")
    @classmethod
    def _issuer(cls, given: str) -> str:
        split = urlsplit(given)
        at_home = split.scheme == "http" and _is_this_machine(split.hostname or "")
        if given and split.scheme != "https" and not at_home:
            raise ValueError("it is no address such as https://login.example.org")
        return given

    @field_validator("oidc_roles", mode="before")
    @classmethod
    def _roles(cls, given: object) -> object:
        return oidc_roles(given) if isinstance(given, str) else given

    @field_validator("oidc_collections", mode="before")
    @classmethod
    def _collections(cls, given: object) -> object:
        if not isinstance(given, str):
            return given
        names = tuple(filter(None, map(str.strip, given.split(","))))
        if given and not names:
            raise ValueError("it names no collection")
        return names

    @field_validator("allowed_origins", mode="before")
    @classmethod
    def _origins(cls, given: object) -> object:
        return origins(given) if isinstance(given, str) else given


class GivenSettings(TypedDict, total=False):
    """What a caller can give in the place of the environment, besides the library and the model; see Settings."""

    model_url: str
    model_key: str
    model_patience: float
    vectors: str
    work: Literal["here", "workers"]
    embedder: str
    reranker: str
    verifier: str
    evidence_tokens: int
    follow_ups: Literal["words", "model"]
    cache: Path
    host: str
    port: int
    public_name: str
    accounts: bool | None
    allowed_origins: tuple[str, ...]
    allow_private_addresses: bool
    respect_robots: bool
    seconds_between_requests: float
    refresh_every: timedelta | None
    imap_passwords: dict[str, str]
    max_upload_mb: int
    articles_token: str
    metrics_token: str
    ready_lag: int
    questions_at_once: int
    questions_waiting: int
    log_format: Literal["text", "json"]
    trace_text: bool
    oidc_issuer: str
    oidc_client_id: str
    oidc_client_secret: str
    oidc_roles: dict[str, str]
    oidc_collections: tuple[str, ...]


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host.strip("[]").partition("%")[0]).is_loopback
    except ValueError:
        return host.lower() == "localhost"


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


def oidc_roles(text: str) -> dict[str, str]:
    """The claim of the ID token, and by role its value. ValueError for anything else."""
    try:
        given = json.loads(text)
    except ValueError:
        given = None
    names = ("claim", "reader", "editor", "administrator")
    if not isinstance(given, dict) or any(key not in names or not isinstance(given[key], str) for key in given):
        raise ValueError('it is no JSON such as {"claim": "groups", "administrator": "news-admins", "editor": "news"}')
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
