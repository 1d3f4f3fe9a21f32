"""Questions while the live model is swapped: who asks is answered by one version whole, and never by none."""

import asyncio
import itertools
import re
from collections import Counter
from dataclasses import dataclass, field

from bot.playground import Answer, Playground
from tests.support.patience import patient

#: Model 2 finds days, of which model 1 has never heard. (A label that got another name would not tell them apart: the
#: answers of older models bear the new name, too.)
FOUND = {1: frozenset({"SYMPTOM", "DRUG"}), 2: frozenset({"SYMPTOM", "DRUG", "DAY"})}
QUESTION = "A patient with chest pain takes aspirin on Monday."
LATER = "the answer is posted here"
_VERSION = re.compile(r"model (\d+)")


@dataclass
class Swapped:
    """What came of it."""

    swaps: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    late: int = 0
    """Answers that came after the ack: slower than 2 s."""
    times: list[float] = field(default_factory=list)


async def teach_two_models(slack: Playground, gold: tuple[str, ...]) -> None:
    """Train a model, give a label another name, and train again."""
    for line in gold:
        await slack.command("ada", "#triage", *line.split(" ", 1))
    await train(slack, 1)
    await teach_the_second(slack)


async def teach_the_second(slack: Playground) -> None:
    """Label days, too, and train again."""
    for symptom in ("chest pain", "fever", "a cough", "nausea"):
        for day in ("Monday", "Friday", "Sunday"):
            text = f"A patient with {{{symptom}=SYMPTOM}} takes {{aspirin=DRUG}} on {{{day}=DAY}}."
            await slack.command("ada", "#triage", "/label", text)
    await train(slack, 2)


async def train(slack: Playground, version: int) -> None:
    """Train, and see to it that the model is there."""
    await slack.command("ada", "#triage", "/train", "")
    done = f"done, model {version}"
    await slack.until(
        lambda: any(done in m.text for m in slack.messages("#triage")), timeout=patient(100)
    )


async def swap_and_ask(slack: Playground, *, swaps: int, asked_a_second: float) -> Swapped:
    """Move the live pointer to and fro as fast as it goes, and ask at a steady rate until that is done."""
    told = Swapped()
    for version in FOUND:
        await slack.command("ada", "#triage", "/nerbot", f"models live {version}")
        await slack.until(lambda: not loading(slack), timeout=patient(30))
    over = asyncio.Event()

    async def swap() -> None:
        for version in itertools.islice(itertools.cycle((1, 2)), swaps):
            answer = await slack.command("ada", "#triage", "/nerbot", f"models live {version}")
            told.swaps += f"Model {version} is live now" in answer.text
            await asyncio.sleep(0.01)
        over.set()

    async def ask() -> None:
        answer = await slack.command("grace", "#triage", "/ner", QUESTION)
        told.times.append(answer.elapsed_ms)
        _judge(answer, told)

    swapping = asyncio.create_task(swap())
    asking = []
    while not over.is_set():
        asking.append(asyncio.create_task(ask()))
        await asyncio.sleep(1 / asked_a_second)
    await asyncio.gather(swapping, *asking)
    return told


def loading(slack: Playground) -> bool:
    """Whether the newest answer is still to come."""
    return LATER in slack.messages("#triage", viewer="ada")[-1].shown


def _judge(answer: Answer, told: Swapped) -> None:
    if LATER in answer.text:
        told.late += 1
        return
    found = _VERSION.search(answer.text)
    if answer.error is not None or found is None:
        told.wrong.append(answer.error or answer.text)
        return
    version = int(found[1])
    told.answers[f"model {version}"] += 1
    if {label for label in FOUND[2] if label in answer.text} != FOUND[version]:
        told.wrong.append(answer.text)
