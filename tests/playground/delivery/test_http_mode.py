"""Signed HTTP delivery, verified with slack_sdk's own SignatureVerifier."""

import json
from collections.abc import AsyncIterator
from urllib.parse import parse_qs

import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier

from bot.playground import Playground
from bot.playground.delivery.errors import DeliveryError
from tests.playground import kit

CARD = [
    {
        "type": "actions",
        "elements": [
            {"type": "button", "text": {"type": "plain_text", "text": "Go"}, "action_id": "go"}
        ],
    }
]


class Receiver:
    """An app's HTTP endpoint: stores requests, answers as the test sets it."""

    def __init__(self) -> None:
        self.url = ""
        self.requests: list[tuple[bytes, dict[str, str]]] = []
        self.answer = web.Response
        self.status = 200
        self.body: dict[str, object] = {"text": "by http"}

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.requests.append((body, dict(request.headers)))
        if request.content_type == "application/json":
            sent = json.loads(body)
            if sent["type"] == "url_verification":
                return web.Response(text=sent["challenge"])
        return web.json_response(self.body, status=self.status)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    endpoint = Receiver()
    app = web.Application()
    app.router.add_post("/slack/events", endpoint.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    endpoint.url = f"http://{host}:{port}/slack/events"
    yield endpoint
    await runner.cleanup()


def is_signed(slack: Playground, body: bytes, headers: dict[str, str]) -> bool:
    verifier = SignatureVerifier(slack.signing_secret)
    verifier.clock.now = slack.timing.now  # type: ignore[method-assign]
    return verifier.is_valid_request(body, headers)


async def test_a_command_is_sent_as_a_signed_form(slack: Playground, receiver: Receiver) -> None:
    await slack.use_http(receiver.url)
    answer = await slack.command("ada", "#triage", "/label", "SYMPTOM cough & cold")
    body, headers = receiver.requests[-1]
    form = parse_qs(body.decode())
    assert answer.text == "by http"
    assert is_signed(slack, body, headers)
    assert not is_signed(slack, body + b"x", headers)
    assert (form["command"], form["text"]) == (["/label"], ["SYMPTOM cough &amp; cold"])


async def test_a_press_is_sent_as_json_in_a_form(slack: Playground, receiver: Receiver) -> None:
    await slack.use_http(receiver.url)
    me = slack.workspace.identity
    triage = slack.workspace.channel("triage").id
    card = slack.workspace.add(
        channel=triage, user=me.bot_user_id, text="card", blocks=CARD, bot_id=me.bot_id
    )
    await slack.click("ada", card, "Go")
    body, headers = receiver.requests[-1]
    payload = json.loads(parse_qs(body.decode())["payload"][0])
    assert is_signed(slack, body, headers)
    assert payload["actions"][0]["action_id"] == "go"
    assert payload["message"]["ts"] == payload["container"]["message_ts"] == card.ts


async def test_events_are_sent_as_json_with_retry_headers(
    slack: Playground, receiver: Receiver
) -> None:
    await slack.use_http(receiver.url)
    receiver.status = 503
    assert not await slack.event({"type": "app_uninstalled"})
    numbers = [headers.get("X-Slack-Retry-Num") for _, headers in receiver.requests[1:]]
    ids = {json.loads(body)["event_id"] for body, _ in receiver.requests[1:]}
    assert numbers == [None, "1", "2", "3"]
    assert len(ids) == 1


@pytest.mark.parametrize(
    ("status", "word"), [(404, "http_client_error"), (500, "http_service_error")]
)
async def test_an_app_that_answers_an_error_fails_the_command(
    slack: Playground, receiver: Receiver, status: int, word: str
) -> None:
    await slack.use_http(receiver.url)
    receiver.status = status
    answer = await slack.command("ada", "#triage", "/label")
    assert answer.text == f'/label failed with the error "{word}"'


async def test_an_address_that_does_not_answer_the_challenge_is_not_used(
    slack: Playground,
) -> None:
    with pytest.raises(DeliveryError):
        await slack.use_http("http://127.0.0.1:9/slack/events")
    assert slack.deliver_via == "socket"


async def test_a_submission_is_sent_by_http_and_its_errors_are_shown(
    slack: Playground, receiver: Receiver
) -> None:
    await slack.use_http(receiver.url)
    slack.views.open(
        slack.workspace.person("ada").id, kit.modal(kit.field("name", kit.text_input()))
    )
    receiver.body = {"response_action": "errors", "errors": {"name": "Taken."}}
    await slack.type_into("ada", "name", "typed")
    answer = await slack.submit("ada")
    body, headers = receiver.requests[-1]
    payload = json.loads(parse_qs(body.decode())["payload"][0])
    assert answer.errors == {"name": "Taken."}
    assert is_signed(slack, body, headers)
    assert payload["view"]["state"]["values"]["name"]["a"]["value"] == "typed"
