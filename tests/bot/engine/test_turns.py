"""People take turns at the model, and whoever asks for too much is told when to come back."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.engine.turns import TURN_TEXTS, Turns
from bot.errors import Busy
from bot.operations.allowance import Allowance

MODEL, OTHER = Path("1/1"), Path("2/1")
LINES = [str(number) for number in range(20)]


def order(turns: Turns) -> list[Sequence[str]]:
    """The texts of each turn, until nobody waits."""
    taken: list[Sequence[str]] = []
    while batch := turns.take():
        taken.append([text for turn in batch for text in turn.texts])
    return taken


async def test_who_asks_once_waits_for_one_turn_of_who_asks_sixty_times() -> None:
    turns = Turns(most_each=10_000, most_in_all=10_000)
    for _ in range(60):
        turns.add("greedy", MODEL, LINES)
    turns.add("ada", MODEL, ["mine"])
    assert ["mine"] in order(turns)[:2]


async def test_each_of_several_has_every_nth_turn() -> None:
    turns = Turns()
    for person in ("a", "b", "c"):
        turns.add(person, MODEL, [person] * 12)
    assert [texts[0] for texts in order(turns)] == ["a", "b", "c"] * 3


async def test_a_turn_is_a_few_texts_and_keeps_their_order() -> None:
    turns = Turns()
    turns.add("ada", MODEL, LINES)
    taken = order(turns)
    assert [text for texts in taken for text in texts] == LINES
    assert max(map(len, taken)) == TURN_TEXTS


async def test_short_questions_for_one_model_share_a_turn() -> None:
    turns = Turns()
    for person in ("a", "b", "c", "d", "e"):
        turns.add(person, MODEL, [person])
    turns.add("f", OTHER, ["f"])
    assert order(turns) == [["a", "b", "c", "d"], ["e"], ["f"]]


async def test_too_much_of_one_person_is_refused_and_others_go_on() -> None:
    turns = Turns(most_each=40, most_in_all=60)
    turns.add("greedy", MODEL, LINES)
    turns.add("greedy", MODEL, LINES)
    with pytest.raises(Busy, match=r"try again in \d+ second"):
        turns.add("greedy", MODEL, LINES)
    turns.add("ada", MODEL, LINES)
    with pytest.raises(Busy):
        turns.add("linus", MODEL, LINES)
    turns.add("", MODEL, ["a card's suggestion is not refused"])


async def test_who_has_gone_takes_no_turn() -> None:
    turns = Turns()
    for turn in turns.add("gone", MODEL, LINES):
        turn.answer.cancel()
    turns.add("ada", MODEL, ["mine"])
    assert order(turns) == [["mine"]]
    assert len(turns) == 0


async def test_a_person_may_ask_twenty_times_and_is_told_when_again() -> None:
    allowance = Allowance(times=20, seconds=36_000)
    for _ in range(20):
        await allowance.take("T1", "ada")
    with pytest.raises(Busy, match="You have asked 20 times within a minute") as refused:
        await allowance.take("T1", "ada")
    assert refused.value.seconds == 1_800
    await asyncio.gather(*(allowance.take("T1", person) for person in ("linus", "grace")))
