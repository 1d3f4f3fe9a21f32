"""What survives a restart, and who can read it."""

from pathlib import Path

from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import Playground
from tests.playground import kit


async def test_messages_tokens_and_port_survive_a_restart(tmp_path: Path, manifest: Path) -> None:
    async with Playground.open(data=tmp_path, manifest=manifest) as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        posted = await client.chat_postMessage(channel="#triage", text="0 %")
        await client.chat_update(channel=posted["channel"], ts=posted["ts"], text="100 %")
        gone = slack.say("ada", "#triage", "gone")
        slack.workspace.remove(gone)
        before = slack.messages("#triage")
        tokens = (slack.bot_token, slack.app_token, slack.signing_secret, slack.api_url)
        control = slack.control_token
    async with Playground.open(data=tmp_path, manifest=manifest) as slack:
        assert slack.messages("#triage") == before
        assert before[-1].text == "100 %"
        again = (slack.bot_token, slack.app_token, slack.signing_secret, slack.api_url)
        assert again == tokens
        assert slack.control_token != control


async def test_ephemeral_messages_do_not_survive(tmp_path: Path, manifest: Path) -> None:
    async with Playground.open(data=tmp_path, manifest=manifest) as slack:
        answer = await slack.command("ada", "#triage", "/nope")
        assert answer.message in slack.messages("#triage", viewer="ada")
    async with Playground.open(data=tmp_path, manifest=manifest) as slack:
        assert len(slack.messages("#triage", viewer="ada")) == 1


async def test_homes_and_threads_survive_a_restart_and_modals_do_not(
    tmp_path: Path, manifest: Path
) -> None:
    async with Playground.open(data=tmp_path, manifest=manifest) as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        ada = slack.workspace.person("ada").id
        home = {"type": "home", "blocks": [kit.section("Hello")]}
        await client.views_publish(user_id=ada, view=home)
        await client.views_open(trigger_id=slack.triggers.issue(ada), view=kit.modal())
        said = slack.say("ada", "#triage", "first")
        slack.reply("grace", said, "second")
        before = slack.home("ada")
    async with Playground.open(data=tmp_path, manifest=manifest) as slack:
        assert slack.home("ada") == before
        assert slack.view("ada") is None
        assert [m.text for m in slack.workspace.replies(said)] == ["second"]


async def test_another_port_is_used_where_the_last_one_is_in_use(
    tmp_path: Path, manifest: Path
) -> None:
    async with (
        Playground.open(data=tmp_path / "a", manifest=manifest) as first,
        Playground.open(data=tmp_path / "b", manifest=manifest) as second,
    ):
        assert first.base_url != second.base_url


async def test_the_file_is_for_its_owner_only(tmp_path: Path, manifest: Path) -> None:
    async with Playground.open(data=tmp_path, manifest=manifest):
        assert modes(tmp_path) == {0o600}


def modes(folder: Path) -> set[int]:
    return {p.stat().st_mode & 0o777 for p in folder.glob("small_slack*")}


async def test_timestamps_are_unique_and_rise(tmp_path: Path, manifest: Path) -> None:
    async with Playground.open(data=tmp_path, manifest=manifest) as slack:
        stamps = [slack.say("ada", "#triage", str(i)).ts for i in range(200)]
    assert stamps == sorted(set(stamps))
