"""The door of HTTP mode, knocked at through a real socket."""

import asyncio
import hashlib
import hmac
import json
import logging
import random
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import Playground
from bot.slack.http_server import MAX_BODY, REMEMBER_SECONDS, Dispatch, HttpServer, Reply, to_bolt
from tests.support.opening import patient_timing
from tests.support.patience import patient

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
FORM = "application/x-www-form-urlencoded"
COMMAND = urlencode({"command": "/label", "team_id": "T1", "text": "SYMPTOM chest pain"}).encode()
MUTANTS = 2_000


class Clock:
    """A clock that goes only when told."""

    def __init__(self) -> None:
        self.time = 1_700_000_000.0

    def __call__(self) -> float:
        return self.time


class House:
    """What stands behind the door: notes who came in, and answers after `wait` seconds."""

    def __init__(self) -> None:
        self.guests: list[dict[str, Any]] = []
        self.wait = 0.0
        self.error: Exception | None = None

    async def dispatch(self, body: dict[str, Any], _headers: Mapping[str, str]) -> Reply:
        self.guests.append(body)
        await asyncio.sleep(self.wait)
        if self.error:
            raise self.error
        return Reply(200, f"guest {len(self.guests)}")


class Street:
    """The outside: sends requests to the door, signed as asked."""

    def __init__(self, host: str, port: int, clock: Callable[[], float], secret: str) -> None:
        self.host, self.port, self._clock, self._secret = host, port, clock, secret
        self.url = f"http://{host}:{port}/slack/events"

    def headers(
        self, body: bytes, *, content_type: str = FORM, timestamp: str | None = None, **more: str
    ) -> dict[str, str]:
        stamp = timestamp or str(int(self._clock()))
        return {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": sign(body, stamp, self._secret),
            **more,
        }

    async def send(self, body: bytes, **how: Any) -> tuple[int, str]:
        """Send a signed request; the status and text of the answer."""
        return await self.post(body, self.headers(body, **how))

    async def post(self, data: Any, headers: Mapping[str, str]) -> tuple[int, str]:
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.url, data=data, headers=headers) as answer,
        ):
            return answer.status, await answer.text()

    async def write(self, request: bytes, *, hang_up: bool = False) -> int | None:
        """Write raw bytes; the status of the answer, None where there is none."""
        reader, writer = await asyncio.open_connection(self.host, self.port)
        try:
            writer.write(request)
            if hang_up:
                writer.write_eof()
            line = await reader.readline()
        except ConnectionError:
            return None
        finally:
            writer.close()
        return int(line.split()[1]) if line else None


def sign(body: bytes, timestamp: str, secret: str = SECRET) -> str:
    return "v0=" + digest(body, timestamp.encode(), secret)


def digest(body: bytes, timestamp: bytes, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), b"v0:" + timestamp + b":" + body, hashlib.sha256).hexdigest()


