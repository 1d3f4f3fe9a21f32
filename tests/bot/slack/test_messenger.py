"""What happened outside people's requests, told in Slack, whatever Slack answers."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.project import Sentence
from bot.domain.runs import Run, RunReason, RunState
from bot.playground import Message, Playground
from bot.recognition.announcer import CorrectionAnnouncer
from bot.recognition.values import Correction, Learned
from bot.slack.messenger import EDIT_EVERY_SECONDS, SlackMessenger
from bot.training.announcer import RunAnnouncer
from ner_engine.results import Progress
from tests.support.opening import patient_timing
from tests.support.patience import patient


class Clock:
    """A clock that goes only when told."""

    def __init__(self) -> None:
        self.time = 1.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def slack(tmp_path: Path) -> AsyncIterator[Playground]:
    async with Playground.open(data=tmp_path, timing=patient_timing()) as opened:
        yield opened


@pytest.fixture
def messenger(slack: Playground, clock: Clock) -> SlackMessenger:
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    return SlackMessenger(client, clock=clock, patience=patient(8))


@pytest.fixture
def announcer(messenger: SlackMessenger) -> RunAnnouncer:
    return RunAnnouncer(messenger)


def running(slack: Playground, *, channel: str = "#triage") -> Run:
    return Run(
        id=5,
        project_id=1,
        number=2,
        state=RunState.RUNNING,
        reason=RunReason.COMMAND,
        preset="encoder",
        person=slack.workspace.person("ada").id,
        channel=slack.workspace.channel(channel).id,
        created_at=datetime(2026, 3, 28, tzinfo=UTC),
    )


def at(run: Run, done: float) -> Run:
    return replace(run, progress=Progress("training", done))


async def posted(announcer: RunAnnouncer, run: Run) -> Run:
    """The run with the message that was posted for it."""
    place = await announcer.show_run("T1", run)
    assert place is not None
    channel, message = place
    return replace(run, message_channel=channel, message=message)


def message_of(slack: Playground, run: Run) -> Message:
    assert run.message_channel is not None
    assert run.message is not None
    message = slack.workspace.find(run.message_channel, run.message)
    assert message is not None
    return message


def calls(slack: Playground, method: str) -> int:
    return sum(call.method == method for call in slack.calls)


# --- posting ----------------------------------------------------------------------------------------------------


async def test_a_run_is_posted_where_it_was_asked_for(
    slack: Playground, announcer: RunAnnouncer
) -> None:
    run = await posted(announcer, running(slack))
    assert run.message_channel == slack.workspace.channel("#triage").id
    assert "Training 2: running" in message_of(slack, run).shown


async def test_a_post_unfurls_nothing(slack: Playground, announcer: RunAnnouncer) -> None:
    await posted(announcer, running(slack))
    payload = slack.calls[-1].payload
    assert (payload["unfurl_links"], payload["unfurl_media"]) == (False, False)


async def test_where_nerbot_is_no_member_the_person_is_told_with_the_reason(
    slack: Playground, announcer: RunAnnouncer
) -> None:
    run = await posted(announcer, running(slack, channel="#random"))
    assert run.message_channel == slack.workspace.direct_message(run.person).id
    assert "not a member of the channel this training belongs to" in message_of(slack, run).shown


async def test_a_message_to_the_person_is_edited_there(
    slack: Playground, announcer: RunAnnouncer
) -> None:
    run = await posted(announcer, running(slack, channel="#random"))
    await announcer.show_run("T1", replace(run, state=RunState.CANCELLED))
    assert "Training 2: cancelled" in message_of(slack, run).shown


async def test_a_run_that_does_not_know_its_message_is_not_posted_twice(
    slack: Playground, announcer: RunAnnouncer, clock: Clock
) -> None:
    run = running(slack)
    first = await announcer.show_run("T1", run)
    clock.time += EDIT_EVERY_SECONDS
    assert await announcer.show_run("T1", at(run, 0.5)) == first
    assert calls(slack, "chat.postMessage") == 1


# --- editing ----------------------------------------------------------------------------------------------------


async def test_progress_is_shown_after_three_seconds(
    slack: Playground, announcer: RunAnnouncer, clock: Clock
) -> None:
    run = await posted(announcer, running(slack))
    clock.time += EDIT_EVERY_SECONDS
    await announcer.show_run("T1", at(run, 0.5))
    assert "50 %" in message_of(slack, run).shown


async def test_a_run_that_goes_on_is_edited_at_most_every_three_seconds(
    slack: Playground, announcer: RunAnnouncer, clock: Clock
) -> None:
    run = await posted(announcer, running(slack))
    for _ in range(18):
        clock.time += 0.5
        await announcer.show_run("T1", at(run, 0.5))
    assert calls(slack, "chat.update") == 9 / EDIT_EVERY_SECONDS


async def test_a_message_from_before_a_restart_is_edited_at_once(
    slack: Playground, announcer: RunAnnouncer, clock: Clock
) -> None:
    run = await posted(announcer, running(slack))
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    await RunAnnouncer(SlackMessenger(client, clock=clock, patience=patient(8))).show_run(
        "T1", at(run, 0.5)
    )
    assert "50 %" in message_of(slack, run).shown


@pytest.mark.parametrize("end", sorted(set(RunState) - {RunState.QUEUED, RunState.RUNNING}))
async def test_the_end_is_shown_at_once(
    slack: Playground, announcer: RunAnnouncer, end: RunState
) -> None:
    run = await posted(announcer, running(slack))
    await announcer.show_run("T1", replace(run, state=end, version=3))
    assert "Training 2: running" not in message_of(slack, run).shown


async def test_progress_that_comes_after_the_end_is_not_shown(
    slack: Playground, announcer: RunAnnouncer, clock: Clock
) -> None:
    run = await posted(announcer, running(slack))
    await announcer.show_run("T1", replace(run, state=RunState.CANCELLED))
    clock.time += EDIT_EVERY_SECONDS
    await announcer.show_run("T1", at(run, 0.9))
    assert "Training 2: cancelled" in message_of(slack, run).shown


async def test_an_end_waits_for_the_progress_that_is_on_its_way(slack: Playground) -> None:
    """Slack limits the rate of the progress's edit; the retry of it does not overwrite the end."""
    client = AsyncWebClient(
        token=slack.bot_token,
        base_url=slack.api_url,
        retry_handlers=[AsyncRateLimitErrorRetryHandler(max_retry_count=1)],
    )
    clock = Clock()
    announcer = RunAnnouncer(SlackMessenger(client, clock=clock, patience=patient(8)))
    run = await posted(announcer, running(slack))
    clock.time += EDIT_EVERY_SECONDS
    slack.fail_next("chat.update", headers={"Retry-After": "0"})
    progress = asyncio.create_task(announcer.show_run("T1", at(run, 0.9)))
    await slack.until(lambda: calls(slack, "chat.update") == 1)
    await announcer.show_run("T1", replace(run, state=RunState.CANCELLED))
    await progress
    assert "Training 2: cancelled" in message_of(slack, run).shown


