"""How many files one has to read to follow what people type: the files that are entered to answer it.

    python -m benchmarks.hops

The bot and the Slack simulator are in this process. A file of `bot/` (without the simulator) or `ner_engine/` counts
once one of its functions is called between the arrival of a request at Bolt and its ack, by the request's own tasks or
by a thread; the engine's processes do not count. Each line is typed twice first, so that nothing is imported or put
into a cache later, and then nine times: what fewer than half of them enter (a chore in a thread, a rare clearing away)
is left out. `aim` is issue 10's.
"""

import asyncio
import sys
import tempfile
import textwrap
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from types import FrameType

from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.app import open_bot
from bot.playground import Answer, Playground
from bot.settings import Settings

HOUSE = Path(__file__).parent.parent
ROOMS = ("bot/", "ner_engine/")
SIMULATOR = "bot/playground/"
SENTENCES = tuple(f"Patient {number} has chest pain and a cough." for number in range(20))
GOLD = (
    *(
        f"/label A patient with {{{symptom}=SYMPTOM}} takes {{{drug}=DRUG}}."
        for symptom in ("chest pain", "fever", "a cough", "nausea")
        for drug in ("aspirin", "codeine", "insulin")
    ),
    "/label none in: No complaints today.",
)
"""Enough for a first training: /ner is asked where a model is live."""
LABEL = "/label SYMPTOM chest pain"
TYPED = (LABEL, "/label", "/nerbot labels", "/train status", "/ner She came in with chest pain.")
UNDONE = {LABEL: "/label undo"}
"""What is typed after a line, so that it can be typed again."""
BEFORE = dict(zip(TYPED, (35, 43, 28, 28, 34), strict=True))
"""The counts at commit cdf5e53, where the folders were layers; a count by another rule had 36 for the first."""
AIMS = {LABEL: 26}
WARM_UP, COUNTED = 2, 9

_handling: ContextVar[bool] = ContextVar("handling", default=False)


class Hops:
    """Notes the files whose functions are called, in the order of the first call."""

    def __init__(self) -> None:
        self._entered: dict[str, None] = {}
        self._open = False
        self._loop_thread = threading.get_ident()

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Look at every call in this thread and in threads that begin from now on."""
        threading.setprofile(self._look)
        sys.setprofile(self._look)
        try:
            yield
        finally:
            sys.setprofile(None)
            threading.setprofile(None)

    def follow(self, app: AsyncApp) -> None:
        """Count what the app's requests enter, until they are answered."""
        dispatch = app.async_dispatch

        async def followed(req: AsyncBoltRequest) -> BoltResponse:
            token, self._open = _handling.set(True), True
            try:
                return await dispatch(req)
            finally:
                self._open = False
                _handling.reset(token)

        app.async_dispatch = followed  # type: ignore[method-assign]

    def take(self) -> list[str]:
        """The files entered since this was last asked, as paths in the repository."""
        entered, self._entered = self._entered, {}
        paths = [Path(name) for name in entered]
        inside = [str(path.relative_to(HOUSE)) for path in paths if path.is_relative_to(HOUSE)]
        return [
            path for path in inside if path.startswith(ROOMS) and not path.startswith(SIMULATOR)
        ]

    def _look(self, frame: FrameType, event: str, _argument: object) -> None:
        if event != "call" or not self._open:
            return
        # A thread knows nothing of tasks; whatever it does in the meantime counts.
        if threading.get_ident() != self._loop_thread or _handling.get():
            self._entered.setdefault(frame.f_code.co_filename)


def main() -> None:
    """Type each line and print what it entered."""
    hops = Hops()
    with tempfile.TemporaryDirectory() as folder, hops.watching():
        entered = asyncio.run(_run(Path(folder), hops))
    _print(entered)


async def _run(folder: Path, hops: Hops) -> dict[str, list[str]]:
    async with (
        Playground.open(data=folder / "slack") as slack,
        open_bot(_settings(slack, folder / "data"), samples=SENTENCES) as bot,
    ):
        hops.follow(bot.app)
        for line in (*GOLD, "/train"):
            await _type(slack, line)
        await slack.until(lambda: _is_live(slack), timeout=120)
        await _type(slack, "/label")
        return {line: await _entered(slack, hops, line) for line in TYPED}


async def _entered(slack: Playground, hops: Hops, line: str) -> list[str]:
    """The files that most of several times enter, in the order in which they are met first."""
    times: list[list[str]] = []
    for _ in range(WARM_UP + COUNTED):
        hops.take()
        await _type(slack, line)
        times.append(hops.take())
        if line in UNDONE:
            await _type(slack, UNDONE[line])
    often = Counter(file for files in times[WARM_UP:] for file in files)
    return [file for file, count in often.items() if count > COUNTED / 2]


async def _type(slack: Playground, line: str) -> Answer:
    command, _, rest = line.partition(" ")
    answer = await slack.command("ada", "#triage", command, rest)
    assert answer.error is None, answer
    return answer


def _is_live(slack: Playground) -> bool:
    return any("is live" in message.text for message in slack.messages("#triage"))


def _settings(slack: Playground, data: Path) -> Settings:
    tokens = {"bot_token": SecretStr(slack.bot_token), "app_token": SecretStr(slack.app_token)}
    return Settings().model_copy(update={"api_url": slack.api_url, "data": data, **tokens})


def _print(entered: dict[str, list[str]]) -> None:
    print("| typed | files entered | before, at cdf5e53 | aim |")
    print("|---|---|---|---|")
    for line, files in entered.items():
        print(f"| `{line}` | {len(files)} | {BEFORE.get(line, '')} | {AIMS.get(line, '')} |")
    for line, files in entered.items():
        print(f"\n`{line}`, in this order:\n")
        print(textwrap.fill(", ".join(files), 116, break_on_hyphens=False))


if __name__ == "__main__":
    main()
