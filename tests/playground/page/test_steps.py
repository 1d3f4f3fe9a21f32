"""A step of a workflow, run in the page."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.async_api import Page, expect
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.complete.async_complete import AsyncComplete
from slack_bolt.context.fail.async_fail import AsyncFail

from tests.playground.conftest import MANIFEST
from tests.support.browser import needs_browser

pytestmark = [needs_browser, pytest.mark.asyncio(loop_scope="session")]


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    tree = yaml.safe_load(MANIFEST)
    tree["settings"] |= {"org_deploy_enabled": True, "function_runtime": "remote"}
    tree["settings"]["event_subscriptions"]["bot_events"] = ["function_executed"]
    channel = {"type": "slack#/types/channel_id", "title": "Channel"}
    text = {"type": "string", "title": "Text"}
    tree["functions"] = {
        "shout": {
            "title": "Shout",
            "description": "Says it loudly.",
            "input_parameters": {
                "properties": {"text": text, "channel": channel},
                "required": ["text", "channel"],
            },
            "output_parameters": {"properties": {"loud": text}, "required": ["loud"]},
        }
    }
    path = tmp_path / "manifest.yml"
    path.write_text(yaml.safe_dump(tree), "utf-8")
    return path


async def test_a_step_is_filled_in_run_and_answered(page: Page, app: AsyncApp) -> None:
    @app.function("shout")
    async def shout(inputs: dict[str, Any], complete: AsyncComplete, fail: AsyncFail) -> None:
        if inputs["text"] == "quiet":
            await fail("Nothing to say.")
        else:
            await complete({"loud": inputs["text"].upper()})

    await page.get_by_test_id("shortcuts").click()
    await page.get_by_role("menuitem", name="Workflow step: Shout").click()
    await page.get_by_test_id("step-text").fill("quiet")
    await page.get_by_test_id("step-run").click()
    await expect(page.get_by_test_id("step-failed")).to_have_text(
        "This step failed: Nothing to say."
    )
    await page.get_by_test_id("step-text").fill("hello")
    await page.get_by_test_id("step-run").click()
    await expect(page.get_by_test_id("output-loud")).to_have_text("HELLO")
    await expect(page.get_by_test_id("step-failed")).to_be_hidden()
