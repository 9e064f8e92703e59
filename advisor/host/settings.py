"""Settings of one installation: a TOML file for what may be read, variables for what must stay secret.

    ADVISOR_SETTINGS             path of the file; without it everything has its default
    ADVISOR_DATABASE_URL         database, instead of a file in the data folder
    ADVISOR_OIDC_CLIENT_SECRET   secret of this product at the sign-in provider
    ADVISOR_COOKIE_SECRET        signs sign-in cookies; the same for every replica

Unknown keys are refused, so that a mistyped limit does not silently mean "no limit".
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError

from advisor.errors import BadInput
from advisor.frozen import Frozen

Dollars = Annotated[float, Field(gt=0, le=1_000_000)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
WHAT = "settings"


class SignIn(Frozen):
    """The OpenID Connect provider people sign in with, and who of them may come in."""

    metadata_url: Annotated[str, Field(pattern=r"^https?://")]
    """Address of the provider's `.well-known/openid-configuration`."""
    client_id: Name
    redirect_uri: Annotated[str, Field(pattern=r"^https?://.+/oauth2callback$")]
    """Public address of this installation with `/oauth2callback` at the end."""
    allowed_domains: tuple[Name, ...] = ()
    """Mail domains let in; with no domain and no group, everybody the provider knows."""
    allowed_groups: tuple[Name, ...] = ()
    groups_claim: Name = "groups"
    trust_unverified_email: bool = False
    """Let in addresses the provider does not say are verified."""


class Roles(Frozen):
    """Who may do more than read: mail addresses, or `group:NAME`. The highest role counts."""

    default: Annotated[str, Field(pattern="^(viewer|editor|prober)$")] = "viewer"
    """Role of everybody who may sign in."""
    editor: tuple[Name, ...] = ()
    prober: tuple[Name, ...] = ()
    admin: tuple[Name, ...] = ()


class Limits(Frozen):
    """Most that probes may spend, in US dollars by our price table; None is no limit."""

    run_usd: Dollars | None = None
    user_day_usd: Dollars | None = None
    day_usd: Dollars | None = None
    instance_usd: Dollars | None = None
    """Over the whole life of the store."""


class Endpoint(Frozen):
    """An endpoint people of this installation may probe beside the catalog's offers."""

    url: Annotated[str, Field(pattern=r"^https?://[^\s?#]+[^\s?#/]$", max_length=300)]
    """Its base URL; addresses below it count too."""
    key_env: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")] | None = None
    """The one variable of the workers whose value may be sent there; None for no key."""


class Sharing(Frozen):
    """Rules for share links."""

    guesses: Annotated[int, Field(ge=3, le=1000)] = 20
    """Wrong ids or passwords one address may try within ten minutes."""
    longest_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    """Longest life of a link; None lets links live until they are revoked."""


class Settings(Frozen):
    """Everything an administrator decides."""

    sign_in: SignIn | None = None
    roles: Roles = Roles()
    limits: Limits = Limits()
    sharing: Sharing = Sharing()
    endpoints: tuple[Endpoint, ...] = ()
    """Own endpoints that may be probed. On one's own machine any may; elsewhere whoever could name an address
    and a variable could have the server's keys sent anywhere."""
    open_probes: bool = False
    """Without sign-in and on an address that is not loopback: let anybody spend the server's keys."""


@cache
def settings() -> Settings:
    """The settings of this process, read once.

    Raises:
        BadInput: The file cannot be read or breaks a rule.
    """
    return read_settings(os.environ)


def read_settings(environment: Mapping[str, str]) -> Settings:
    """The settings in the file `ADVISOR_SETTINGS` names.

    Raises:
        BadInput: The file cannot be read or breaks a rule; names the field.
    """
    name = environment.get("ADVISOR_SETTINGS")
    if not name:
        return Settings()
    try:
        document = tomllib.loads(Path(name).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        rule = f"cannot be read: {error}."
        raise BadInput(WHAT, "", rule, "Correct the file named by ADVISOR_SETTINGS.") from error
    try:
        return Settings.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise BadInput(WHAT, field, f"{first['msg']}.", "See deploy/settings.toml for every key.") from error


def streamlit_secrets(chosen: Settings, environment: Mapping[str, str]) -> dict[str, Any]:
    """What Streamlit's sign-in needs, empty without sign-in.

    Raises:
        BadInput: A secret is not set.
    """
    if chosen.sign_in is None:
        return {}
    secret = _secret(environment, "ADVISOR_OIDC_CLIENT_SECRET")
    return {
        "auth": {
            "redirect_uri": chosen.sign_in.redirect_uri,
            "cookie_secret": _secret(environment, "ADVISOR_COOKIE_SECRET"),
            "client_id": chosen.sign_in.client_id,
            "client_secret": secret,
            "server_metadata_url": chosen.sign_in.metadata_url,
        }
    }


def _secret(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "")
    if len(value) < 16:
        rule = "is needed for sign-in and must have at least 16 characters."
        raise BadInput("environment", name, rule, "Set it to a long random text.")
    return value
