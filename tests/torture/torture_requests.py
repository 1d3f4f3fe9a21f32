"""REQUESTS with accidents in them, signed and not, through real sockets at the bot in HTTP mode."""

import asyncio
import json
import random
import re
import sqlite3
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import psutil
import pytest

from bot.playground import Playground
from tests.bot.slack.test_http_server import FORM, digest, mutated, sign
from tests.support.bot_process import bot_process
from tests.support.opening import patient_timing
from tests.support.patience import patient
from tests.torture.options import SEED, bound, number, tell

REQUESTS = number("REQUESTS", 1_000_000)
AT_ONCE = 32
SETTLED_SECONDS = 700
"""Answers are remembered for ten minutes: after that, memory is flat."""
SIGNED, FORGED = b"signed", b"forged"
"""A word in each text, by which what is stored is known."""
_FAILED = ("a signed request failed", "a request failed", "Unhandled")


def bodies(team: str, user: str, channel: str, serial: int) -> list[tuple[bytes, str]]:
    """Requests as Slack makes them, by a person who is there."""
    who = {"team_id": team, "user_id": user, "channel_id": channel, "trigger_id": f"{serial}.1"}
    line = {**who, "command": "/label", "text": f"SYMPTOM cough in: A forged cough {serial}."}
    press = {
        "type": "block_actions",
        "team": {"id": team},
        "user": {"id": user, "team_id": team},
        "channel": {"id": channel},
        "trigger_id": f"{serial}.2",
        "response_url": "",
        "container": {"type": "message", "message_ts": "1.1", "channel_id": channel},
        "actions": [{"action_id": "label_finish", "block_id": "b", "type": "button", "value": "1"}],
    }
    event = {
        "type": "event_callback",
        "team_id": team,
        "event_id": f"Ev{serial}",
        "event": {"type": "app_home_opened", "user": user, "tab": "home", "channel": channel},
    }
    return [
        (urlencode(line).encode(), FORM),
        (
            urlencode({**line, "command": "/ner", "text": f"A forged cough {serial}."}).encode(),
            FORM,
        ),
        (urlencode({"payload": json.dumps(press)}).encode(), FORM),
        (json.dumps(event).encode(), "application/json"),
    ]


@dataclass
class Attack:
    """What is sent, and what came back."""

    port: int
    secret: str
    place: tuple[str, str, str]
    chance: random.Random
    statuses: Counter[int | None] = field(default_factory=Counter)
    fitting: int = 0
    sent: int = 0

    def request(self) -> bytes:
        """One with accidents; where its signature fits, its text says so."""
        body, kind = self.chance.choice(bodies(*self.place, self.sent))
        stamp = str(int(time.time())).encode()
        parts = [kind.encode(), stamp, sign(body, stamp.decode(), self.secret).encode(), body]
        for _ in range(self.chance.randint(1, 2)):
            part = self.chance.randrange(4)
            parts[part] = mutated(self.chance, parts[part])
        kind_of_it, stamp, signature, body = parts
        fits = signature.strip() == b"v0=" + digest(body, stamp.strip(), self.secret).encode()
        if fits or self.chance.random() < 0.3:
            self.fitting += 1
            body = body.replace(FORGED, SIGNED)
            signature = b"v0=" + digest(body, stamp.strip(), self.secret).encode()
        head = (
            b"POST /slack/events HTTP/1.1",
            b"Host: x",
            b"Content-Type: " + kind_of_it,
            b"X-Slack-Request-Timestamp: " + stamp,
            b"X-Slack-Signature: " + signature,
            b"Content-Length: %d" % len(body),
        )
        return b"\r\n".join([*head, b"", body])

    async def send(self, request: bytes, *, hang_up: bool = False) -> int | None:
        """The status; None where the connection was closed without one."""
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            try:
                writer.write(request)
                if hang_up:
                    writer.write_eof()
                async with asyncio.timeout(patient(30)):
                    line = await reader.readline()
            finally:
                writer.close()
        except ConnectionError:
            return None
        return int(line.split()[1]) if line else None

    async def go_on(self, until: int) -> None:
        """Send them one after the other."""
        while self.sent < until:
            self.sent += 1
            request = self.request()
            # An accident with the length leaves the server waiting for more, until it hangs up or we do.
            status = await self.send(request, hang_up=self.chance.random() < 0.05)
            self.statuses[status] += 1
            assert status is None or status < 500, (SEED, self.sent, request)


def _breaches(file: Path, fitting: int) -> list[str]:
    """What no signed request can have stored."""
    with closing(sqlite3.connect(file, timeout=60)) as database:
        forged = database.execute("SELECT text FROM sentence WHERE text GLOB '*forged*'").fetchall()
        (receipts,) = database.execute("SELECT count(*) FROM receipt").fetchone()
    found = [text for (text,) in forged]
    return [*found, f"{receipts} answers kept for {fitting}"] if receipts > fitting + 2 else found


@pytest.mark.timeout(0)
async def test_no_request_breaks_the_door_or_slips_through(tmp_path: Path) -> None:
    """REQUESTS of them, the seed printed."""
    tell(f"\n{REQUESTS:,} requests with the seed {SEED}")
    data, log = tmp_path / "data", tmp_path / "log"
    async with Playground.open(data=tmp_path / "slack", timing=patient_timing()) as slack:
        environment = {
            "SLACK_API_URL": slack.api_url,
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_SIGNING_SECRET": slack.signing_secret,
            "NERBOT_PORT": "0",
            "NERBOT_LOG_LEVEL": "ERROR",
        }
        async with bot_process(data, environment, log=log, patience=1) as bot:
            address = re.search(r"http://127.0.0.1:(\d+)", "\n".join(bot.said))
            assert address, bot.said
            await slack.use_http(f"{address[0]}/slack/events")
            ada, triage = slack.workspace.person("ada").id, slack.workspace.channel("#triage").id
            place = (slack.workspace.identity.team_id, ada, triage)
            attack = Attack(int(address[1]), slack.signing_secret, place, random.Random(SEED))
            process, started, settled = psutil.Process(bot.pid), time.monotonic(), 0
            while attack.sent < REQUESTS:
                until = min(REQUESTS, attack.sent + 2_000)
                await asyncio.gather(*(attack.go_on(until) for _ in range(AT_ONCE)))
                answer = await slack.command("ada", "#triage", "/label", "help")
                assert "/label SYMPTOM" in answer.text, answer
                assert not _breaches(data / "nerbot.db", attack.fitting)
                megabytes = process.memory_info().rss >> 20
                if not settled and time.monotonic() - started > SETTLED_SECONDS:
                    settled = megabytes
                assert not settled or megabytes < settled + 64, (settled, megabytes)
                if attack.sent % 20_000 < AT_ONCE or attack.sent >= REQUESTS:
                    tell(f"{attack.sent:,} sent, {dict(attack.statuses)}, {megabytes} MiB")
        lines = log.read_text(errors="replace").splitlines()
        assert not [line for line in lines if any(words in line for words in _FAILED)]
        tracebacks = sum(line.startswith("Traceback") for line in lines)
    seconds = time.monotonic() - started
    tell(
        f"{attack.sent:,} requests, {attack.fitting:,} of them signed; {seconds:.0f} s; "
        f"tracebacks in the log: {tracebacks:,}"
    )
    tell(f"requests: {bound(attack.sent)}")
