"""What nerbot says in Slack without being asked, whatever Slack answers: nothing waits, and nothing is lost."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession, ClientTimeout
from slack_sdk.web.async_client import AsyncWebClient

from bot.db.database import Store
from bot.db.records.outbox import Outgoing
from bot.db.records.outbox_delivery import OutboxDelivery
from bot.db.records.runs import Runs
from bot.db.served import EVERY_WORKSPACE
from bot.domain.project import Sentence
from bot.domain.runs import NewRun, Run, RunReason, RunState
from bot.playground import Message, Playground
from bot.projects.repositories.projects import Projects
from bot.recognition.announcer import CorrectionAnnouncer
from bot.recognition.values import Correction, Learned
from bot.slack.messenger import EDIT_EVERY_SECONDS
from bot.slack.outbox import TRIES, OutboxSender
from bot.slack.telling.messages import SlackMessenger
from bot.training.announcer import RunAnnouncer
from bot.training.commands import Whereabouts
from ner_engine.results import Progress
from tests.bot.slack.faults import FAULTS
from tests.support.clients import one_client
from tests.support.opening import open_database, patient_timing, tables_in
from tests.support.patience import patient

HERE = "T1"


class Clock:
    """A clock that goes only when told."""

    def __init__(self) -> None:
        self.now = datetime(2031, 5, 4, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Bot:
    """The part of a bot that says things, with a clock of its own."""

    slack: Playground
    store: Store
    delivery: OutboxDelivery
    sender: OutboxSender
    messenger: SlackMessenger
    announcer: RunAnnouncer
    clock: Clock

    async def idle(self) -> None:
        """Wait until nothing is due."""
        self.sender.wake()
        async with asyncio.timeout(patient(5)):
            while True:
                due = await self.delivery.next_due()
                if not self.sender.at_work and (due is None or due > self.clock.now):
                    return
                await asyncio.sleep(0.01)

    async def wait(self, **time: float) -> None:
        """Let time pass, and deliver what is due then."""
        self.clock.now += timedelta(**time)
        await self.idle()

    async def shows(self, run: Run) -> None:
        """Tell of the run, and deliver it."""
        await self.announcer.show_run(HERE, run)
        await self.idle()

    async def kept(self, key: str = "run 1") -> Outgoing:
        """The message as the outbox knows it."""
        found = await self.delivery.place_of(HERE, key)
        assert found is not None
        return found

    async def message(self, key: str = "run 1") -> Message:
        """The message as Slack has it."""
        place = (await self.kept(key)).place
        assert place is not None
        found = self.slack.workspace.find(*place)
        assert found is not None
        return found

    def calls(self, method: str) -> int:
        return sum(call.method == method for call in self.slack.calls)


@asynccontextmanager
async def open_sender(
    slack: Playground, folder: Path, clock: Clock, *, url: str = "", call_within: float = 5
) -> AsyncIterator[Bot]:
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(tables_in(folder)))
        session = await stack.enter_async_context(
            ClientSession(timeout=ClientTimeout(total=call_within))
        )
        client = AsyncWebClient(
            token=slack.bot_token, base_url=url or slack.api_url, session=session, retry_handlers=[]
        )
        store, delivery = Store(database, clock), OutboxDelivery(database, EVERY_WORKSPACE, clock)
        sender = OutboxSender(delivery, one_client(client), clock=clock, call_within=call_within)
        messenger = SlackMessenger(store, sender, one_client(client))
        announcer = RunAnnouncer(store, messenger, sender)
        await stack.enter_async_context(sender)
        yield Bot(slack, store, delivery, sender, messenger, announcer, clock)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def slack(tmp_path: Path) -> AsyncIterator[Playground]:
    async with Playground.open(data=tmp_path / "slack", timing=patient_timing()) as opened:
        yield opened


@pytest.fixture
async def bot(slack: Playground, tmp_path: Path, clock: Clock) -> AsyncIterator[Bot]:
    async with open_sender(slack, tmp_path, clock, call_within=patient(2)) as opened:
        yield opened


async def running(bot: Bot, *, channel: str = "#triage", person: str | None = None) -> Run:
    """A run that goes on, as row 1."""
    async with bot.store.writing(HERE) as tx:
        project = await Projects(tx).ensure_default()
        who = person or bot.slack.workspace.person("ada").id
        where = bot.slack.workspace.channel(channel).id
        new = NewRun(project.id, RunReason.COMMAND, "encoder", who, where)
        run = await Runs(tx).claim(new, owner="one", lease=timedelta(minutes=5))
    assert run is not None
    return replace(run, state=RunState.RUNNING)


def at(run: Run, done: float) -> Run:
    return replace(run, progress=Progress("training", done))


# --- posting ----------------------------------------------------------------------------------------------------


async def test_a_run_is_posted_where_it_was_asked_for(bot: Bot) -> None:
    await bot.shows(await running(bot))
    message = await bot.message()
    assert message.channel == bot.slack.workspace.channel("#triage").id
    assert "Training 1: running" in message.shown


async def test_a_post_unfurls_nothing(bot: Bot) -> None:
    await bot.shows(await running(bot))
    payload = bot.slack.calls[-1].payload
    assert (payload["unfurl_links"], payload["unfurl_media"]) == (False, False)


async def test_the_run_knows_where_its_message_is(bot: Bot) -> None:
    await bot.shows(await running(bot))
    async with bot.store.reading(HERE) as tx:
        run = await Runs(tx).get(1)
    assert run is not None
    assert (run.message_channel, run.message) == (await bot.kept()).place


async def test_where_nerbot_is_no_member_the_person_is_told_with_the_reason(bot: Bot) -> None:
    run = await running(bot, channel="#random")
    await bot.shows(run)
    message = await bot.message()
    assert message.channel == bot.slack.workspace.direct_message(run.person).id
    assert "not a member of the channel this training belongs to" in message.shown


async def test_a_message_to_the_person_is_edited_there(bot: Bot) -> None:
    run = await running(bot, channel="#random")
    await bot.shows(run)
    await bot.shows(replace(run, state=RunState.CANCELLED))
    assert "Training 1: cancelled" in (await bot.message()).shown
    assert bot.calls("chat.postMessage") == 2  # the refused one, and the one to the person


async def test_what_is_said_once_is_not_said_twice(bot: Bot) -> None:
    ada = bot.slack.workspace.person("ada").id
    learned = Learned(1, 2, ada, (Correction(ada, Sentence(1, "x"), ()),))
    for _ in range(2):
        await CorrectionAnnouncer(bot.messenger).tell_learned(HERE, learned)
        await bot.idle()
    assert (bot.calls("chat.postMessage"), bot.calls("chat.update")) == (1, 0)


# --- editing ----------------------------------------------------------------------------------------------------


async def test_a_run_that_goes_on_is_edited_at_most_every_three_seconds(bot: Bot) -> None:
    run = await running(bot)
    await bot.shows(run)
    for step in range(18):
        await bot.shows(at(run, step / 20))
        await bot.wait(seconds=0.5)
    assert bot.calls("chat.update") == 9 / EDIT_EVERY_SECONDS


async def test_the_newest_state_alone_is_shown(bot: Bot) -> None:
    run = await running(bot)
    await bot.shows(run)
    for done in (0.1, 0.2, 0.3):
        await bot.announcer.show_run(HERE, at(run, done))
    await bot.wait(seconds=EDIT_EVERY_SECONDS)
    assert "30 %" in (await bot.message()).shown
    assert bot.calls("chat.update") == 1


@pytest.mark.parametrize("end", sorted(set(RunState) - {RunState.QUEUED, RunState.RUNNING}))
async def test_the_end_is_shown_at_once(bot: Bot, end: RunState) -> None:
    run = await running(bot)
    await bot.shows(run)
    await bot.shows(replace(run, state=end, version=3))
    assert "Training 1: running" not in (await bot.message()).shown


async def test_progress_that_comes_after_the_end_is_not_shown(bot: Bot) -> None:
    run = await running(bot)
    await bot.shows(run)
    await bot.shows(replace(run, state=RunState.CANCELLED))
    await bot.shows(at(run, 0.9))
    await bot.wait(seconds=EDIT_EVERY_SECONDS)
    assert "Training 1: cancelled" in (await bot.message()).shown


async def test_an_end_can_be_told_again(bot: Bot) -> None:
    """Of a model that is live no more, the message of its training says so."""
    run = await running(bot)
    await bot.shows(replace(run, state=RunState.CANCELLED))
    await bot.shows(replace(run, state=RunState.FAILED, failure="Later."))
    assert "Later." in (await bot.message()).shown


async def test_a_run_that_is_tried_again_goes_on_in_the_same_message(bot: Bot) -> None:
    first = replace(await running(bot), state=RunState.INTERRUPTED)
    await bot.shows(first)
    async with bot.store.writing(HERE) as tx:
        await Runs(tx).end(1, RunState.INTERRUPTED)
        retry, person, channel = RunReason.RETRY, first.person, first.channel
        new = NewRun(1, retry, "encoder", person, channel, attempt=2, retry_of=1)
        again = await Runs(tx).claim(new, owner="one", lease=timedelta(minutes=5))
    assert again is not None
    await bot.shows(again)
    await bot.wait(seconds=EDIT_EVERY_SECONDS)
    assert "attempt 2 of 3" in (await bot.message()).shown
    assert bot.calls("chat.postMessage") == 1


# --- a Slack that is slow, or down ------------------------------------------------------------------------------


async def test_telling_takes_no_time_while_slack_takes_its_time(bot: Bot) -> None:
    """A training never waits for Slack: what it tells is kept, and its newest state told when Slack is back."""
    run = await running(bot)
    bot.slack.fail_next("*", headers={"Retry-After": "30"})
    await bot.shows(run)
    for done in (0.2, 0.4, 0.6):
        await bot.announcer.show_run(HERE, at(run, done))
    await bot.wait(seconds=20)
    assert bot.calls("chat.postMessage") == 1  # asked to wait, it is not asked again before
    await bot.wait(seconds=11)
    assert "60 %" in (await bot.message()).shown


@pytest.mark.parametrize("fault", FAULTS)
async def test_what_meets_a_fault_that_passes_arrives_later(
    slack: Playground, tmp_path: Path, clock: Clock, fault: str
) -> None:
    hurried = 0.3 if fault == "no answer" else patient(2)
    async with open_sender(slack, tmp_path, clock, call_within=hurried) as bot:
        run = await running(bot)
        slack.fail_next("chat.postMessage", **FAULTS[fault])
        await bot.shows(run)
        await bot.wait(minutes=1)
        slack.fail_next("chat.update", **FAULTS[fault])
        await bot.shows(replace(run, state=RunState.CANCELLED))
        assert "Training 1: running" in (await bot.message()).shown
        await bot.wait(minutes=1)
        assert "Training 1: cancelled" in (await bot.message()).shown


async def test_an_end_that_does_not_arrive_is_tried_six_times_over_hours(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "bot")
    bot.slack.fail_next("chat.postMessage", status=502, times=50)
    await bot.shows(replace(await running(bot), state=RunState.CANCELLED))
    for _ in range(30):
        await bot.wait(minutes=20)
    assert bot.calls("chat.postMessage") == TRIES
    assert (await bot.kept()).dead_at is not None
    assert caplog.messages == ["run 1 is given up after 6 tries: http_502"]


async def test_what_was_given_up_can_be_tried_again(bot: Bot) -> None:
    bot.slack.fail_next("chat.postMessage", status=502, times=TRIES)
    await bot.shows(replace(await running(bot), state=RunState.CANCELLED))
    for _ in range(30):
        await bot.wait(minutes=20)
    assert await bot.delivery.try_again() == 1
    await bot.idle()
    assert "Training 1: cancelled" in (await bot.message()).shown


async def test_what_was_kept_before_a_stop_arrives_after_the_next_start(
    slack: Playground, tmp_path: Path, clock: Clock
) -> None:
    async with open_sender(slack, tmp_path, clock, url="http://127.0.0.1:9/api/") as bot:
        await bot.shows(replace(await running(bot), state=RunState.CANCELLED))
    async with open_sender(slack, tmp_path, clock, call_within=patient(2)) as bot:
        await bot.wait(minutes=2)
        assert "Training 1: cancelled" in (await bot.message()).shown


async def test_two_processes_say_everything_once(
    slack: Playground, tmp_path: Path, clock: Clock
) -> None:
    async with (
        open_sender(slack, tmp_path, clock, call_within=patient(2)) as one,
        open_sender(slack, tmp_path, clock, call_within=patient(2)) as two,
    ):
        ada = slack.workspace.person("ada").id
        for number in range(20):
            learned = Learned(1, number, ada, (Correction(ada, Sentence(1, "x"), ()),))
            await CorrectionAnnouncer(one.messenger).tell_learned(HERE, learned)
            two.sender.wake()
        await one.idle()
        await two.idle()
        assert one.calls("chat.postMessage") == 20


# --- a Slack that refuses ---------------------------------------------------------------------------------------


async def test_a_run_whose_message_was_deleted_goes_on_in_one_to_the_person(bot: Bot) -> None:
    run = await running(bot)
    await bot.shows(run)
    bot.slack.workspace.remove(await bot.message())
    await bot.wait(seconds=EDIT_EVERY_SECONDS)
    await bot.shows(at(run, 0.5))
    message = await bot.message()
    assert message.channel == bot.slack.workspace.direct_message(run.person).id
    assert "was deleted, so I'm posting this here instead" in message.shown
    await bot.shows(replace(run, state=RunState.CANCELLED))
    assert "Training 1: cancelled" in (await bot.message()).shown
    assert bot.calls("chat.postMessage") == 2


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("is_archived", "was archived"),
        ("not_in_channel", "/invite @nerbot"),
        ("edit_window_closed", "can no longer be edited"),
        ("restricted_action_read_only_channel", "(restricted_action_read_only_channel)"),
    ],
)
async def test_a_run_that_slack_takes_no_longer_is_told_to_the_person_once(
    bot: Bot, caplog: pytest.LogCaptureFixture, error: str, words: str
) -> None:
    caplog.set_level(logging.WARNING, "bot")
    run = await running(bot)
    await bot.shows(run)
    bot.slack.fail_next("chat.update", error=error)
    for step in range(5):
        await bot.wait(seconds=EDIT_EVERY_SECONDS)
        await bot.shows(at(run, step / 10))
    assert words in (await bot.message()).shown
    assert bot.calls("chat.postMessage") == 2
    assert caplog.messages == [f"Slack refuses run 1 for good: {error}"]


async def test_a_word_of_slacks_that_is_not_known_is_a_refusal_after_its_tries(bot: Bot) -> None:
    run = await running(bot)
    bot.slack.fail_next("chat.postMessage", error="moon_is_full", times=TRIES)
    await bot.shows(replace(run, state=RunState.CANCELLED))
    for _ in range(30):
        await bot.wait(minutes=20)
    message = await bot.message()
    assert message.channel == bot.slack.workspace.direct_message(run.person).id
    assert "(moon_is_full)" in message.shown


async def test_what_can_be_told_nowhere_is_not_tried_again_and_again(bot: Bot) -> None:
    run = await running(bot, channel="#random", person="U0")
    for step in range(5):
        await bot.shows(at(run, step / 10))
        await bot.wait(seconds=EDIT_EVERY_SECONDS)
    assert bot.calls("chat.postMessage") == 2
    assert (await bot.kept()).dead_at is not None


async def test_a_token_that_is_refused_makes_no_direct_messages(bot: Bot) -> None:
    bot.slack.fail_next("*", error="token_revoked", times=5)
    await bot.shows(replace(await running(bot), state=RunState.CANCELLED))
    assert bot.calls("chat.postMessage") == 1


async def test_where_a_run_is_told_is_known_a_moment_after_its_begin(bot: Bot) -> None:
    run = await running(bot, channel="#random")
    await bot.announcer.show_run(HERE, run)
    where = await bot.announcer.whereabouts(HERE, run, within=patient(2))
    assert where is Whereabouts.PERSON


async def test_where_slack_is_slow_nothing_is_promised(bot: Bot) -> None:
    bot.slack.fail_next("*", status=503)
    run = await running(bot)
    await bot.shows(run)
    assert await bot.announcer.whereabouts(HERE, run, within=0.05) is Whereabouts.LATER


async def test_where_neither_channel_nor_person_can_be_told_that_is_said(bot: Bot) -> None:
    """/train promises no message that cannot be posted."""
    run = await running(bot, channel="#random", person="U0")
    await bot.announcer.show_run(HERE, run)
    where = await bot.announcer.whereabouts(HERE, run, within=patient(2))
    assert where is Whereabouts.NOWHERE


async def test_where_a_run_is_told_is_known_at_once_later_on(bot: Bot) -> None:
    """A message that was posted before anybody asks settles nothing any more: what is kept is looked at."""
    run = await running(bot)
    await bot.shows(run)
    async with asyncio.timeout(patient(5)):
        where = await bot.announcer.whereabouts(HERE, run, within=1_000)
    assert where is Whereabouts.CHANNEL
