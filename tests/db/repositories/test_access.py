"""Whose a project is: everybody's where it is open, that of the people of its channels where it is closed."""

from dataclasses import replace

import pytest

from bot.db.database import Store
from bot.db.transaction import Transaction
from bot.domain.project import Caller, Project
from bot.errors import NotAllowed, NotFound
from bot.projects.repositories.access import Access, alone
from bot.projects.repositories.projects import Projects
from tests.db.conftest import ANN, BEN, HERE, Clock

WARD, HALL = "C0WARD", "C0HALL"
ANN_IN_WARD = Caller(HERE, WARD, ANN, "r", is_private=True)
BEN_IN_HALL = Caller(HERE, HALL, BEN, "r")
ANN_ALONE, BEN_ALONE = alone(HERE, ANN), alone(HERE, BEN)


async def closed(tx: Transaction, *, channel: str | None = WARD) -> Project:
    """A closed project beside the default one, used in the ward."""
    await Projects(tx).ensure_default()
    made = await Projects(tx).add("Ward", person=ANN, made_in=WARD, is_open=False)
    assert made
    if channel:
        await Projects(tx).bind(made.id, channel, to=made.id, person=ANN)
    return made


async def let_guests_in(tx: Transaction, project: Project) -> None:
    settings = await Projects(tx).settings(project.id)
    await Projects(tx).change_settings(project.id, replace(settings, guests=True), person=ANN)


async def test_a_closed_project_is_seen_from_its_channel_and_by_who_has_used_it_there(
    store: Store,
) -> None:
    async with store.writing(HERE) as tx:
        ward = await closed(tx)
        assert ward in await Access(tx).seen(ANN_IN_WARD)
        assert ward not in await Access(tx).seen(ANN_ALONE)
        await Access(tx).note(ANN_IN_WARD)
        assert ward in await Access(tx).seen(ANN_ALONE)
        assert await Access(tx).sees(replace(ANN_IN_WARD, channel=HALL), ward.id)


async def test_who_is_in_none_of_its_channels_does_not_see_it(store: Store) -> None:
    async with store.writing(HERE) as tx:
        ward = await closed(tx)
        await Access(tx).note(BEN_IN_HALL)
        for caller in (BEN_IN_HALL, BEN_ALONE):
            assert ward not in await Access(tx).seen(caller)
            assert not await Access(tx).sees(caller, ward.id)


async def test_who_had_chosen_it_for_direct_messages_gets_the_default_one_once_it_is_not_theirs(
    store: Store,
) -> None:
    async with store.writing(HERE) as tx:
        ward = await closed(tx)
        await Projects(tx).bind(ward.id, BEN, to=ward.id, person=BEN)
        assert await Access(tx).of(BEN_ALONE) == await Projects(tx).default()
        await Projects(tx).bind(ward.id, ANN, to=ward.id, person=ANN)
        await Access(tx).note(ANN_IN_WARD)
        assert await Access(tx).of(ANN_ALONE) == ward


async def test_people_of_a_channel_that_uses_another_project_now_no_longer_see_it(
    store: Store,
) -> None:
    async with store.writing(HERE) as tx:
        ward = await closed(tx)
        await Access(tx).note(ANN_IN_WARD)
        await Projects(tx).bind(ward.id, HALL, to=ward.id, person=ANN)
        default = await Projects(tx).ensure_default()
        await Projects(tx).bind(default.id, WARD, to=default.id, person=ANN)
        assert ward not in await Access(tx).seen(ANN_ALONE)


async def test_a_project_of_no_channel_yet_is_seen_where_it_was_made(store: Store) -> None:
    async with store.writing(HERE) as tx:
        ward = await closed(tx, channel=None)
        assert ward in await Access(tx).seen(ANN_IN_WARD)
        assert ward not in await Access(tx).seen(BEN_IN_HALL)
        await Projects(tx).bind(ward.id, "C0OTHER", to=ward.id, person=ANN)
        assert ward not in await Access(tx).seen(ANN_IN_WARD)


async def test_a_default_project_that_is_closed_is_the_default_one_no_longer(store: Store) -> None:
    async with store.writing(HERE) as tx:
        first = await Projects(tx).ensure_default()
        settings = await Projects(tx).settings(first.id)
        shut = replace(settings, is_open=False)
        await Projects(tx).change_settings(first.id, shut, person=ANN)
        assert await Access(tx).of(BEN_IN_HALL) is None
        second = await Access(tx).ensure(BEN_IN_HALL)
        assert (second.name, await Access(tx).seen(BEN_IN_HALL)) == ("default 2", (second,))
        await Projects(tx).change_settings(first.id, settings, person=ANN)
        assert await Projects(tx).default() == second