@asynccontextmanager
async def listening(
    dispatch: Dispatch, clock: Callable[[], float], *, secret: str = SECRET
) -> AsyncIterator[Street]:
    door = HttpServer(dispatch, signing_secret=secret, clock=clock, read_within=patient(5))
    site = web.Application(client_max_size=0)
    site.add_routes(door.routes())
    runner = web.AppRunner(site, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    try:
        yield Street(host, port, clock, secret)
    finally:
        await runner.cleanup()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
async def street(house: House, clock: Clock) -> AsyncIterator[Street]:
    async with listening(house.dispatch, clock) as open_street:
        yield open_street


# --- signatures -------------------------------------------------------------------------------------------------


async def test_a_signed_command_comes_in_with_its_fields(street: Street, house: House) -> None:
    assert await street.send(COMMAND) == (200, "guest 1")
    assert house.guests == [{"command": "/label", "team_id": "T1", "text": "SYMPTOM chest pain"}]


async def test_a_signed_press_comes_in_as_its_payload(street: Street, house: House) -> None:
    pressed = {"type": "block_actions", "actions": [{"action_id": "label.next"}]}
    await street.send(urlencode({"payload": json.dumps(pressed)}).encode())
    assert house.guests == [pressed]


async def test_a_signed_event_comes_in_as_its_object(street: Street, house: House) -> None:
    await street.send(b'{"type": "event_callback"}', content_type="application/json; charset=utf-8")
    assert house.guests == [{"type": "event_callback"}]


@pytest.mark.parametrize(
    "wrong",
    [
        {"X-Slack-Signature": ""},
        {"X-Slack-Signature": "v0=" + "0" * 64},
        {"X-Slack-Signature": "v0=" + "0" * 63},
        {"X-Slack-Signature": "v1=" + "0" * 64},
        {"X-Slack-Signature": "v0=" + "é" * 64},
        {"X-Slack-Signature": "v0=" + "٣" * 64},
        {"X-Slack-Request-Timestamp": ""},
        {"X-Slack-Request-Timestamp": "١٢٣"},
        {"X-Slack-Request-Timestamp": "-1700000000"},
        {"X-Slack-Request-Timestamp": "17000000001700000000"},
        {"X-Slack-Request-Timestamp": "1.7e9"},
        {"X-Slack-Request-Timestamp": "nan"},
        {"X-Slack-Request-Timestamp": "1699999999"},
    ],
    ids=str,
)
async def test_a_request_that_is_not_signed_is_turned_away(
    street: Street, house: House, wrong: dict[str, str]
) -> None:
    assert await street.post(COMMAND, street.headers(COMMAND) | wrong) == (401, "not signed")
    assert house.guests == []


async def test_a_signature_of_another_secret_is_turned_away(street: Street, house: House) -> None:
    stamp = "1700000000"
    forged = {"X-Slack-Signature": sign(COMMAND, stamp, "another secret")}
    assert (await street.post(COMMAND, street.headers(COMMAND) | forged))[0] == 401
    assert house.guests == []


@pytest.mark.parametrize("age", [-301, 301])
async def test_a_signature_of_another_time_is_turned_away(street: Street, age: int) -> None:
    assert (await street.send(COMMAND, timestamp=str(1_700_000_000 - age)))[0] == 401


@pytest.mark.parametrize("age", [-300, 300])
async def test_a_clock_may_be_five_minutes_off(street: Street, age: int) -> None:
    assert (await street.send(COMMAND, timestamp=str(1_700_000_000 - age)))[0] == 200


# --- form and size ----------------------------------------------------------------------------------------------

MALFORMED = [
    pytest.param(b"text=\xff\xfe", FORM, id="bad UTF-8"),
    pytest.param(b'{"a": "\xff"}', "application/json", id="bad UTF-8 in JSON"),
    pytest.param(b"", FORM, id="nothing"),
    pytest.param(b"", "application/json", id="no JSON"),
    pytest.param(b"{}", "application/json", id="an empty object"),
    pytest.param(b"[1, 2]", "application/json", id="a JSON array"),
    pytest.param(b'"text"', "application/json", id="a JSON text"),
    pytest.param(b"NaN", "application/json", id="NaN"),
    pytest.param(b'{"a": 1', "application/json", id="half a JSON object"),
    pytest.param(b"[" * 60_000, "application/json", id="deep JSON"),
    pytest.param(b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "application/json", id="deep objects"),
    pytest.param(b'{"a": ' + b"9" * 60_000 + b"}", "application/json", id="a huge number"),
    pytest.param(b"no form", FORM, id="no form"),
    pytest.param(b"a=1&&b", FORM, id="half a form"),
    pytest.param(b"a=1&" * 200 + b"a=1", FORM, id="too many fields"),
    pytest.param(b"payload=", FORM, id="an empty payload"),
    pytest.param(b"payload=%5B1%5D", FORM, id="a payload that is an array"),
    pytest.param(b"payload=%7B%7D&payload=%5B", FORM, id="a second payload"),
    pytest.param(b"payload=" + b"%5B" * 20_000, FORM, id="a deep payload"),
    pytest.param(b'{"type": "event_callback"}', FORM, id="JSON that is called a form"),
    pytest.param(COMMAND, "application/json", id="a form that is called JSON"),
    pytest.param(b'payload={"type":"block_actions","actions":[]}', FORM, id="a press of nothing"),
    pytest.param(b'payload={"type":"block_actions"}', FORM, id="a press without what was pressed"),
    pytest.param(b'payload={"type":"block_actions","actions":[1]}', FORM, id="a press of a number"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "content_type"), MALFORMED)
async def test_what_is_signed_but_malformed_is_a_bad_request(
    street: Street, house: House, body: bytes, content_type: str
) -> None:
    assert await street.send(body, content_type=content_type) == (400, "malformed")
    assert house.guests == []


@pytest.mark.parametrize(("body", "content_type"), MALFORMED)
async def test_what_is_malformed_and_unsigned_is_unsigned(
    street: Street, body: bytes, content_type: str
) -> None:
    forged = {"X-Slack-Signature": "v0=" + "0" * 64}
    headers = street.headers(body, content_type=content_type) | forged
    assert (await street.post(body, headers))[0] == 401


async def test_a_body_of_64_kib_comes_in(street: Street) -> None:
    assert (await street.send(COMMAND.ljust(MAX_BODY, b"x")))[0] == 200


async def test_a_body_of_one_byte_more_does_not(street: Street, house: House) -> None:
    assert await street.send(COMMAND.ljust(MAX_BODY + 1, b"x")) == (413, "too large")
    assert house.guests == []


async def test_a_large_body_in_chunks_does_not_come_in_either(street: Street, house: House) -> None:
    body = COMMAND.ljust(MAX_BODY + 1, b"x")

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 999):
            yield body[start : start + 999]

    assert (await street.post(chunks(), street.headers(body)))[0] == 413
    assert house.guests == []


