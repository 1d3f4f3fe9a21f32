"""Notifications arrive in order, signed, at least once, over restarts and outages of the receiver."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from standardwebhooks.webhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from bot.db.database import Database, Store
from bot.db.records.runs import Runs
from bot.db.served import EVERY_WORKSPACE
from bot.domain.project import Sentence
from bot.domain.runs import Model, RunState
from bot.erasure.repositories.erasures import Erasures
from bot.labelling.repositories.steps import Steps
from bot.models.repositories.models import Models
from bot.webhooks.repository import A_ROUND, Webhooks, WebhooksToServe
from bot.webhooks.sender import WebhookSender, made_test
from bot.webhooks.signing import new_secret, signed
from bot.webhooks.values import SENT, NotificationKind, Webhook
from ner_engine.annotation import Span
from tests.db.conftest import ANN, BEN, HERE, Clock, add, annotate, claim
from tests.support.patience import patient

TEXT = "Chest pain since Monday."
PAIN = Span(0, 10, "SYMPTOM")


@dataclass
class Receiver:
    """A real HTTP server that notes what it gets."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    """What it answers next; then 200."""
    got: list[tuple[dict[str, str], str]] = field(default_factory=list)
    held: int = -1
    """The one of these it does not answer."""
    holds: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: web.Request) -> web.Response:
        body = await request.text()
        if len(self.got) == self.held:
            self.holds.set()
            await asyncio.sleep(3600)
        status = self.answers.pop(0) if self.answers else 200
        if status == 200:
            self.got.append((dict(request.headers), body))
        headers = {"Location": "http://127.0.0.1:9/"} if status == 302 else {}
        return web.Response(status=status, headers=headers)

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.got]

    @property
    def kinds(self) -> list[str]:
        return [body["type"] for body in self.bodies]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    site = web.Application()
    site.router.add_post("/hook", receiver.take)
    async with TestServer(site, host="127.0.0.1") as server:
        receiver.url = str(server.make_url("/hook"))
        yield receiver


@dataclass
class Sending:
    """A sender that is driven by hand, and whom it told that a receiver is paused."""

    sender: WebhookSender
    paused: list[tuple[int, str]] = field(default_factory=list)


@asynccontextmanager
async def sending(store: Store, database: Database, clock: Clock) -> AsyncIterator[Sending]:
    async def tell(hook: Webhook, error: str) -> None:
        told.paused.append((hook.id, error))

    receivers = WebhooksToServe(database, EVERY_WORKSPACE, clock)
    sender = WebhookSender(store, receivers, tell, clock=clock)
    told = Sending(sender)
    try:
        yield told
    finally:
        await sender.close()


async def hook(store: Store, project_id: int, url: str, *kinds: NotificationKind) -> Webhook:
    async with store.writing(HERE) as tx:
        return await Webhooks(tx).add(
            project_id, url, frozenset(kinds or SENT), secret=new_secret(), person=ANN
        )


async def finished(store: Store, project_id: int, *texts: str) -> list[Sentence]:
    async with store.writing(HERE) as tx:
        made = await add(tx, project_id, *texts)
        for each in made:
            await annotate(tx, project_id, each, PAIN)
        return made


async def state(store: Store, number: int) -> Webhook:
    async with store.reading(HERE) as tx:
        found = await Webhooks(tx).get(number)
    assert found is not None
    return found


async def test_a_finished_sentence_is_sent_with_its_entities_and_a_signature_that_holds(
    store: Store, database: Database, project_id: int, receiver: Receiver, clock: Clock
) -> None:
    clock.now = datetime.now(UTC)
    made = await hook(store, project_id, receiver.url)
    [sentence] = await finished(store, project_id, TEXT)
    async with sending(store, database, clock) as told:
        await told.sender.look()
    [(headers, body)] = receiver.got
    sent = Verifier(made.secret).verify(body, headers)
    assert sent["type"] == "annotation.finished"
    assert sent["data"]["sentence"] == {"id": sentence.id, "text": TEXT}
    assert sent["data"]["annotator"] == ANN
    entity = {"start": 0, "end": 10, "label": "SYMPTOM", "text": "Chest pain"}
    assert sent["data"]["entities"] == [entity]
    assert headers["webhook-id"] == sent["id"]
    with pytest.raises(WebhookVerificationError):
        Verifier(new_secret()).verify(body, headers)


async def test_what_happened_before_it_was_added_is_not_sent_unless_replayed(
    store: Store, database: Database, project_id: int, receiver: Receiver, clock: Clock
) -> None:
    await finished(store, project_id, TEXT)
    made = await hook(store, project_id, receiver.url)
    async with sending(store, database, clock) as told:
        await told.sender.look()
        assert receiver.got == []
        async with store.writing(HERE) as tx:
            await Webhooks(tx).change(made.id, event_position=0)
        await told.sender.look()
        await told.sender.look()
    assert receiver.kinds == ["annotation.finished"]


async def test_each_is_sent_once_in_order_though_the_receiver_fails_in_between(
    store: Store, database: Database, project_id: int, receiver: Receiver, clock: Clock
) -> None:
    made = await hook(store, project_id, receiver.url)
    texts = [f"Chest pain, case {number}." for number in range(120)]
    await finished(store, project_id, *texts)
    receiver.answers += [200, 500, 200, 302, 404, *[200] * 70, 429]
    async with sending(store, database, clock) as told:
        for _ in range(12):
            await told.sender.look()
            clock.move(hours=2)
    assert [body["data"]["sentence"]["text"] for body in receiver.bodies] == texts
    after = await state(store, made.id)
    assert (after.attempts, after.error, after.failing_since) == (0, None, None)


async def test_who_has_more_to_get_than_a_round_does_not_wait_for_the_next_look(
    store: Store, database: Database, project_id: int, receiver: Receiver, clock: Clock
) -> None:
    await hook(store, project_id, receiver.url)
    await finished(store, project_id, *(f"Pain, case {n}." for n in range(2 * A_ROUND + 5)))
    sender = WebhookSender(
        store,
        WebhooksToServe(database, EVERY_WORKSPACE, clock),
        _tell_nobody,
        clock=clock,
        looked_every=3600,
    )
    async with sender, asyncio.timeout(patient(30)):
        while len(receiver.got) < 2 * A_ROUND + 5:  # noqa: ASYNC110 - receivers do not call
            await asyncio.sleep(0.01)


async def _tell_nobody(hook: Webhook, error: str) -> None:
    raise AssertionError(error)


async def test_a_receiver_that_fails_is_tried_again_later_and_not_at_every_look(
    store: Store, database: Database, project_id: int, receiver: Receiver, clock: Clock
) -> None:
    made = await hook(store, project_id, receiver.url)
    await finished(store, project_id, TEXT)
    receiver.answers += [500]
    async with sending(store, database, clock) as told:
        await told.sender.look()
        await told.sender.look()
        assert receiver.got == []
        assert (await state(store, made.id)).error == "HTTP 500"
        clock.move(seconds=7)
        await told.sender.look()
    assert receiver.kinds == ["annotation.finished"]


async def test_after_a_day_of_failing_it_is_paused_told_once_and_goes_on_where_it_was(
    store: Store, database: Database, project_id: int, receiver: Receiver, clock: Clock
) -> None:
    made = await hook(store, project_id, receiver.url)
    await finished(store, project_id, TEXT)
    receiver.answers += [500] * 60
    async with sending(store, database, clock) as told:
        for _ in range(40):
            await told.sender.look()
            clock.move(hours=1.5)
        assert told.paused == [(made.id, "HTTP 500")]
        receiver.answers.clear()
        await told.sender.look()
        assert receiver.got == []
        async with store.writing(HERE) as tx:
            await Webhooks(tx).change(made.id, paused_at=None, due_at=clock())
        await told.sender.look()
    assert receiver.kinds == ["annotation.finished"]


async def test_a_receiver_that_is_gone_is_paused_at_once(
    store: Store, database: Database, project_id: int, receiver: Receiver, clock: Clock
) -> None:
    made = await hook(store, project_id, receiver.url)
    await finished(store, project_id, TEXT)
    receiver.answers += [410]
    async with sending(store, database, clock) as told:
        await told.sender.look()
        assert told.paused == [(made.id, "HTTP 410")]


async def test_a_stop_notes_what_was_taken_so_that_the_next_start_goes_on_behind_it(
    store: Store, database: Database, project_id: int, receiver: Receiver, clock: Clock
) -> None:
    await hook(store, project_id, receiver.url)
    texts = [f"Chest pain, case {number}." for number in range(5)]
    await finished(store, project_id, *texts)
    receiver.held = 3
    async with sending(store, database, clock) as told:
        looking = asyncio.create_task(told.sender.look())
        await asyncio.wait_for(receiver.holds.wait(), patient(10))
        looking.cancel()
        await asyncio.wait([looking])
    receiver.held = -1
    async with sending(store, database, clock) as told:
        await told.sender.look()
    assert [body["data"]["sentence"]["text"] for body in receiver.bodies] == texts


async def test_two_processes_send_each_notification_once(
    store: Store, database: Database, project_id: int, receiver: Receiver, clock: Clock
) -> None:
    await hook(store, project_id, receiver.url)
    await finished(store, project_id, *(f"Chest pain {number}." for number in range(20)))
    async with (
        sending(store, database, clock) as one,
        sending(store, database, clock) as two,
    ):
        await one.sender.look()
        await two.sender.look()
    assert len(receiver.got) == 20


async def test_a_step_undone_says_that_the_sentence_is_open_again(
    store: Store, database: Database, project_id: int, receiver: Receiver, clock: Clock
) -> None:
    await hook(store, project_id, receiver.url)
    [sentence] = await finished(store, project_id, TEXT)
    async with store.writing(HERE) as tx:
        step = await Steps(tx).last_step(project_id, ANN)
        assert step is not None
        await Steps(tx).undo(project_id, step, request="undo")
    async with sending(store, database, clock) as told:
        await told.sender.look()
    assert receiver.kinds == ["annotation.finished", "annotation.reopened"]
    assert {body["data"]["sentence"]["id"] for body in receiver.bodies} == {sentence.id}


async def test_trainings_and_models_are_told_and_only_what_was_asked_for(
    store: Store, database: Database, project_id: int, receiver: Receiver, clock: Clock
) -> None:
    await hook(store, project_id, receiver.url, NotificationKind.TRAINING_ENDED)
    await finished(store, project_id, TEXT)
    async with store.writing(HERE) as tx:
        run = await claim(tx, project_id)
        assert run is not None
        await Runs(tx).end(run.id, RunState.FAILED, failure="The disk is full.")
    async with sending(store, database, clock) as told:
        await told.sender.look()
    [body] = receiver.bodies
    assert body["type"] == "training.ended"
    assert body["data"]["state"] == "failed"
    assert body["data"]["failure"] == "The disk is full."


async def test_what_was_forgotten_before_it_was_sent_is_never_sent(
    store: Store, database: Database, project_id: int, receiver: Receiver, clock: Clock
) -> None:
    await hook(store, project_id, receiver.url)
    [gone, left] = await finished(store, project_id, TEXT, "Chest pain again.")
    async with store.writing(HERE) as tx:
        await Erasures(tx).sentences(project_id, (gone.id,))
    async with sending(store, database, clock) as told:
        await told.sender.look()
    assert [body["data"]["sentence"]["id"] for body in receiver.bodies] == [left.id]


async def test_for_a_day_after_a_change_the_old_secret_is_valid_too(clock: Clock) -> None:
    clock.now = datetime.now(UTC)
    old, new = new_secret(), new_secret()
    made = Webhook(
        1, HERE, 1, "https://example.com", frozenset(SENT), new, BEN, 0, 0, clock(), clock(),
        secret_before=old, rotated_at=clock(),
    )  # fmt: skip
    body, headers = signed(made, made_test(made, clock()), clock())
    for secret in (old, new):
        assert Verifier(secret).verify(body, headers)["type"] == "test"
    body, headers = signed(made, made_test(made, clock()), clock() + timedelta(days=1))
    assert len(headers["webhook-signature"].split()) == 1


async def test_a_model_that_goes_live_is_told(
    store: Store, database: Database, project_id: int, receiver: Receiver, clock: Clock
) -> None:
    await hook(store, project_id, receiver.url)
    async with store.writing(HERE) as tx:
        run = await claim(tx, project_id)
        assert run is not None
        await Models(tx).add(Model(project_id, 1, ("SYMPTOM",), clock()), run_id=run.id)
        assert await Models(tx).set_live(project_id, 1, expected=None, person=ANN)
    async with sending(store, database, clock) as told:
        await told.sender.look()
    assert receiver.bodies[-1]["data"]["model"] == 1
    assert receiver.kinds[-1] == "model.live"
