"""Where the answer to a request goes, and the button it came from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.slack.payloads import Payload, action_value, trigger_of
from bot.slack.senders import CARD_MODAL, person_of, workspace_of


@dataclass(frozen=True, slots=True)
class ReplyPlace:
    """Where the answer to a request goes if its ack does not carry it, and whom it is for."""

    url: str
    """The response_url; empty where the request has none, such as in Home."""
    workspace: str
    person: str
    channel: str
    request: str
    """Its trigger id."""
    modal: str = ""
    """The modal the request was made in, which shows its answer."""

    @property
    def is_home(self) -> bool:
        """The request was made in Home, which shows its answer: there the person stands for the channel."""
        return not self.url and self.channel == self.person


def reply_place(body: Payload) -> ReplyPlace:
    """Where the answer to a command, a press or a shortcut goes."""
    channel, view = body.get("channel") or {}, body.get("view") or {}
    place = str(body.get("channel_id") or channel.get("id") or "")
    return ReplyPlace(
        url=str(body.get("response_url") or ""),
        workspace=workspace_of(body),
        person=person_of(body),
        channel=place or (person_of(body) if view.get("type") == "home" else ""),
        request=trigger_of(body),
        modal=_card_modal(view),
    )


def _card_modal(view: Mapping[str, Any]) -> str:
    """The modal with a card: this one, or the one below what was opened from it."""
    if view.get("callback_id") == CARD_MODAL:
        return str(view.get("id") or "")
    return str(view.get("previous_view_id") or "")


@dataclass(frozen=True, slots=True)
class PressedButton:
    """A button that was pressed, so that it can be shown again."""

    text: str
    action: str
    value: str


def pressed_button(body: Payload) -> PressedButton | None:
    """The button a request came from; None where it came from something else."""
    action = (body.get("actions") or [{}])[0]
    text = (action.get("text") or {}).get("text")
    if action.get("type") != "button" or not text:
        return None
    return PressedButton(str(text), str(action.get("action_id")), action_value(body))