def raw(headers: Mapping[str, str], body: bytes) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST /slack/events HTTP/1.1\r\nHost: x\r\n{lines}\r\n".encode() + body


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"Content-Length": "8", "Content-Encoding": "gzip"}, b"no gzip."),
        ({"Content-Length": "8", "Content-Encoding": "deflate"}, b"no flate"),
        ({"Content-Length": "8", "Content-Encoding": "br"}, b"no brotl"),
        ({"Transfer-Encoding": "chunked"}, b"zz\r\nabc\r\n"),
        ({"Content-Length": "many"}, b""),
        ({"Content-Length": "-1"}, b""),
    ],
    ids=str,
)
async def test_a_body_that_cannot_be_read_is_a_bad_request(
    street: Street, headers: dict[str, str], body: bytes
) -> None:
    assert await street.write(raw(headers, body)) == 400


# --- once each --------------------------------------------------------------------------------------------------


async def test_a_second_copy_gets_the_first_ones_answer(street: Street, house: House) -> None:
    first, second = await street.send(COMMAND), await street.send(COMMAND)
    assert first == second == (200, "guest 1")
    assert len(house.guests) == 1


async def test_copies_at_the_same_time_come_in_once(street: Street, house: House) -> None:
    house.wait = 0.05
    answers = await asyncio.gather(*(street.send(COMMAND) for _ in range(10)))
    assert set(answers) == {(200, "guest 1")}
    assert len(house.guests) == 1


async def test_a_copy_of_a_failure_gets_the_same_words(street: Street, house: House) -> None:
    house.error = RuntimeError("the roof is leaking")
    answers = {await street.send(COMMAND), await street.send(COMMAND)}
    assert answers == {(200, "Something went wrong inside nerbot. Please try again.")}
    assert len(house.guests) == 1


async def test_the_same_words_again_are_another_request(
    street: Street, house: House, clock: Clock
) -> None:
    await street.send(COMMAND)
    clock.time += 1
    assert await street.send(COMMAND) == (200, "guest 2")


async def test_a_copy_is_known_for_as_long_as_its_signature_holds(
    street: Street, house: House, clock: Clock
) -> None:
    stamp = str(int(clock.time) + 300)
    await street.send(COMMAND, timestamp=stamp)
    clock.time += REMEMBER_SECONDS
    assert await street.send(COMMAND, timestamp=stamp) == (200, "guest 1")
    clock.time += 1
    assert (await street.send(COMMAND, timestamp=stamp))[0] == 401


# --- logs -------------------------------------------------------------------------------------------------------


