"""Steps of workflows, run by the simulator and ended by a real Bolt app."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.complete.async_complete import AsyncComplete
from slack_bolt.context.fail.async_fail import AsyncFail
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import Playground
from tests.playground.conftest import MANIFEST, Connected
from tests.playground.web_api.test_methods import error_of


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    tree = yaml.safe_load(MANIFEST)
    tree["settings"] |= {"org_deploy_enabled": True, "function_runtime": "remote"}
    tree["settings"]["event_subscriptions"]["bot_events"] = ["function_executed"]
    text = {"type": "string", "title": "Text"}
    tree["functions"] = {
        "shout": {
            "title": "Shout",
            "description": "Says it loudly",
            "input_parameters": {"properties": {"text": text}, "required": ["text"]},
            "output_parameters": {"properties": {"loud": text}, "required": ["loud"]},
        }
    }
    path = tmp_path / "manifest.yml"
    path.write_text(yaml.safe_dump(tree), "utf-8")
    return path


async def test_a_step_is_run_and_its_outputs_come_back(
    slack: Playground, app: AsyncApp, connected: Connected
) -> None:
    tokens: list[str | None] = []

    @app.function("shout")
    async def shout(
        inputs: dict[str, Any], complete: AsyncComplete, client: AsyncWebClient
    ) -> None:
        tokens.append(client.token)
        await complete({"loud": inputs["text"].upper()})

    async with connected(app):
        run = await slack.run_step("shout", text="hello")
        await slack.until(lambda: slack.steps.find(run.id).state != "running")
    assert slack.steps.find(run.id).outputs == {"loud": "HELLO"}
    assert tokens == [run.token]
    assert not slack.steps.knows(run.token)


async def test_a_step_that_fails_says_why(
    slack: Playground, app: AsyncApp, connected: Connected
) -> None:
    @app.function("shout")
    async def shout(fail: AsyncFail) -> None:
        await fail("Too loud.")

    async with connected(app):
        run = await slack.run_step("shout", text="hello")
        await slack.until(lambda: slack.steps.find(run.id).state != "running")
    assert slack.steps.find(run.id).error == "Too loud."


@pytest.mark.parametrize(
    ("outputs", "error"),
    [
        ({}, "parameter_validation_failed"),
        ({"loud": 1}, "parameter_validation_failed"),
        ({"loud": "A", "more": "B"}, "parameter_validation_failed"),
    ],
)
async def test_outputs_that_are_not_as_declared_are_refused(
    slack: Playground, client: AsyncWebClient, outputs: dict[str, Any], error: str
) -> None:
    run = slack.steps.start(slack.manifest.steps[0], {"text": "hello"})
    with pytest.raises(SlackApiError) as caught:
        await client.functions_completeSuccess(function_execution_id=run.id, outputs=outputs)
    assert error_of(caught) == error


async def test_a_step_ends_once(slack: Playground, client: AsyncWebClient) -> None:
    run = slack.steps.start(slack.manifest.steps[0], {"text": "hello"})
    await client.functions_completeSuccess(function_execution_id=run.id, outputs={"loud": "A"})
    with pytest.raises(SlackApiError) as caught:
        await client.functions_completeError(function_execution_id=run.id, error="Too late.")
    assert error_of(caught) == "function_execution_not_in_running_state"


async def test_inputs_that_workflow_builder_would_not_let_through_are_refused(
    slack: Playground,
) -> None:
    with pytest.raises(LookupError, match="text is missing"):
        await slack.run_step("shout")
