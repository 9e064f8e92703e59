"""Roles, settings and spend limits."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.errors import BadInput
from advisor.host.access import ANONYMOUS, LOCAL, UNKNOWN, Person, Role, person, probe_refusal
from advisor.host.limits import start_within
from advisor.host.proxy import CONTAINERS, PRODUCTION, nginx_config
from advisor.host.settings import Endpoint, Limits, Roles, Settings, SignIn, read_settings, streamlit_secrets
from advisor.host.store import create_missing, open_store
from advisor.probe.targets import Target
from tests.host.ledger_steps import paid_plan, practice_plan
from tests.probe.plans import case_of, plan_of_case, served
from tests.serving import ROOT

SIGN_IN = SignIn(
    metadata_url="https://login.example/.well-known/openid-configuration",
    client_id="advisor",
    redirect_uri="https://advisor.example/oauth2callback",
    allowed_domains=("example.org",),
    allowed_groups=("partners",),
)
CHOSEN = Settings(sign_in=SIGN_IN, roles=Roles(editor=("group:research",), admin=("Ada@Example.org",)))


def claims(mail: str, *groups: str, verified: bool = True) -> dict[str, object]:
    """What a provider says about somebody."""
    return {"email": mail, "email_verified": verified, "groups": list(groups)}


@pytest.mark.parametrize(
    ("said", "role"),
    [
        (claims("bob@example.org"), Role.VIEWER),
        (claims("bob@example.org", "research"), Role.EDITOR),
        (claims("ADA@example.org"), Role.ADMIN),
        (claims("eve@partner.example", "partners"), Role.VIEWER),
        (claims("eve@example.org.evil.example"), Role.ANONYMOUS),
        (claims("eve@evil.example@example.org"), Role.ANONYMOUS),
        (claims("bob@example.org", verified=False), Role.ANONYMOUS),
        ({"email_verified": True}, Role.ANONYMOUS),
        (None, Role.ANONYMOUS),
    ],
)
def test_roles_follow_from_what_the_provider_says(said: dict[str, object] | None, role: Role) -> None:
    """Domain or group lets in, mail or group gives a role, everything unclear stays outside."""
    assert person(CHOSEN, said, loopback=True).role is role


def test_without_sign_in_only_the_machine_itself_is_trusted() -> None:
    """On loopback everything is allowed; on an open address nobody spends the server's keys."""
    own = served(1, "some-model")
    paid = plan_of_case(case_of(offers=("own:mine",), own_endpoints=(own,))).targets

    assert person(Settings(), None, loopback=True) == LOCAL
    assert person(Settings(), None, loopback=False) == UNKNOWN
    assert probe_refusal(Settings(), LOCAL, paid, loopback=True) is None
    assert "no sign-in" in (probe_refusal(Settings(), UNKNOWN, paid, loopback=False) or "")
    listed = Settings(open_probes=True, endpoints=(Endpoint(url=own.base_url.rstrip("/")),))
    assert probe_refusal(listed, UNKNOWN, paid, loopback=False) is None
    assert "endpoint of your own" in (
        probe_refusal(Settings(open_probes=True), UNKNOWN, paid, loopback=False) or ""
    )
    assert probe_refusal(Settings(), ANONYMOUS, [], loopback=False) is not None


def test_own_endpoints_get_only_the_keys_that_belong_to_them() -> None:
    """Where others come in, nobody can have a key of the server sent to an address of their choice."""
    gateway = Endpoint(url="https://gateway.example/v1", key_env="GATEWAY_KEY")
    chosen = Settings(sign_in=SIGN_IN, roles=Roles(prober=("bob@example.org",)), endpoints=(gateway,))
    prober = Person("bob@example.org", Role.PROBER)
    editor = Person("eve@example.org", Role.EDITOR)

    def refused(who: Person, url: str, key: str | None, *own: str) -> bool:
        target = Target(ref="own:mine", label="mine", model="openai/m", base_url=url, key_env=key)
        return probe_refusal(chosen, who, [target], loopback=False, own_keys=own) is not None

    assert not refused(prober, "https://gateway.example/v1", "GATEWAY_KEY")
    assert not refused(prober, "https://gateway.example/v1/eu", None)
    assert refused(prober, "https://gateway.example/v1", "OPENAI_API_KEY")
    assert refused(prober, "https://gateway.example/v1.evil.example", "GATEWAY_KEY")
    assert refused(prober, "http://169.254.169.254/latest", None)
    assert refused(prober, "https://evil.example/v1", "OPENAI_API_KEY", "OPENAI_API_KEY")
    assert refused(editor, "https://gateway.example/v1", "GATEWAY_KEY")
    assert not refused(editor, "https://gateway.example/v1", "OPENAI_API_KEY", "OPENAI_API_KEY")


