"""Whatever numbers an outsider guesses, in whatever order, no word of a closed project reaches them."""

import asyncio
import contextlib
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.playground import Playground
from bot.slack import action_ids as ids
from tests.bot.invariants import unhurried
from tests.bot.projects.conftest import Ward, closed_project
from tests.bot.projects.people import rows_of, shown_to, with_button
from tests.bot.projects.permissions import BUTTONS, COMMANDS, SECRETS
from tests.support.opening import patient_timing

Step = tuple[str, str | tuple[str, str]]
"""Where, and what is typed or which button is pressed with which value."""

OUTSIDER = "grace"
EXAMPLES = 20
NUMBERS = st.integers(0, 12)
TYPED = (
    *(line for line in COMMANDS if not any(secret in line for secret in SECRETS)),
    "/label everywhere",
    "/label PAIN femur everywhere",
    "/label PAIN was found everywhere",
    "/nerbot project use default",
)
commands = st.one_of(
    st.sampled_from(TYPED),
    st.builds("/nerbot models compare {} {}".format, NUMBERS, NUMBERS),
    st.builds("/nerbot models live {}".format, NUMBERS),
)
values = st.one_of(
    NUMBERS.map(str), st.builds("{}:{}".format, NUMBERS, st.integers(0, 3)), st.just("made-up:0")
)
GUESSED = [(action, value) for action, (value, _) in BUTTONS.items()]
"""With the very numbers of the closed project, which are put in when they are pressed."""
ANSWERED = [action for action in BUTTONS if action != ids.FLAG_WHY]
"""A value that is not a number is not answered by [Say why]."""
presses = st.one_of(st.sampled_from(GUESSED), st.tuples(st.sampled_from(ANSWERED), values))
places = st.sampled_from(["#triage", "dm"])
operations = st.lists(st.tuples(places, st.one_of(commands, presses)), min_size=5, max_size=25)


async def tried(ward: Ward, steps: list[Step]) -> None:
    """Grace, an owner who is not in the project's channel, does all that; she reads nothing of it."""
    slack = ward.team.slack
    before = rows_of(ward.data, ward.project)
    heard: list[str] = []
    for place, step in steps:
        if isinstance(step, str):
            heard.append((await ward.team.types(step, person=OUTSIDER, channel=place)).text)
            continue
        action, value = step[0], step[1].format(**ward.numbers)
        seen = len(shown_to(slack, OUTSIDER))
        message = slack.say(OUTSIDER, place, "hello")
        await slack.click(OUTSIDER, with_button(message, action, value), action)
        heard.append(await ward.reads(OUTSIDER, seen))
    heard += shown_to(slack, OUTSIDER)
    assert [text for text in heard for secret in SECRETS if secret in text] == []
    assert rows_of(ward.data, ward.project) == before


def test_no_guess_brings_a_word_of_a_closed_project(tmp_path: Path) -> None:
    """One bot for all examples: whatever the earlier ones did, the closed project is as it was."""
    with asyncio.Runner() as runner:
        opened = contextlib.AsyncExitStack()
        ward = runner.run(in_a_ward(opened, tmp_path))

        @settings(unhurried, max_examples=EXAMPLES)
        @given(operations)
        def check(steps: list[Step]) -> None:
            runner.run(tried(ward, steps))

        try:
            check()
        finally:
            runner.run(opened.aclose())


async def in_a_ward(opened: contextlib.AsyncExitStack, folder: Path) -> Ward:
    timing = patient_timing()
    slack = await opened.enter_async_context(Playground.open(data=folder / "slack", timing=timing))
    ward = await opened.enter_async_context(closed_project(slack, folder / "data"))
    await ward.team.types("/nerbot roles owner @grace")
    await ward.team.types("/label none in: A sentence of everybody.", person=OUTSIDER)
    return ward