async def test_a_closed_project_that_is_opened_again_is_the_default_one_where_there_is_none(
    store: Store,
) -> None:
    async with store.writing(HERE) as tx:
        first = await Projects(tx).ensure_default()
        settings = await Projects(tx).settings(first.id)
        shut = replace(settings, is_open=False)
        await Projects(tx).change_settings(first.id, shut, person=ANN)
        await Projects(tx).change_settings(first.id, settings, person=ANN)
        assert await Projects(tx).default() == first


async def test_the_first_project_of_a_private_channel_is_closed_and_its_own(store: Store) -> None:
    async with store.writing(HERE) as tx:
        made = await Access(tx).ensure(ANN_IN_WARD)
        assert not (await Projects(tx).settings(made.id)).is_open
        assert await Access(tx).of(ANN_IN_WARD) == made
        assert await Access(tx).of(BEN_IN_HALL) is None
        assert await Access(tx).ensure(BEN_IN_HALL) != made


async def test_guests_see_what_lets_them_in_and_nothing_else(store: Store) -> None:
    guest = replace(BEN_IN_HALL, is_guest=True)
    async with store.writing(HERE) as tx:
        default = await Projects(tx).ensure_default()
        assert await Access(tx).of(guest) is None
        with pytest.raises(NotAllowed):
            await Access(tx).ensure(guest)
        await let_guests_in(tx, default)
        assert await Access(tx).of(guest) == default
        ward = await closed(tx)
        await let_guests_in(tx, ward)
        assert await Access(tx).seen(guest) == (default,)
        assert await Access(tx).of(replace(guest, channel=WARD)) == ward


async def test_who_was_let_in_as_a_guest_is_one_where_no_request_says_so(store: Store) -> None:
    async with store.writing(HERE) as tx:
        default = await Projects(tx).ensure_default()
        assert await Access(tx).seen(BEN_ALONE) == (default,)
        await Access(tx).note(replace(BEN_IN_HALL, is_guest=True))
        assert await Access(tx).seen(BEN_ALONE) == ()
        assert await Access(tx).of(BEN_ALONE) is None


async def test_that_somebody_is_in_a_channel_is_kept_once(store: Store) -> None:
    async with store.writing(HERE) as tx:
        assert not await Access(tx).is_noted(BEN_IN_HALL)
        await Access(tx).note(BEN_IN_HALL)
        await Access(tx).note(BEN_IN_HALL)
        assert await Access(tx).is_noted(BEN_IN_HALL)
        assert not await Access(tx).is_noted(replace(BEN_IN_HALL, channel=WARD))


async def test_a_visit_to_a_channel_counts_thirty_days_and_each_later_one_anew(
    store: Store, clock: Clock
) -> None:
    """Slack does not say who leaves: whoever is out and writes to nerbot alone loses sight of a closed project."""
    async with store.writing(HERE) as tx:
        ward = await closed(tx)
        await Access(tx).note(ANN_IN_WARD)
        clock.move(days=29)
        assert ward in await Access(tx).seen(ANN_ALONE)
        assert not await Access(tx).is_noted(ANN_IN_WARD)
        await Access(tx).note(ANN_IN_WARD)
        clock.move(days=29)
        assert await Access(tx).sees(ANN_ALONE, ward.id)
        clock.move(days=2)
        assert ward not in await Access(tx).seen(ANN_ALONE)
        assert not await Access(tx).sees(ANN_ALONE, ward.id)
        assert await Access(tx).of(ANN_IN_WARD) == ward


async def test_a_guest_stays_one_however_long_ago_that_was_noted(
    store: Store, clock: Clock
) -> None:
    async with store.writing(HERE) as tx:
        default = await Projects(tx).ensure_default()
        await Access(tx).note(replace(BEN_IN_HALL, is_guest=True))
        clock.move(days=400)
        assert default not in await Access(tx).seen(BEN_ALONE)


async def test_a_token_sees_its_own_project_and_no_other(store: Store) -> None:
    async with store.writing(HERE) as tx:
        ward = await closed(tx)
        default = await Projects(tx).ensure_default()
        token = replace(BEN_ALONE, project_id=ward.id)
        assert await Access(tx).of(token) == await Access(tx).ensure(token) == ward
        assert await Access(tx).seen(token) == (ward,)
        assert await Access(tx).sees(token, ward.id)
        assert not await Access(tx).sees(token, default.id)


async def test_the_token_of_a_deleted_project_gets_no_other_one_instead(store: Store) -> None:
    async with store.writing(HERE) as tx:
        ward, default = await closed(tx), await Projects(tx).ensure_default()
        await Projects(tx).delete(ward, record=default.id, person=ANN)
        token = replace(ANN_ALONE, project_id=ward.id)
        assert await Access(tx).of(token) is None
        with pytest.raises(NotFound, match="was deleted"):
            await Access(tx).ensure(token)