def test_a_key_of_ones_own_needs_no_leave_to_spend() -> None:
    """An editor may probe with a key they brought; one offer on the server's key needs the prober again."""
    editor = Person("eve@example.org", Role.EDITOR)
    mine = Target(ref="m@openai", label="m", model="openai/m", key_env="OPENAI_API_KEY")
    theirs = Target(ref="m@xai", label="m", model="xai/m", key_env="XAI_API_KEY")
    own = {"OPENAI_API_KEY"}

    assert probe_refusal(CHOSEN, editor, [mine], loopback=False, own_keys=own) is None
    assert probe_refusal(Settings(), UNKNOWN, [mine], loopback=False, own_keys=own) is None
    assert "prober" in (probe_refusal(CHOSEN, editor, [mine, theirs], loopback=False, own_keys=own) or "")


def test_a_mistyped_setting_is_refused(tmp_path: Path) -> None:
    """An unknown key names itself instead of silently meaning "no limit"."""
    file = tmp_path / "settings.toml"
    file.write_text("[limits]\nrun_dollars = 5\n")

    with pytest.raises(BadInput, match=r"limits\.run_dollars"):
        read_settings({"ADVISOR_SETTINGS": str(file)})
    file.write_text("[limits\n")
    with pytest.raises(BadInput, match="cannot be read"):
        read_settings({"ADVISOR_SETTINGS": str(file)})
    assert read_settings({}) == Settings()


def test_sign_in_needs_its_secrets() -> None:
    """Without a long cookie secret the server does not start with sign-in."""
    with pytest.raises(BadInput, match="ADVISOR_OIDC_CLIENT_SECRET"):
        streamlit_secrets(CHOSEN, {"ADVISOR_COOKIE_SECRET": "x" * 32})
    assert streamlit_secrets(Settings(), {}) == {}


def test_the_shipped_files_are_valid() -> None:
    """deploy/settings.toml is read without complaint; both proxy files are what the code writes."""
    read = read_settings({"ADVISOR_SETTINGS": str(ROOT / "deploy" / "settings.toml")})

    assert read.limits.instance_usd == 1000.0
    assert (ROOT / "deploy" / "nginx.conf").read_text("utf-8") == nginx_config(PRODUCTION)
    assert (ROOT / "deploy" / "nginx.compose.conf").read_text("utf-8") == nginx_config(CONTAINERS)


@pytest.mark.parametrize(
    ("limits", "name"),
    [
        (Limits(run_usd=0.5), "run"),
        (Limits(user_day_usd=1.5), "person and day"),
        (Limits(day_usd=1.5), "day"),
        (Limits(instance_usd=1.5), "installation"),
    ],
)
def test_caps_that_do_not_fit_are_refused(limits: Limits, name: str, tmp_path: Path) -> None:
    """A second run of one dollar does not fit into 1.50 while the first may still spend its own."""
    plan = paid_plan(cap_microusd=1_000_000)
    store = open_store(tmp_path)
    create_missing(store)
    if name != "run":
        start_within(store, plan, "ada", limits)

    with pytest.raises(BadInput, match=f"limit per {name} is"):
        start_within(store, plan, "ada", limits)
    # Nobody pays the practice models.
    start_within(store, practice_plan(1, cap_microusd=1_000_000), "ada", limits)
    store.dispose()
