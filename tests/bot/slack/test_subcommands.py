"""Which subcommand a line is for, and what is left of the line for it to read."""

from typing import Any

import pytest

from bot.domain.project import Caller
from bot.errors import NotUnderstood
from bot.slack.subcommands import Route, Router, Subcommand, Typed, without_more
from bot.slack.text import View, words_view

CALLER = Caller("T0", "C0", "U0", "request")


def route(*words: str, alone: tuple[str, ...] = ()) -> Route:
    """A subcommand that answers with its first name, and what it read."""
    name = (*words, *alone)[0]

    async def handle(_service: Any, _caller: Caller, typed: Typed) -> str:
        return f"{name}|{typed.text}|{typed.words}|{','.join(typed.people)}"

    def view(text: str) -> View:
        return words_view(text)

    return Route(Subcommand(words, lambda typed: typed, handle, view, (), alone), None)


ROUTER = Router(
    "/x",
    [
        route("labels", "label"),
        route("labels add", "label add"),
        route("project", alone=("project settings",)),
        route("project settings"),
        route(alone=("roll back",)),
    ],
)


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("labels", "labels||labels|"),
        ("Label  some  thing", "labels|some  thing|Label|"),
        ("labels ADD  A b  c ", "labels add|A b  c|labels ADD|"),
        ("labels added", "labels|added|labels|"),
        ("project settings", "project||project settings|"),
        ("project settings a 2", "project settings|a 2|project settings|"),
        ("roll  back", "roll back||roll  back|"),
        ("label &lt;@U1&gt; <@U2|ben> <@U3>", "labels|&lt;@U1&gt; @ben @U3|label|U2,U3"),
    ],
)
async def test_the_subcommand_with_the_most_words_is_meant(line: str, answer: str) -> None:
    assert (await ROUTER.answer(CALLER, line)).text == answer


@pytest.mark.parametrize("line", ["wibble on", "roll", "roll back now", "add"])
async def test_what_no_subcommand_begins_with_is_not_understood(line: str) -> None:
    with pytest.raises(NotUnderstood, match=f"/x has no command “{line.split(maxsplit=1)[0]}”."):
        await ROUTER.answer(CALLER, line)


def test_what_takes_nothing_says_so_where_something_follows() -> None:
    parse = without_more("shown", "“stats {first}” or “{text}”?")
    assert parse(Typed("")) == "shown"
    with pytest.raises(NotUnderstood, match=f"“stats a” or “a {'b' * 37}…”"):
        parse(Typed("a " + "b" * 50))
