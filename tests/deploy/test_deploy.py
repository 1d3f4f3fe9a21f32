"""What deploy/ says is what nerbot knows: the settings, the commands, the ports; and no secret is in it.

Nothing is built or started here: no container service is where these tests run.
"""

import asyncio
import inspect
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from compose_spec import PyCompose
from sqlalchemy import make_url

from bot.cli.main import COMMANDS
from bot.settings import Settings
from tests.db.conftest import Server, server
from tests.support.opening import open_database
from tests.support.patience import patient

__all__ = ["server"]

DEPLOY = Path(__file__).parents[2] / "deploy"
COMPOSE = DEPLOY / "compose.yaml"
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
DOCKERFILE = (DEPLOY / "Dockerfile").read_text("utf-8")
SETTINGS = {str(field.validation_alias) for field in Settings.model_fields.values()}
OURS = SETTINGS | {"NERBOT_ENV_FILE"}
SECRET = re.compile(r"TOKEN|SECRET|PASSWORD|DATABASE_URL")


def documents() -> list[dict[str, Any]]:
    """All manifests of Kubernetes."""
    return [each for file in MANIFESTS for each in yaml.safe_load_all(file.read_text("utf-8"))]


def services() -> dict[str, dict[str, Any]]:
    """The services of the compose file."""
    found: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE.read_text("utf-8"))["services"]
    return found


def pods() -> Iterator[tuple[str, dict[str, Any]]]:
    """The pods, by the names of what makes them."""
    for each in documents():
        if "template" in each.get("spec", {}):
            yield each["metadata"]["name"], each["spec"]["template"]["spec"]


def test_each_setting_that_is_named_is_one_that_nerbot_reads() -> None:
    """A name that was mistyped would silently do nothing."""
    for file in (COMPOSE, DEPLOY / "Dockerfile", *MANIFESTS, *UNITS, DEPLOY / "nerbot.env.example"):
        named = set(re.findall(r"\b(?:NERBOT|SLACK)_[A-Z_]+", file.read_text("utf-8")))
        assert named - OURS == set(), file.name


def test_each_command_that_is_started_is_one_of_nerbots() -> None:
    """In the compose file, in Kubernetes, in systemd and in the image."""
    started = {each["command"][0] for each in services().values() if "command" in each}
    started |= {container["args"][0] for _, pod in pods() for container in pod["containers"]}
    started |= set(re.findall(r"bin/nerbot (\w+)", "".join(unit.read_text() for unit in UNITS)))
    started |= set(re.findall(r'^CMD \["(\w+)"\]', DOCKERFILE, re.MULTILINE))
    started -= {"server"}  # the object store's own
    assert started - {command.name for command in COMMANDS} == set()


@pytest.mark.parametrize("file", MANIFESTS, ids=lambda file: str(file.stem))
def test_a_manifest_is_what_kubernetes_takes(file: Path) -> None:
    """By its own schemas, without a field that it does not know."""
    for each in yaml.safe_load_all(file.read_text("utf-8")):
        kubernetes_validate.validate(each, "1.34", strict=True)


def test_the_compose_file_is_one() -> None:
    """By the specification."""
    merged = yaml.safe_load(COMPOSE.read_text("utf-8"))
    names = PyCompose.from_yaml(yaml.safe_dump(merged)).service_names()
    assert {"bot", "worker", "migrate", "database", "objects"} <= set(names)


def test_no_secret_is_in_a_file() -> None:
    """They come by reference: from a Secret of Kubernetes, from the environment, from a file that git does not take."""
    assert not [each for each in documents() if each["kind"] == "Secret"]
    for _, pod in pods():
        for container in pod["containers"]:
            named = {each["name"] for each in container.get("env", ()) if "value" in each}
            assert not [name for name in named if SECRET.search(name)]
    for name, service in services().items():
        for variable, value in service.get("environment", {}).items():
            if SECRET.search(variable):
                assert "${" in value, (name, variable)
                assert value.count(":?}") == value.count("${"), (name, variable)
    for line in (DEPLOY / "nerbot.env.example").read_text("utf-8").splitlines():
        assert line.startswith("#") or line.endswith("=")
    ignored = (DEPLOY.parent / ".gitignore").read_text("utf-8").splitlines()
    assert "deploy/nerbot.env" in ignored


def test_a_worker_has_no_token_of_slacks() -> None:
    """It has the database and the object store alone."""
    assert not [name for name in services()["worker"]["environment"] if name.startswith("SLACK")]
    [worker] = dict(pods())["nerbot-worker"]["containers"]
    assert [each["secretRef"]["name"] for each in worker["envFrom"] if "secretRef" in each] == [
        "nerbot-database"
    ]


def test_everything_runs_without_rights_on_a_root_file_system_that_cannot_be_written() -> None:
    """As a user with a number, so that Kubernetes can see that it is not root."""
    assert re.findall(r"^USER (.+)$", DOCKERFILE, re.MULTILINE) == ["10001:10001"]
    for name in ("bot", "worker", "migrate"):
        service = services()[name]
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    for name, pod in pods():
        assert (pod["securityContext"]["runAsUser"], pod["automountServiceAccountToken"]) == (
            10001,
            False,
        ), name
        for container in pod["containers"]:
            told = container["securityContext"]
            assert told["readOnlyRootFilesystem"]
            assert not told["allowPrivilegeEscalation"]
            assert told["capabilities"] == {"drop": ["ALL"]}
            written = {each["mountPath"] for each in container["volumeMounts"]}
            assert written == {"/data", "/tmp"}


