"""The outbox as its sender and whoever runs nerbot use it, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.db.database import Database, Store
from bot.db.records.outbox import Outbox, OutboxMessage
from bot.db.records.outbox_delivery import CLAIM, KEPT, KEPT_DEAD, OutboxDelivery
from bot.db.served import EVERY_WORKSPACE
from tests.db.conftest import HERE, Clock


@pytest.fixture
def delivery(database: Database, clock: Clock) -> OutboxDelivery:
    return OutboxDelivery(database, EVERY_WORKSPACE, clock)


async def put(store: Store, *keys: str, person: str | None = None) -> None:
    async with store.writing(HERE) as tx:
        for key in keys:
            await Outbox(tx).put(OutboxMessage(key, "C1", {"text": key}, person=person))


async def test_a_message_is_claimed_by_one_for_a_minute(
    store: Store, delivery: OutboxDelivery, clock: Clock
) -> None:
    await put(store, "one", "two")
    assert [each.key for each in await delivery.claim(limit=1)] == ["one"]
    assert [each.key for each in await delivery.claim(limit=9)] == ["two"]
    assert await delivery.claim(limit=9) == ()
    clock.now += CLAIM
    assert len(await delivery.claim(limit=9)) == 2


async def test_what_is_due_first_is_listed_behind_what_was_given_up(
    store: Store, delivery: OutboxDelivery, clock: Clock
) -> None:
    await put(store, "one", "two", "three")
    [_, two, three] = await delivery.claim(limit=3)
    await delivery.delivered(three, place=("C1", "1.1"))
    await delivery.failed(two, error="http_502", due_at=clock.now, gives_up=True)
    assert [each.key for each in await delivery.waiting(limit=9)] == ["two", "one"]


@pytest.mark.parametrize("chosen", [True, False])
async def test_what_was_given_up_is_tried_again(
    store: Store, delivery: OutboxDelivery, clock: Clock, chosen: bool
) -> None:
    await put(store, "one", "two")
    rows = await delivery.claim(limit=2)
    for row in rows:
        await delivery.failed(row, error="http_502", due_at=clock.now, gives_up=True)
    assert await delivery.try_again([rows[0].id] if chosen else None) == (1 if chosen else 2)
    assert len(await delivery.claim(limit=9)) == (1 if chosen else 2)


async def test_what_went_to_the_person_keeps_its_reason(
    store: Store, delivery: OutboxDelivery
) -> None:
    await put(store, "one", person="U1")
    [row] = await delivery.claim(limit=1)
    await delivery.moved(row, to="U1", refused="is_archived")
    [moved] = await delivery.claim(limit=1)
    await delivery.refused(moved, error="user_not_found")
    await delivery.try_again()
    [again] = await delivery.claim(limit=1)
    assert (again.channel, again.refused) == ("U1", "user_not_found")


async def test_only_what_no_place_takes_is_withdrawn(
    store: Store, delivery: OutboxDelivery
) -> None:
    await put(store, "one")
    await delivery.withdraw(HERE, "one")
    [row] = await delivery.claim(limit=1)
    await delivery.refused(row, error="messages_tab_disabled")
    await delivery.withdraw("another", "one")
    assert await delivery.place_of(HERE, "one") is not None
    await delivery.withdraw(HERE, "one")
    assert await delivery.place_of(HERE, "one") is None


@pytest.mark.parametrize("dead", [True, False])
async def test_what_was_delivered_or_given_up_long_ago_is_forgotten(
    store: Store, delivery: OutboxDelivery, clock: Clock, dead: bool
) -> None:
    await put(store, "one")
    [row] = await delivery.claim(limit=1)
    if dead:
        await delivery.refused(row, error="is_archived")
    else:
        await delivery.delivered(row, place=("C1", "1.1"))
    clock.now += KEPT_DEAD if dead else KEPT
    await delivery.prune()
    assert await delivery.place_of(HERE, "one") is not None
    clock.now += timedelta(seconds=1)
    await delivery.prune()
    assert await delivery.place_of(HERE, "one") is None


async def test_a_newer_state_outlives_the_failure_of_an_older_one(
    store: Store, delivery: OutboxDelivery, clock: Clock
) -> None:
    async with store.writing(HERE) as tx:
        await Outbox(tx).put(OutboxMessage("run 1", "C1", {"text": "0 %"}, final=False))
    [older] = await delivery.claim(limit=1)
    async with store.writing(HERE) as tx:
        await Outbox(tx).put(OutboxMessage("run 1", "C1", {"text": "done"}))
    await delivery.failed(
        replace(older, attempts=5), error="http_502", due_at=clock.now, gives_up=True
    )
    [newer] = await delivery.claim(limit=1)
    assert (newer.message["text"], newer.dead_at) == ("done", None)


@pytest.mark.parametrize("final", [True, False])
async def test_what_was_delivered_is_kept_without_its_text(
    store: Store, delivery: OutboxDelivery, final: bool
) -> None:
    """A message that goes on needs its text where it has to be posted again; one that is over does not."""
    async with store.writing(HERE) as tx:
        await Outbox(tx).put(OutboxMessage("run 1", "C1", {"text": "Saved."}, final=final))
    [row] = await delivery.claim(limit=1)
    await delivery.delivered(row, place=("C1", "1.1"))
    kept = await delivery.place_of(HERE, "run 1")
    assert kept is not None
    assert kept.message == ({} if final else {"text": "Saved."})


async def test_a_text_that_came_meanwhile_is_kept(store: Store, delivery: OutboxDelivery) -> None:
    async with store.writing(HERE) as tx:
        await Outbox(tx).put(OutboxMessage("run 1", "C1", {"text": "0 %"}, final=False))
    [row] = await delivery.claim(limit=1)
    async with store.writing(HERE) as tx:
        await Outbox(tx).put(OutboxMessage("run 1", "C1", {"text": "done"}))
    await delivery.delivered(row, place=("C1", "1.1"))
    [newer] = await delivery.claim(limit=1)
    assert newer.message == {"text": "done"}
