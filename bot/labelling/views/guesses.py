"""First guesses on a card: where they come from, and one tap for each."""

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, RichTextElement

from bot.domain.label_colours import coloured
from bot.labelling.values.cards import Suggestion
from bot.slack import action_ids as ids
from bot.slack.text import button, counted, plain, shortened
from ner_engine.annotation import Span

_GUESSES, _GUESS = 10, 30
"""How many guesses have a button, and how much of each stands on it; the editor has all."""


def guessed(sentences: int) -> list[str | RichTextElement]:
    """What first guesses come from: nobody is to take them for a model's."""
    source = f"from {counted(sentences, 'sentence')}" if sentences else "from your labels' meanings"
    return [
        plain(f"First guesses, {source}. ", bold=True),
        "Many are wrong. Nothing is saved until you accept what is left.",
    ]


def beside_guesses(
    suggestion: Suggestion, edit: ButtonElement, buttons: list[ButtonElement]
) -> list[ButtonElement]:
    """Nothing is green: what is guessed is not what most people will want."""
    if not suggestion.spans:
        return [edit, *buttons]
    words = "Accept these" if suggestion.dropped else "Accept all"
    if suggestion.guessed_from is None:
        words = "Accept"
    return [ButtonElement(text=words, action_id=ids.ACCEPT, value=suggestion.offer), edit, *buttons]


def phrase_rows(suggestion: Suggestion | None, text: str) -> list[Block]:
    """A row a phrase: it is taken under the label of the button, and dropped by a second press."""
    if suggestion is None:
        return []
    rows: dict[tuple[int, int], list[ButtonElement]] = {}
    for number, span in enumerate(suggestion.offered):
        row = rows.setdefault((span.start, span.end), [])
        sign = "✓" if span in suggestion.spans else "+"
        phrase = f"{_phrase(text, span)}: " if not row else ""
        pressed = button(
            shortened(f"{sign} {phrase}{coloured(span.label)}", ids.BUTTON_TEXT),
            f"{ids.POINT}.{number}",
            f"{suggestion.offer}:{number}",
        )
        said = f"{_phrase(text, span)}: {span.label}"
        pressed.accessibility_label = shortened(said, ids.BUTTON_TEXT)
        row.append(pressed)
    return [ActionsBlock(elements=list(row)) for row in rows.values()]


def _phrase(text: str, span: Span) -> str:
    return shortened(text[span.start : span.end], _GUESS)


def guess_rows(suggestion: Suggestion | None, text: str) -> list[Block]:
    """One tap each: a guess is dropped, or taken again."""
    if suggestion is None or suggestion.guessed_from is None:
        return []
    turns = sorted(
        [(span, "Drop") for span in suggestion.spans]
        + [(span, "Take") for span in suggestion.dropped]
    )
    buttons = [
        button(
            shortened(f"{verb} {_phrase(text, span)} ({coloured(span.label)})", ids.BUTTON_TEXT),
            f"{ids.GUESS}.{number}",
            f"{suggestion.offer}:{span.start}",
        )
        for number, (span, verb) in enumerate(turns[:_GUESSES])
    ]
    return [ActionsBlock(elements=buttons)] if buttons else []