# --- bad weather ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
async def test_a_slack_that_is_busy_or_broken_does_not_end_a_run(
    slack: Playground, announcer: RunAnnouncer, status: int
) -> None:
    slack.fail_next("chat.postMessage", status=status)
    assert await announcer.show_run("T1", running(slack)) is None


async def test_a_run_that_could_not_be_posted_is_posted_next_time(
    slack: Playground, announcer: RunAnnouncer
) -> None:
    slack.fail_next("chat.postMessage", status=503)
    await announcer.show_run("T1", running(slack))
    run = await posted(announcer, running(slack))
    assert "Training 2: running" in message_of(slack, run).shown


async def test_a_run_whose_message_was_deleted_goes_on_in_one_to_the_person(
    slack: Playground, announcer: RunAnnouncer, clock: Clock
) -> None:
    run = await posted(announcer, running(slack))
    slack.workspace.remove(message_of(slack, run))
    clock.time += EDIT_EVERY_SECONDS
    run = await posted(announcer, at(run, 0.5))
    assert run.message_channel == slack.workspace.direct_message(run.person).id
    assert "was deleted, so it is told here" in message_of(slack, run).shown
    clock.time += EDIT_EVERY_SECONDS
    assert await announcer.show_run("T1", replace(run, state=RunState.FAILED)) is None
    assert "Training 2: failed" in message_of(slack, run).shown
    assert calls(slack, "chat.postMessage") == 2


@pytest.mark.parametrize(
    ("error", "words"),
    [("is_archived", "was archived"), ("not_in_channel", "/invite @nerbot")],
)
async def test_a_run_whose_channel_is_lost_meanwhile_is_told_to_the_person(
    slack: Playground, announcer: RunAnnouncer, error: str, words: str
) -> None:
    run = await posted(announcer, running(slack))
    slack.fail_next("chat.update", error=error)
    run = await posted(announcer, replace(run, state=RunState.CANCELLED))
    assert words in message_of(slack, run).shown


