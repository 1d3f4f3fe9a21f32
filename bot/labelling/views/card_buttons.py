"""The buttons under the card of a sentence."""

from slack_sdk.models.blocks import ButtonElement, ConfirmObject, PlainTextObject

from bot.domain.steps import StepKind
from bot.labelling.values.cards import Card, Done
from bot.labelling.views.pointing import beside_guesses
from bot.slack import action_ids as ids


def card_buttons(card: Card) -> list[ButtonElement]:
    """The steps that can follow; [Delete] stands last, for those who can."""
    buttons = _steps(card)
    return [*buttons, _delete(card.annotation.sentence.id)] if card.may_delete else buttons


def _steps(card: Card) -> list[ButtonElement]:
    annotation, suggestion = card.annotation, card.suggestion
    value = str(annotation.sentence.id)
    following = ButtonElement(text="Next", action_id=ids.NEXT, value=value)
    undo = ButtonElement(text="Undo", action_id=ids.UNDO, value=value)
    edit = ButtonElement(text="Edit", action_id=ids.EDIT, value=value)
    if annotation.finished:
        following.style = "primary"
        return [following, undo, edit]
    if annotation.spans:
        finished = ButtonElement(
            text="Finished", action_id=ids.FINISH, value=value, style="primary"
        )
        return [finished, edit, undo, following]
    buttons = [
        ButtonElement(text="No entities", action_id=ids.NONE, value=value),
        ButtonElement(text="Skip", action_id=ids.SKIP, value=value),
        ButtonElement(text="Flag", action_id=ids.FLAG, value=value),
        *undo_before(card.done),
    ]
    if suggestion is None:
        return [edit, *buttons, following]
    edit = ButtonElement(text="Edit", action_id=ids.EDIT_SUGGESTION, value=suggestion.offer)
    if suggestion.model is None and not suggestion.is_guess and not suggestion.spans:
        return [edit, *buttons, following]
    if suggestion.model is None and (suggestion.is_guess or suggestion.offered):
        return beside_guesses(suggestion, edit, buttons)
    # Green is what is probably right: an unsure suggestion is read before it is taken.
    style = "primary" if suggestion.is_sure else None
    if not suggestion.spans:
        buttons[0].style = style
        return [buttons[0], edit, *buttons[1:]]
    accept = ButtonElement(text="Accept", action_id=ids.ACCEPT, value=suggestion.offer, style=style)
    return [accept, edit, *buttons]


def undo_before(done: Done | None) -> list[ButtonElement]:
    """What takes the step on the sentence before back."""
    if done is None or done.kind is StepKind.UNDONE:
        return []
    value = str(done.sentence_id)
    undo = ButtonElement(text=f"Undo #{value}", action_id=ids.UNDO, value=value)
    if done.kind is not StepKind.FLAGGED:
        return [undo]
    return [undo, ButtonElement(text="Say why", action_id=ids.FLAG_WHY, value=value)]


def _delete(sentence_id: int) -> ButtonElement:
    confirm = ConfirmObject(
        title=f"Delete sentence #{sentence_id}?",
        text=PlainTextObject(
            text="Whatever anybody labelled in it goes with it. This can be undone."
        ),
        confirm="Delete",
        deny="Leave it",
        style="danger",
    )
    value = str(sentence_id)
    return ButtonElement(text="Delete", action_id=ids.DELETE_SENTENCE, value=value, confirm=confirm)