def test_the_ports_are_those_of_the_image() -> None:
    """Of the probes, the Service, the proxy and the network policy."""
    told = dict(re.findall(r"NERBOT_(PORT|HEALTH_PORT)=(\d+)", DOCKERFILE))
    slack, health = int(told["PORT"]), int(told["HEALTH_PORT"])
    assert f"EXPOSE {slack} {health}" in DOCKERFILE
    assert f"127.0.0.1:{health}/healthz" in DOCKERFILE
    [bot] = dict(pods())["nerbot-bot"]["containers"]
    assert {each["name"]: each["containerPort"] for each in bot["ports"]} == {
        "slack": slack,
        "health": health,
    }
    probes = (bot["startupProbe"], bot["livenessProbe"], bot["readinessProbe"])
    assert [probe["httpGet"]["port"] for probe in probes] == ["health"] * 3
    haproxy = (DEPLOY / "haproxy.cfg").read_text("utf-8")
    assert f"check port {health}" in haproxy
    assert f"bot:{slack}" in haproxy
    [policy] = [each for each in documents() if each["metadata"]["name"] == "nerbot-bot"][-1:]
    open_ports = {port["port"] for rule in policy["spec"]["ingress"] for port in rule["ports"]}
    assert open_ports == {slack, health}


def test_a_bot_is_given_the_time_it_takes_to_stop() -> None:
    """It answers while it drains, and then stops within ten seconds."""
    pod = dict(pods())["nerbot-bot"]
    [bot] = pod["containers"]
    drain = next(each["value"] for each in bot["env"] if each["name"] == "NERBOT_DRAIN_SECONDS")
    assert pod["terminationGracePeriodSeconds"] > int(drain) + 10
    bot = services()["bot"]
    grace = int(bot["stop_grace_period"].removesuffix("s"))
    assert grace > int(bot["environment"]["NERBOT_DRAIN_SECONDS"]) + 10


def test_the_image_is_linted() -> None:
    """By hadolint, as a package brings it."""
    command = [str(Path(sys.executable).with_name("hadolint")), "--ignore", "DL3059"]
    told = subprocess.run(
        [*command, str(DEPLOY / "Dockerfile")], capture_output=True, text=True, check=False
    )
    assert (told.stdout, told.returncode) == ("", 0)


def test_what_the_image_installs_is_pinned_as_it_is_tested() -> None:
    """By hash, of wheels alone, from no address; `make requirements` writes both files."""
    pins = re.compile(r"^([a-z0-9._-]+)(?:\[[^]]*\])?==(\S+)", re.MULTILINE)
    tested = dict(pins.findall((DEPLOY.parent / "requirements-dev.txt").read_text("utf-8")))
    for name in ("requirements.txt", "requirements-build.txt"):
        text = (DEPLOY / name).read_text("utf-8")
        installed = dict(pins.findall(text))
        assert installed
        assert {each: tested.get(each) for each in installed} == installed
        assert "://" not in text
    assert DOCKERFILE.count("--require-hashes") == 2
    assert "://" not in DOCKERFILE.replace("http://127.0.0.1", "")


def test_nothing_but_code_comes_near_the_image() -> None:
    """All is ignored but what is named."""
    lines = (DEPLOY.parent / ".dockerignore").read_text("utf-8").splitlines()
    rules = [line for line in lines if not line.startswith("#")]
    assert rules[0] == "*"
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    named = {word for each in copied for word in each.split()}
    assert named == {rule.removeprefix("!") for rule in rules if rule.startswith("!")}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
@pytest.mark.parametrize("unit", UNITS, ids=lambda file: str(file.stem))
def test_a_unit_is_what_systemd_takes_and_gives_few_rights(unit: Path) -> None:
    """All that it remarks on is that nerbot is not installed where the tests run."""
    told = subprocess.run(
        ["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False
    )
    remarks = [line for line in told.stderr.splitlines() if "is not executable" not in line]
    assert remarks == []
    rated = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--no-pager", "--threshold=20", str(unit)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert rated.returncode == 0, rated.stdout[-400:] + rated.stderr


async def test_the_database_of_the_compose_file_gives_nerbot_a_role_that_row_level_security_binds(
    server: Server,
) -> None:
    """The official image's POSTGRES_USER is a superuser, whom it does not bind."""
    database = services()["database"]
    script = DEPLOY / "postgres" / "nerbot-role.sh"
    assert (
        f"./postgres/{script.name}:/docker-entrypoint-initdb.d/{script.name}:ro"
        in (database["volumes"])
    )
    role = make_url(services()["bot"]["environment"]["NERBOT_DATABASE_URL"]).username
    assert (role, database["environment"]["POSTGRES_USER"]) == ("nerbot", "postgres")
    bare = make_url(server.url("postgres"))
    tools = Path(inspect.getfile(type(server.process))).parent / "pginstall" / "bin"
    environment = {
        "PATH": f"{tools}:{os.defpath}",
        "PGHOST": str(bare.query.get("host") or bare.host),
        "PGPORT": str(bare.port or 5432),
        "POSTGRES_USER": str(bare.username),
        "ROLE_PASSWORD": "it's secret",
    }
    try:
        started = await asyncio.create_subprocess_exec("sh", script, env=environment)
        async with asyncio.timeout(patient(30)):
            assert await started.wait() == 0
        mine = bare.set(username=role, password="it's secret", database="nerbot")
        async with open_database(mine.render_as_string(hide_password=False)) as opened:
            assert await opened.is_locked()
    finally:
        server.process.psql("DROP DATABASE IF EXISTS nerbot WITH (FORCE)")
        server.process.psql("DROP ROLE IF EXISTS nerbot")
