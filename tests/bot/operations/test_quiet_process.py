"""Canaries in texts and tokens go through the real bot at DEBUG: none of them is in what it wrote."""

import asyncio
from pathlib import Path

import aiohttp

from bot.playground import Playground
from tests.support.bot_process import bot_process, socket_mode
from tests.support.patience import PATIENCE, patient

CANARY = "canary"


async def test_no_text_and_no_token_is_logged_in_socket_mode(
    slack: Playground, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    environment = {**socket_mode(slack), "NERBOT_LOG_LEVEL": "DEBUG"}
    async with bot_process(tmp_path / "data", environment, log=log, patience=PATIENCE) as bot:
        for line in (
            *(f"/label {{canary {n}=SYMPTOM}} and a fever." for n in range(12)),
            "/label {canary pain=SYMPTOM} came at night.",
            "/label SYMPTOM canary in: A canary in the mine.",
            "/label CANARY} broken {",
            "/train canary",
            "/train schedule every canary",
            "/train",
            "/ner A canary came in.",
            "/ner " + CANARY * 100,
            "/nerbot canary",
            "/nerbot labels describe SYMPTOM a canary",
        ):
            command, _, text = line.partition(" ")
            await slack.command("ada", "#triage", command, text)
        message = slack.say("ada", "#triage", "The canary coughs.")
        await slack.shortcut("ada", "label_message", message)
        await _edit(slack)
        await slack.drop_connections()
        await slack.until(lambda: "is back" in log.read_text(), timeout=patient(40))
        await slack.until(lambda: slack.connected, timeout=patient(20))
        await slack.command("ada", "#triage", "/ner", "The canary again.")
        await bot.stop()
    written = log.read_text()
    assert "training 1 of project 1: queued" in written
    _holds_nothing(written, slack)
    slack.problems.clear()


async def test_no_text_and_no_secret_is_logged_in_http_mode(
    slack: Playground, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    environment = {
        "SLACK_API_URL": slack.api_url,
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "NERBOT_PORT": "0",
        "NERBOT_LOG_LEVEL": "DEBUG",
    }
    async with bot_process(tmp_path / "data", environment, log=log, patience=PATIENCE) as bot:
        address = next(word for line in bot.said for word in line.split() if "/slack/" in word)
        await slack.use_http(address)
        await slack.command("ada", "#triage", "/label", "{canary pain=SYMPTOM} came at night.")
        async with aiohttp.ClientSession() as session:
            for number in range(40):
                data = f"text=canary{number}\nERROR forged".encode()
                headers = {"X-Slack-Signature": "canary", "X-Slack-Request-Timestamp": "1"}
                async with session.post(address, data=data, headers=headers) as answer:
                    assert answer.status == 401
        for junk in (b"\x00canary\r\n\r\n", b"GET canary\r\n\r\n", b"POST /canary HTTP/9\r\n\r\n"):
            host, port = address.split("/")[2].split(":")
            _, writer = await asyncio.open_connection(host, int(port))
            writer.write(junk)
            await writer.drain()
            writer.close()
        await bot.stop()
    written = log.read_text()
    assert written.count("refused a request: not signed") == 10
    assert "Traceback" not in written
    assert "forged" not in written
    _holds_nothing(written, slack)
    slack.problems.clear()


async def _edit(slack: Playground) -> None:
    """Type something into the editor of a sentence and save it."""
    await slack.command("ada", "#triage", "/label", "SYMPTOM canary in: The canary sings at night.")
    await slack.until(
        lambda: "Edit" in slack.messages("#triage", viewer="ada")[-1].buttons, timeout=patient(20)
    )
    await slack.click("ada", slack.messages("#triage", viewer="ada")[-1], "Edit")
    await slack.until(lambda: "Save" in str(slack.view("ada")), timeout=patient(20))
    blocks = (slack.view("ada") or {})["blocks"]
    [field] = [b["block_id"] for b in blocks if str(b["block_id"]).startswith("editor.added")]
    await slack.type_into("ada", field, "sings = SYMPTOM\nno canary here = X")
    assert (await slack.submit("ada")).errors


def _holds_nothing(written: str, slack: Playground) -> None:
    for secret in (CANARY, slack.bot_token, slack.app_token, slack.signing_secret):
        assert secret not in written
