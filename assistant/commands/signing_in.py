"""What has to be there before a page with accounts is served."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from vectorstore.errors import SettingsError

if TYPE_CHECKING:
    from assistant.ui.accounts.openid import Provider
    from vectorstore.storage.people import People


def require_administrator(people: People, public_name: str, reached_by_others: bool, roles: Mapping[str, str]) -> None:
    """Somebody who can let others in, by an account here or by the organisation's `roles`. Raises SettingsError."""
    if people.administered() or "administrator" in roles:
        return
    why = f"Others can reach {public_name}" if reached_by_others else "DATELINE_ACCOUNTS wants people to sign in"
    raise SettingsError(
        f"{why}, and nobody has an account yet. Make an administrator with `dateline users add NAME --admin` and "
        "start again; or let everybody read and change the library with --open."
    )


def provider_of(
    issuer: str, client_id: str, client_secret: str, roles: Mapping[str, str], collections: Sequence[str] = ()
) -> Provider | None:
    """Where people sign in by their organisation, if that is set. Raises SettingsError for half of one."""
    given = (issuer, client_id, client_secret)
    if any(given) and not all(given):
        raise SettingsError(
            "DATELINE_OIDC_ISSUER, DATELINE_OIDC_CLIENT_ID and DATELINE_OIDC_CLIENT_SECRET go together."
        )
    if not all(given):
        return None
    try:
        from assistant.ui.accounts.openid import Provider
    except ImportError as error:
        raise SettingsError("DATELINE_OIDC_ISSUER needs the package authlib: pip install 'dateline[oidc]'.") from error

    return Provider(*given, roles, tuple(collections))
