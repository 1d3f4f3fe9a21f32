"""The control API of the page: a person's action as one JSON request, and the state to draw."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

import emoji

from bot.playground.block_kit.lookup import find_by_ids
from bot.playground.delivery.errors import DeliveryError
from bot.playground.simulator import SlackSimulator
from bot.playground.state.lists import ListItem, SlackList, shown
from bot.playground.state.manifest import Command
from bot.playground.state.steps import StepRun
from bot.playground.values import JSON, Answer, Channel, Message, Person, Problem, SlackError

INVITE, REMOVE = "/invite", "/remove"
BUILT_IN = tuple(
    Command(name=name, description=told, usage_hint="[@app]", should_escape=False)
    for name, told in (
        (INVITE, "Invite the app into this channel"),
        (REMOVE, "Remove the app from this channel"),
    )
)
"""Slack's own commands that this simulator has."""


class Control:
    """Does what the page (or a test in another process) asks: `{"do": …, …}`."""

    def __init__(self, slack: SlackSimulator) -> None:
        self._slack = slack
        self._actions: dict[str, Callable[[JSON], Awaitable[JSON]]] = {
            "type": self._type,
            "arrive": self._arrive,
            "run_step": self._run_step,
            "edit": self._edit,
            "delete": self._delete,
            "act": self._act,
            "fill": self._fill,
            "suggest": self._suggest,
            "submit": self._submit,
            "close": self._close,
            "views": self._views_of,
            "open_home": self._open_home,
            "shortcut": self._shortcut,
            "messages": self._messages,
            "calls": self._calls,
            "problems": self._problems,
            "fail_next": self._fail_next,
            "disconnect": self._disconnect,
            "drop_connections": self._drop,
            "use_http": self._use_http,
            "use_socket": self._use_socket,
        }

    async def perform(self, request: JSON) -> JSON:
        """Do one thing; `{"ok": true, …}` or `{"ok": false, "error": …}`."""
        action = self._actions.get(str(request.get("do")))
        if action is None:
            return {"ok": False, "error": "unknown_action"}
        try:
            return {"ok": True, **await action(request)}
        except (LookupError, ValueError, TypeError, SlackError, DeliveryError) as error:
            return {"ok": False, "error": f"{type(error).__name__}: {error}"}

    def state(self) -> JSON:
        """All that a newly loaded page draws; ephemeral messages are not part of it."""
        slack = self._slack
        return {
            "type": "state",
            "team": slack.workspace.identity.team_name,
            "app": asdict(slack.workspace.identity),
            "people": [asdict(p) for p in slack.workspace.people.values()],
            "channels": [asdict(c) for c in slack.workspace.channels.values()],
            "messages": [
                drawn(m) for c in slack.workspace.channels for m in slack.workspace.messages(c)
            ],
            "steps": [asdict(step) for step in slack.manifest.steps],
            "lists": [
                {**asdict(one), "items": [self._row(i) for i in slack.lists.items(one.id)]}
                for one in slack.lists.all
            ],
            "views": [self._views(user) for user in slack.workspace.people],
            "commands": [asdict(c) for c in (*slack.manifest.commands, *BUILT_IN)],
            "shortcuts": [asdict(s) for s in slack.manifest.shortcuts],
            "tabs": {
                "home": slack.manifest.home,
                "messages": slack.manifest.messages_tab,
                "writable": slack.manifest.messages_tab and slack.manifest.writable_messages,
            },
            "connected": slack.connected,
            "arrivals": slack.arrivals.state,
        }

    def change(self, what: str, value: object) -> JSON | None:
        """A change of the workspace as the page receives it; None for what it does not need."""
        if isinstance(value, Message):
            return {"type": what, "value": drawn(value)}
        if isinstance(value, ListItem):
            return {"type": what, "value": self._row(value)}
        if isinstance(value, Channel | Problem | SlackList):
            return {"type": what, "value": asdict(value)}
        if isinstance(value, StepRun):
            return {"type": what, "value": _run(value)}
        if what == "arrivals":
            return {"type": what, "value": value}
        if what == "status":
            return {"type": "status", "connected": self._slack.connected}
        if what == "view":
            return {"type": "views", **self._views(str(value))}
        return None

    def _row(self, item: ListItem) -> JSON:
        """A row of a List as the page draws it: a cell a column, links with their addresses."""
        cells = []
        for column in self._slack.lists.find(item.list_id).columns:
            value = item.cells.get(column["id"]) if column["type"] == "link" else None
            url = value[0]["original_url"] if value else None
            cells.append({"text": shown(item, column), "url": url})
        return {"list_id": item.list_id, "id": item.id, "cells": cells}

    def _views(self, user: str) -> JSON:
        views = self._slack.views
        return {"user": user, "stack": views.stacks.get(user, []), "home": views.homes.get(user)}

    async def _type(self, request: JSON) -> JSON:
        user, channel, text = request["user"], request["channel"], str(request["text"])
        thread_ts = request.get("thread_ts")
        if not text.startswith("/"):
            message = self._slack.say(user, channel, text, thread_ts=thread_ts)
            return {"message": asdict(message)}
        name, *rest = text.split(maxsplit=1)
        if name in {command.name for command in BUILT_IN}:
            self._built_in(name, "".join(rest), user, channel)
            return {}
        answer = await self._slack.command(user, channel, name, "".join(rest), thread_ts=thread_ts)
        return {"answer": _answer(answer)}

    def _built_in(self, name: str, who: str, user: str, channel: str) -> None:
        bot = self._slack.workspace.identity.bot_name
        if who.strip().removeprefix("@") != bot:
            raise LookupError(f"only the app can be named here: {name} @{bot}")
        (self._slack.invite if name == INVITE else self._slack.remove_app)(user, channel)

    async def _arrive(self, request: JSON) -> JSON:
        count, pace = int(request.get("count", 0)), float(request.get("per_second", 4))
        if not count:
            await self._slack.arrivals.stop()
        else:
            self._slack.arrivals.start(request["channel"], count, per_second=pace)
        return {}

    async def _run_step(self, request: JSON) -> JSON:
        inputs = {name: value for name, value in request["inputs"].items() if value}
        return {"run": _run(await self._slack.run_step(request["step"], **inputs))}

    async def _edit(self, request: JSON) -> JSON:
        self._slack.edit(request["user"], self._message(request), str(request["text"]))
        return {}

    async def _delete(self, request: JSON) -> JSON:
        self._slack.delete(request["user"], self._message(request))
        return {}

    def _message(self, request: JSON) -> Message:
        message = self._slack.workspace.find(request["channel"], request["ts"])
        if message is None:
            raise LookupError("this message was deleted")
        return message

    async def _act(self, request: JSON) -> JSON:
        person, value = self._slack.workspace.person(request["user"]), request.get("value")
        where, block, element = self._place(request)
        if isinstance(where, Message):
            act = self._slack.interactions.act(person, where, block, element, value)
            return {"answer": _answer(await act)}
        act = self._slack.view_interactions.act(person, where, block, element, value)
        return {"answer": _answer(await act)}

    async def _fill(self, request: JSON) -> JSON:
        where, block, element = self._place(request)
        value = request.get("value")
        if isinstance(where, Message):
            person = self._slack.workspace.person(request["user"])
            self._slack.interactions.fill(person, where, block, element, value)
        else:
            self._slack.view_interactions.fill(where, block, element, value)
        return {}

    async def _suggest(self, request: JSON) -> JSON:
        person, view = self._view(request)
        block, element = find_by_ids(view["blocks"], request["block_id"], request["action_id"])
        typed = str(request.get("value") or "")
        suggest = self._slack.view_interactions.suggest(person, view, block, element, typed)
        return {"options": await suggest}

    async def _submit(self, request: JSON) -> JSON:
        person, view = self._view(request)
        return {"answer": _answer(await self._slack.view_interactions.submit(person, view))}

    async def _close(self, request: JSON) -> JSON:
        person, view = self._view(request)
        everything = bool(request.get("everything"))
        await self._slack.view_interactions.close(person, view, everything=everything)
        return {}

    async def _views_of(self, request: JSON) -> JSON:
        return {"views": self._views(self._slack.workspace.person(request["user"]).id)}

    async def _open_home(self, request: JSON) -> JSON:
        return {"taken": await self._slack.open_home(request["user"], tab=request["tab"])}

    def _view(self, request: JSON) -> tuple[Person, JSON]:
        person = self._slack.workspace.person(request["user"])
        return person, self._slack.views.of(person.id, request["view_id"])

    def _place(self, request: JSON) -> tuple[Message | JSON, JSON, JSON]:
        """The message or view, the block and the element a request is about."""
        ids = request["block_id"], request["action_id"]
        if request.get("view_id"):
            _, view = self._view(request)
            return view, *find_by_ids(view["blocks"], *ids)
        message = self._message(request)
        return message, *find_by_ids(message.blocks, *ids)

    async def _shortcut(self, request: JSON) -> JSON:
        message = None
        if request.get("ts"):
            message = self._slack.workspace.find(request["channel"], request["ts"])
        answer = await self._slack.shortcut(request["user"], request["callback_id"], message)
        return {"answer": _answer(answer)}

    async def _messages(self, request: JSON) -> JSON:
        found = self._slack.messages(request["channel"], viewer=request.get("viewer"))
        return {"messages": [{**asdict(m), "shown": m.shown} for m in found]}

    async def _calls(self, _: JSON) -> JSON:
        return {"calls": [asdict(c) for c in self._slack.calls]}

    async def _problems(self, _: JSON) -> JSON:
        return {"problems": [asdict(p) for p in self._slack.problems]}

    async def _fail_next(self, request: JSON) -> JSON:
        options: dict[str, Any] = {
            k: request[k] for k in ("status", "headers", "times", "error") if k in request
        }
        self._slack.fail_next(request["method"], **options)
        return {}

    async def _disconnect(self, request: JSON) -> JSON:
        await self._slack.disconnect(request.get("reason", "refresh_requested"))
        return {}

    async def _drop(self, _: JSON) -> JSON:
        await self._slack.drop_connections()
        return {}

    async def _use_http(self, request: JSON) -> JSON:
        await self._slack.use_http(request["url"])
        return {}

    async def _use_socket(self, _: JSON) -> JSON:
        self._slack.use_socket()
        return {}


def drawn(message: Message) -> JSON:
    """A message as the page draws it: its reactions with their characters, which only Slack knows all of."""
    symbols = [
        {**r, "symbol": emoji.emojize(f":{r['name']}:", language="alias")}
        for r in message.reactions
    ]
    return {**asdict(message), "reactions": symbols}


def _run(run: StepRun) -> JSON:
    return {"id": run.id, "state": run.state, "outputs": run.outputs, "error": run.error}


def _answer(answer: Answer) -> JSON:
    shown = asdict(answer.message) | {"shown": answer.text} if answer.message else None
    return {
        "ok": answer.ok,
        "error": answer.error,
        "elapsed_ms": round(answer.elapsed_ms, 3),
        "body": answer.body,
        "message": shown,
        "errors": dict(answer.errors),
    }
