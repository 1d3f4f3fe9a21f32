"""The modal that asks for a reason, after the tap that needed none."""

from dataclasses import dataclass

from slack_sdk.models.blocks import InputBlock, PlainTextInputElement, PlainTextObject
from slack_sdk.models.views import View as Modal

from bot.domain.flags import MAX_NOTE


@dataclass(frozen=True, slots=True)
class Asked:
    """What one kind of reason is asked for."""

    action: str
    title: str
    question: str
    example: str


def reason_modal(asked: Asked, *, metadata: str) -> Modal:
    """One box for the reason."""
    return Modal(
        type="modal",
        callback_id=asked.action,
        title=PlainTextObject(text=asked.title),
        submit=PlainTextObject(text="Save"),
        close=PlainTextObject(text="Cancel"),
        private_metadata=metadata,
        blocks=[
            InputBlock(
                block_id=asked.action,
                label=PlainTextObject(text=asked.question),
                element=PlainTextInputElement(
                    action_id=asked.action,
                    multiline=True,
                    max_length=MAX_NOTE,
                    focus_on_load=True,
                    placeholder=PlainTextObject(text=asked.example),
                ),
            )
        ],
    )
