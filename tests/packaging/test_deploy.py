"""The files of deploy/ fit the product: what they copy, start, set and mount exists."""

from __future__ import annotations

import importlib.util
import re
import shlex
import tomllib
from ipaddress import ip_address, ip_network
from typing import Any, cast

import pytest
import yaml
from typer.main import get_command

from advisor.cli.commands import cli
from advisor.host.proxy import CONTAINERS
from tests.serving import ROOT

DEPLOY = ROOT / "deploy"
CONTAINERFILE = (DEPLOY / "Containerfile").read_text("utf-8").replace("\\\n", " ").splitlines()
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
UNITS = ("advisor-web@.service", "advisor-worker@.service")
READ_BY_US = re.compile(r"\"(ADVISOR_[A-Z_]+)\"")


def steps(word: str) -> list[list[str]]:
    """Arguments of every instruction of that name."""
    return [shlex.split(line)[1:] for line in CONTAINERFILE if line.startswith(f"{word} ")]


def starts(command: list[str]) -> bool:
    """Whether a command line names a command of ours with options it has, or a module of ours."""
    program, *rest = command
    if program.endswith("python"):
        return rest[0] == "-m" and importlib.util.find_spec(rest[1]) is not None
    named = cast(Any, get_command(cli)).commands[rest[0]]
    known = {option for parameter in named.params for option in parameter.opts}
    return program.endswith("advisor") and {word for word in rest if word.startswith("--")} <= known


def variables() -> set[str]:
    """Every variable of ours that the product reads."""
    texts = (path.read_text("utf-8") for path in (ROOT / "advisor").rglob("*.py"))
    return {name for text in texts for name in READ_BY_US.findall(text)}


def test_the_image_has_everything_the_package_needs() -> None:
    """What is copied exists and holds all that the wheel is built from; the image does not run as root."""
    copied = {source for step in steps("COPY") for source in step[:-1]}
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]

    assert all((ROOT / source).exists() for source in copied)
    assert set(wheel["wheel"]["only-include"]) <= copied
    assert {"pyproject.toml", "README.md", "LICENSE", "requirements/run.txt"} <= copied
    assert steps("USER") == [["advisor"]]
    assert "--require-hashes" in steps("RUN")[0]


def test_the_image_starts_a_command_that_exists() -> None:
    """The image's own command, and the one compose gives to workers, are commands of this product."""
    (own,) = (yaml.safe_load(line[4:]) for line in CONTAINERFILE if line.startswith("CMD "))

    assert starts(own)
    assert starts(COMPOSE["x-worker"]["command"])


@pytest.mark.parametrize("name", UNITS)
def test_units_start_commands_that_exist_and_keep_to_their_place(name: str) -> None:
    """A unit runs a command of ours, not as root, and writes into its state folder alone."""
    lines = [
        line for line in (DEPLOY / name).read_text("utf-8").splitlines() if "=" in line and line[0] != "#"
    ]
    said = [tuple(line.split("=", 1)) for line in lines]
    (command,) = (value for key, value in said if key == "ExecStart")

    assert starts(shlex.split(command.replace("%i", "1")))
    for demand in (("User", "advisor"), ("ProtectSystem", "strict"), ("NoNewPrivileges", "yes")):
        assert demand in said
    assert all(
        "/var/lib/advisor/" in value for _, value in said if "data-dir" in value or "DATA_DIR" in value
    )
    # ProtectHome closes the account's home; Streamlit looks into it and fails, so it is given another.
    assert ("Environment", "HOME=/var/lib/advisor") in said


def test_variables_of_the_examples_are_read_by_somebody() -> None:
    """No example sets a variable of ours that nothing reads; secrets have to be given, none is built in."""
    listed = (DEPLOY / "environment.example").read_text("utf-8")
    environment: dict[str, str] = COMPOSE["x-environment"]
    ours = {name for name in [*environment, *re.findall(r"^([A-Z_]+)=", listed, re.M)] if "ADVISOR_" in name}

    assert ours <= variables()
    assert all(":?" in value for name, value in environment.items() if "SECRET" in name or "URL" in name)


def test_the_services_of_compose_fit_together() -> None:
    """Services wait for services that exist, mount files that exist, and only the front is reachable."""
    services: dict[str, dict[str, Any]] = COMPOSE["services"]
    mounts = [one.split(":")[0] for service in services.values() for one in service.get("volumes", [])]

    assert {waited for service in services.values() for waited in service.get("depends_on", [])} <= set(
        services
    )
    assert all((DEPLOY / one).exists() for one in mounts if one.startswith("./") and one != "./tls")
    assert [name for name, service in services.items() if "ports" in service] == ["front"]
    ours = {name: service for name, service in services.items() if name[:3] in {"web", "wor"}}
    assert all(service.get("cap_drop") == ["ALL"] for service in ours.values())
    assert {service["image"] for service in ours.values()} == {"localhost/advisor"}


def test_containers_can_write_where_they_must_and_nowhere_else() -> None:
    """Only /tmp and the image's volume can be written to; a tmpfs over the volume would be root's."""
    (volume,) = steps("VOLUME")
    web, worker = COMPOSE["x-web"], COMPOSE["x-worker"]

    assert web["read_only"]
    assert web["tmpfs"] == ["/tmp"]
    assert volume == [worker["command"][-1]]
    assert f"ADVISOR_DATA_DIR={volume[0]}" in steps("ENV")[0]


def test_a_replica_comes_back_where_nginx_looks_for_it() -> None:
    """nginx resolves a name once, so replicas have fixed addresses, and compose checks their health."""
    services: dict[str, dict[str, Any]] = COMPOSE["services"]
    network = ip_network(COMPOSE["networks"]["inside"]["ipam"]["config"][0]["subnet"])
    asked = [place.split(":")[0] for place in CONTAINERS.replicas]
    addresses = [services[name]["networks"]["inside"]["ipv4_address"] for name in asked]

    assert len(set(addresses)) == len(asked) == 2
    assert all(ip_address(one) in network for one in addresses)
    assert all("/api/ready" in services[name]["healthcheck"]["test"][-1] for name in asked)
    assert all("inside" in service["networks"] for service in services.values())