async def test_a_run_that_can_be_told_nowhere_is_not_tried_again_and_again(
    slack: Playground, announcer: RunAnnouncer, clock: Clock
) -> None:
    run = replace(await posted(announcer, running(slack)), person="U0")
    slack.workspace.remove(message_of(slack, run))
    for _ in range(3):
        clock.time += EDIT_EVERY_SECONDS
        assert await announcer.show_run("T1", at(run, 0.5)) is None
    assert calls(slack, "chat.update") == 1


async def test_a_run_that_is_tried_again_goes_on_in_the_same_message(
    slack: Playground, announcer: RunAnnouncer
) -> None:
    first = await posted(announcer, running(slack))
    again = replace(first, id=6, number=3, reason=RunReason.RETRY, attempt=2)
    assert await announcer.show_run("T1", again) is None
    assert "attempt 2 of 3" in message_of(slack, first).shown
    assert calls(slack, "chat.postMessage") == 1


async def test_a_person_who_cannot_be_told_either_does_not_end_a_run(
    slack: Playground, announcer: RunAnnouncer
) -> None:
    run = replace(running(slack, channel="#random"), person="U0")
    assert await announcer.show_run("T1", run) is None


async def test_a_slack_that_is_not_there_does_not_end_a_run(slack: Playground) -> None:
    client = AsyncWebClient(token="xoxb-1", base_url="http://127.0.0.1:9/api/")
    assert (
        await RunAnnouncer(SlackMessenger(client, patience=patient(8))).show_run(
            "T1", running(slack)
        )
        is None
    )


async def test_a_failure_is_logged_with_slacks_word(
    slack: Playground, announcer: RunAnnouncer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "bot")
    slack.fail_next("chat.postMessage", error="ratelimited")
    await announcer.show_run("T1", running(slack))
    assert caplog.messages == ["could not show run 5: ratelimited"]


async def test_a_person_who_takes_no_messages_is_logged_and_left_alone(
    slack: Playground, messenger: SlackMessenger, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "bot")
    ada = slack.workspace.person("ada").id
    slack.fail_next("chat.postMessage", error="cannot_dm_bot")
    await CorrectionAnnouncer(messenger).tell_learned(
        "T1", Learned(1, 2, ada, (Correction(ada, Sentence(1, "x"), ()),))
    )
    assert caplog.messages == ["could not tell what model 2 of project 1 learned: cannot_dm_bot"]
    assert calls(slack, "chat.postMessage") == 1


ODD_ANSWERS = [
    pytest.param(web.Response(text="<html>", content_type="text/html"), id="a page"),
    pytest.param(
        web.Response(status=502, text="<html>", content_type="text/html"), id="a proxy's page"
    ),
    pytest.param(
        web.Response(text='{"ok": true, "ts', content_type="application/json"), id="half an answer"
    ),
    pytest.param(
        web.Response(body=b'{"ok": "\xff"}', content_type="application/json"), id="bad UTF-8"
    ),
    pytest.param(web.Response(text="ok"), id="plain text"),
    pytest.param(web.Response(), id="nothing"),
    pytest.param(web.json_response(["ok"]), id="a list"),
    pytest.param(web.json_response({"ok": True}), id="an answer without a timestamp"),
    pytest.param(web.json_response({"ok": False}), id="a refusal without a word"),
    pytest.param(
        web.json_response({"ok": False}, status=429, headers={"Retry-After": "1.5"}),
        id="a rate limit of a second and a half",
    ),
    pytest.param(
        web.json_response({"ok": False}, status=429), id="a rate limit that does not say how long"
    ),
]


@pytest.mark.parametrize("answer", ODD_ANSWERS)
async def test_an_odd_answer_does_not_end_a_run(slack: Playground, answer: web.Response) -> None:
    async def respond(_request: web.Request) -> web.Response:
        return web.Response(status=answer.status, body=answer.body, headers=answer.headers)

    site = web.Application()
    site.router.add_post("/api/{method}", respond)
    runner = web.AppRunner(site, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    client = AsyncWebClient(
        token="xoxb-1",
        base_url=f"http://127.0.0.1:{runner.addresses[0][1]}/api/",
        retry_handlers=[AsyncRateLimitErrorRetryHandler()],
    )
    try:
        assert (
            await RunAnnouncer(SlackMessenger(client, patience=patient(8))).show_run(
                "T1", running(slack)
            )
            is None
        )
    finally:
        await runner.cleanup()
