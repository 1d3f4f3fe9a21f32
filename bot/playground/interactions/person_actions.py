"""What a person does and sees in the Slack simulator, as short calls for tests."""

import copy
from typing import Any

from bot.playground.block_kit.element_state import SLOTS, dispatches
from bot.playground.block_kit.lookup import find_action, find_option, names
from bot.playground.interactions.message_actions import MessageActions
from bot.playground.interactions.view_interactions import ViewInteractions
from bot.playground.state.views import Views
from bot.playground.values import (
    JSON,
    Answer,
    Message,
    interactive,
    words,
)

Chosen = str | list[str] | JSON | None


class PersonActions(MessageActions):
    """What people do. People and channels are given by id or name, buttons by their text or ids."""

    views: Views
    view_interactions: ViewInteractions

    def __init__(self) -> None:
        self._suggested: dict[str, list[JSON]] = {}

    # Commands, buttons, shortcuts

    async def command(
        self, user: str, channel: str, command: str, text: str = "", *, thread_ts: str | None = None
    ) -> Answer:
        """Type a slash command; returns at the ack or when Slack gives up waiting for it."""
        person, conversation = self._person_and_channel(user, channel)
        return await self.interactions.command(
            person, conversation, command, text, thread_ts=thread_ts
        )

    async def click(
        self, user: str, message: Message, what: str, *, option: Chosen = None
    ) -> Answer:
        """Press a button of a message, named by its text, action_id or value; or choose in it.

        The message is used as it was passed: pass an old one to press a stale button.
        """
        block, element = find_action(message.blocks, what)
        person = self.workspace.person(user)
        value = self._value(user, element, option)
        return await self.interactions.act(person, message, block, element, value)

    async def shortcut(self, user: str, callback_id: str, message: Message | None = None) -> Answer:
        """Use a shortcut of the manifest, on a message or globally."""
        person = self.workspace.person(user)
        if message and (message.only_for or not self._sees(person, message)):
            raise LookupError("Slack has no shortcuts on this message")
        kind = "message" if message else "global"
        for shortcut in self.manifest.shortcuts:
            if (shortcut.callback_id, shortcut.type) == (callback_id, kind):
                return await self.interactions.shortcut(person, shortcut, message)
        raise LookupError(f"the manifest has no {kind} shortcut {callback_id}")

    # In modals and Home

    def view(self, user: str) -> JSON | None:
        """The modal on top of a person's screen, as it is now; None where there is none."""
        return copy.deepcopy(self.views.top(self.workspace.person(user).id))

    def home(self, user: str) -> JSON | None:
        """What a person's Home shows now; None when nothing was published yet."""
        return copy.deepcopy(self.views.homes.get(self.workspace.person(user).id))

    def reads(self, user: str) -> str:
        """The text a person reads in the top modal or, where there is none, in their Home."""
        screen = self._screen(user)
        return "\n".join(words([screen.get("title") or {}, *screen["blocks"]]))

    def presses(self, user: str) -> list[str]:
        """What can be pressed, chosen or typed into there: buttons' texts, fields' labels, ids."""
        return names(interactive(self._screen(user)["blocks"]))

    async def type_into(
        self, user: str, field: str, value: str | JSON | None, *, message: Message | None = None
    ) -> Answer | None:
        """Type over a field, named by its block_id, action_id or label.

        A rich_text_input takes plain text or a whole rich_text value. Returns the answer to
        block_actions where the field is set to send them at each character, else None.
        """
        place, block, element = self._on_screen(user, field, message)
        return await self._change(user, place, block, element, value, on="on_character_entered")

    async def press_enter(
        self, user: str, field: str, *, message: Message | None = None
    ) -> Answer | None:
        """Press Enter in a field; sends block_actions where the field is set to."""
        place, block, element = self._on_screen(user, field, message)
        person = self.workspace.person(user)
        values = (
            self.interactions.state(person, place)
            if isinstance(place, Message)
            else place["state"]["values"]
        )
        current = values[block["block_id"]][element["action_id"]][
            SLOTS[element["type"]].payload_field
        ]
        return await self._change(user, place, block, element, current)

    async def choose(
        self, user: str, what: str, *options: str, message: Message | None = None
    ) -> Answer | None:
        """Choose in a menu, boxes or a picker: everything that is chosen from then on.

        Options are given by value or text; people and channels by name or id. No option empties
        the choice. Returns the answer to block_actions, None where the element does not send them.
        """
        place, block, element = self._on_screen(user, what, message)
        slot = SLOTS.get(element["type"])
        chosen: Chosen = list(options) if slot and slot.many else next(iter(options), None)
        value = self._value(user, element, chosen)
        return await self._change(user, place, block, element, value)

    async def suggest(self, user: str, what: str, typed: str) -> list[str]:
        """Type into an external_select of a view; the texts of the options that the app suggests."""
        view, block, element = self._on_screen(user, what)
        assert not isinstance(view, Message)
        person = self.workspace.person(user)
        found = await self.view_interactions.suggest(person, view, block, element, typed)
        self._suggested[element["action_id"]] = found
        return [option["text"]["text"] for option in found]

    async def press(self, user: str, what: str, *, option: str | None = None) -> Answer:
        """Press a button of the top modal or, where there is none, of Home; or pick in its ⋯.

        A button's `confirm` dialog is answered with yes.
        """
        place, block, element = self._on_screen(user, what)
        if element["type"] not in {"button", "overflow"}:
            raise LookupError(f"{what!r} is not a button: choose() or type_into() it")
        return await self._act(user, place, block, element, self._value(user, element, option))

    async def submit(self, user: str) -> Answer:
        """Press the top modal's submit button. `errors` of the answer are shown at its fields."""
        view = self._modal(user)
        if not view["submit"]:
            raise LookupError("this modal has no submit button")
        return await self.view_interactions.submit(self.workspace.person(user), view)

    async def close_view(self, user: str, *, everything: bool = False) -> Answer | None:
        """Close the top modal, or all with the x; the answer to view_closed, if the app wants it."""
        person = self.workspace.person(user)
        return await self.view_interactions.close(person, self._modal(user), everything=everything)

    # Helpers

    def _modal(self, user: str) -> JSON:
        view = self.views.top(self.workspace.person(user).id)
        if view is None:
            raise LookupError(f"{user} has no modal open")
        return view

    def _on_screen(
        self, user: str, what: str, message: Message | None = None
    ) -> tuple[Message | JSON, JSON, JSON]:
        if message:
            return message, *find_action(message.blocks, what)
        screen = self._screen(user)
        return screen, *find_action(screen["blocks"], what)

    def _screen(self, user: str) -> JSON:
        person = self.workspace.person(user)
        view = self.views.top(person.id) or self.views.homes.get(person.id)
        if view is None:
            raise LookupError(f"{user} has no modal open and no Home")
        return view

    async def _change(
        self,
        user: str,
        place: Message | JSON,
        block: JSON,
        element: JSON,
        value: Any,
        *,
        on: str = "on_enter_pressed",
    ) -> Answer | None:
        if dispatches(block, element, on=on):
            return await self._act(user, place, block, element, value)
        if isinstance(place, Message):
            self.interactions.fill(self.workspace.person(user), place, block, element, value)
        else:
            self.view_interactions.fill(place, block, element, value)
        return None

    async def _act(
        self, user: str, place: Message | JSON, block: JSON, element: JSON, value: Any
    ) -> Answer:
        person = self.workspace.person(user)
        if isinstance(place, Message):
            return await self.interactions.act(person, place, block, element, value)
        return await self.view_interactions.act(person, place, block, element, value)

    def _value(self, user: str, element: JSON, chosen: Chosen) -> Chosen:
        kind = element["type"]
        if not isinstance(chosen, str):
            return chosen
        if kind == "external_select":
            suggested = self._suggested.get(element["action_id"], [])
            return find_option({"options": suggested}, chosen)
        if kind == "users_select":
            return self.workspace.person(chosen).id
        if kind in {"channels_select", "conversations_select"}:
            return self._channel_of(chosen, user).id
        if kind == "overflow":
            return str(find_option(element, chosen)["value"])
        return chosen
