"""The API is there where it is switched on, and costs nothing where it is not."""

import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator, validate
from pydantic import SecretStr

from bot.api.opening import api_resources
from bot.app import open_bot
from bot.errors import SettingsError
from bot.playground import Playground
from bot.settings import Settings
from tests.bot.api.conftest import Served
from tests.bot.conftest import settings_for


def test_nothing_of_it_is_imported_with_the_bot() -> None:
    heavy = "fastapi starlette aiohttp_asgi httpx bot.api.application bot.api.tools"
    code = f"import sys, bot.app; print([m for m in {heavy.split()!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


async def test_switched_off_there_is_no_port(slack: Playground, tmp_path: Path) -> None:
    assert not Settings().api
    async with open_bot(settings_for(slack, tmp_path / "data")) as bot:
        assert bot.api is None
        assert bot.address is None


def test_where_its_packages_are_missing_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, "bot.api.application", raising=False)
    monkeypatch.setitem(sys.modules, "aiohttp_asgi", None)
    settings, nothing = Settings().model_copy(update={"api": True}), cast("Any", None)
    with pytest.raises(SettingsError, match=r"^NERBOT_API: .*pip install 'nerbot\[api\]'$"):
        api_resources(settings, nothing, nothing)


async def test_in_http_mode_it_is_at_the_port_of_slacks_requests(
    slack: Playground, tmp_path: Path
) -> None:
    settings = settings_for(slack, tmp_path / "data").model_copy(
        update={
            "api": True,
            "app_token": None,
            "signing_secret": SecretStr(slack.signing_secret),
            "port": 0,
        }
    )
    async with open_bot(settings) as bot:
        assert bot.api == bot.address is not None


async def test_it_is_described_as_openapi_with_every_operation_named_and_every_error_told(
    served: Served,
) -> None:
    told = (await served.stranger().asks("GET", "/openapi.json")).body
    assert told["openapi"].startswith("3.1.")
    validate(told, cls=OpenAPIV31SpecValidator)
    assert told["servers"] == [{"url": "/api/v1"}]
    operations = [each for path in told["paths"].values() for each in path.values()]
    names = [each["operationId"] for each in operations]
    assert len(names) == len(set(names)) > 0
    for each in operations:
        assert each["security"] == [{"token": []}], each
        assert each["description"], each
        assert "application/problem+json" in each["responses"]["default"]["content"], each
    references = set(_references(told))
    assert references <= {f"#/components/schemas/{name}" for name in told["components"]["schemas"]}


def _references(value: object) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [found for each in value.values() for found in _references(each)]
    if isinstance(value, list):
        return [found for each in value for found in _references(each)]
    return []