async def test_no_body_is_logged(
    street: Street, house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    canary = b"text=canary"
    house.error = RuntimeError("the roof is leaking")
    await street.send(canary)
    await street.post(canary, {})
    await street.send(canary.ljust(MAX_BODY + 1, b"x"))
    await street.send(canary + b"\xff")
    await street.send(b'{"text": "canary"', content_type="application/json")
    assert "refused a request" in caplog.text
    assert "canary" not in caplog.text


async def test_a_refusal_is_logged_with_its_reason_and_a_hash(
    street: Street, caplog: pytest.LogCaptureFixture
) -> None:
    await street.post(COMMAND, {})
    short = hashlib.sha256(COMMAND).hexdigest()[:12]
    assert caplog.messages == [f"refused a request: not signed (sha256 {short})"]


# --- mutants ----------------------------------------------------------------------------------------------------

SEEDS = [
    (COMMAND, FORM),
    (urlencode({"payload": json.dumps({"type": "block_actions", "actions": [{"value": "1"}]})}).encode(), FORM),
    (b'{"type": "event_callback", "event_id": "Ev1", "event": {"type": "x"}}', "application/json"),
]  # fmt: skip
SALT = [
    b"\x00",
    b"\xff",
    b"\r\n",
    b"\xd9\xa3",
    b"[" * 50,
    b"{",
    b"}",
    b"%",
    b"&",
    b"=",
    b"-1",
    b"v0=",
    b"9" * 30,
    b"\xed\xa0\xbd",
]


def mutated(chance: random.Random, data: bytes) -> bytes:
    """The bytes with one to three small accidents."""
    for _ in range(chance.randint(1, 3)):
        at, end = sorted((chance.randint(0, len(data)), chance.randint(0, len(data))))
        match chance.randrange(5):
            case 0:
                data = data[:at] + chance.choice(SALT) + data[at:]
            case 1:
                data = data[:at] + data[end:]
            case 2:
                data = data[:end] + data[at:]
            case 3 if data:
                spot = chance.randrange(len(data))
                data = (
                    data[:spot] + bytes([data[spot] ^ 1 << chance.randrange(8)]) + data[spot + 1 :]
                )
            case _:
                data = data[:at] + chance.choice(SALT) + data[end:]
    return data


def mutant(chance: random.Random, clock: Clock) -> tuple[bytes, bool]:
    """A request with accidents in its headers or its body, and whether its signature still fits."""
    body, content_type = chance.choice(SEEDS)
    stamp = str(int(clock.time)).encode()
    signature = sign(body, stamp.decode()).encode()
    parts = [content_type.encode(), stamp, sign(body, stamp.decode()).encode(), body]
    for _ in range(chance.randint(1, 2)):
        part = chance.randrange(4)
        parts[part] = mutated(chance, parts[part])
    kind, stamp, signature, body = parts
    expected = b"v0=" + digest(body, stamp.strip()).encode()
    if chance.random() < 0.3:
        signature = expected  # malformed, but signed
    lines = [
        b"POST /slack/events HTTP/1.1",
        b"Host: x",
        b"Content-Type: " + kind,
        b"X-Slack-Request-Timestamp: " + stamp,
        b"X-Slack-Signature: " + signature,
        b"Content-Length: %d" % len(body),
    ]
    return b"\r\n".join([*lines, b"", body]), signature.strip() == expected


async def test_no_mutant_of_a_request_breaks_the_door_or_slips_through(
    street: Street, house: House, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    statuses: set[int | None] = set()
    for number in range(MUTANTS):
        request, fits = mutant(chance, clock)
        guests = len(house.guests)
        status = await street.write(request, hang_up=number % 20 == 0)
        statuses.add(status)
        assert status is None or status < 500, (seed, number, request)
        assert fits or len(house.guests) == guests, (seed, number, request)
    assert {200, 400, 401} <= statuses


# --- with Bolt --------------------------------------------------------------------------------------------------


class Office:
    """A real Bolt app behind the door, installed in a Slack simulator."""

    def __init__(self, slack: Playground) -> None:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        self.app = AsyncApp(client=client, signing_secret="of no use: the door has checked")
        self.texts: list[str] = []
        self.app.command("/label")(self.label)

    async def label(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        self.texts.append(body["text"])
        await ack(text="Saved.")


Installed = tuple[Playground, Office, Street]


@pytest.fixture
async def installed(tmp_path: Path) -> AsyncIterator[Installed]:
    async with Playground.open(data=tmp_path, timing=patient_timing()) as slack:
        office = Office(slack)
        dispatch, secret = to_bolt(office.app), slack.signing_secret
        async with listening(dispatch, slack.timing.now, secret=secret) as street:
            await slack.use_http(street.url)
            yield slack, office, street


async def test_slack_is_shown_that_the_address_is_ours(installed: Installed) -> None:
    """use_http asks for url_verification, and refuses an address that does not answer it."""
    slack, _, _ = installed
    assert slack.deliver_via == "http"


async def test_a_check_of_the_certificate_is_answered(installed: Installed) -> None:
    _, _, street = installed
    assert (await street.send(b"ssl_check=1&token=deprecated"))[0] == 200


async def test_a_command_comes_through_to_its_listener(installed: Installed) -> None:
    slack, office, _ = installed
    answer = await slack.command("ada", "#triage", "/label", "SYMPTOM cough & cold")
    assert (answer.text, office.texts) == ("Saved.", ["SYMPTOM cough &amp; cold"])


async def test_a_command_may_speak_of_a_payload(installed: Installed) -> None:
    """Bolt's own reading of a form takes any form with this word for a press of a button."""
    slack, office, _ = installed
    answer = await slack.command("ada", "#triage", "/label", "THING payload")
    assert (answer.text, office.texts) == ("Saved.", ["THING payload"])


async def test_a_request_nobody_listens_to_is_no_error_of_the_server(installed: Installed) -> None:
    _, _, street = installed
    assert (await street.send(b"command=%2Fnobody&team_id=T1"))[0] == 404
