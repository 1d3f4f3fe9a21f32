"""How the live model does on the stream, as people see it."""

from slack_sdk.models.blocks import ActionsBlock, Block

from bot.health.estimates import Estimate
from bot.health.sampling import SENTENCES
from bot.health.values import DrawnSentence, HealthShown
from bot.slack import action_ids as ids
from bot.slack.text import (
    Line,
    View,
    button,
    counted,
    marked_sentence,
    percent,
    plain,
    said,
    small,
    when,
)

_NOT_YET = (
    "Nothing has been checked yet. Twenty sentences of the watched channels are drawn at random every week; what "
    "people say of them measures precision and recall."
)


def health_view(shown: HealthShown) -> View:
    """What was measured, and the next sentence to check."""
    lines = [_did(shown), _head(shown), *_measured(shown), _drawing(shown)]
    blocks: list[Block] = []
    if shown.sentence_id is not None:
        label_it = button("Label the sentence", f"{ids.OPEN_SENTENCE}.0", shown.sentence_id)
        blocks.append(ActionsBlock(elements=[label_it]))
    if shown.card is not None:
        blocks += _card(shown.card, shown.waiting)
    elif shown.passed >= SENTENCES:
        blocks.append(ActionsBlock(elements=[button("Check now", ids.HEALTH_CLOSE, "now")]))
    return said(*lines, blocks=blocks)


def _did(shown: HealthShown) -> Line:
    match shown.did:
        case "right":
            return ["Saved as finished: all that was found is right, and nothing is missing."]
        case "edit":
            return [f"The sentence is #{shown.sentence_id} now. Once it is finished it counts."]
        case "skip":
            return ["Left out."]
        case "closed":
            return ["What was drawn so far can be checked now."]
    return []


def _head(shown: HealthShown) -> Line:
    if shown.model is None:
        return ["There is no live model in ", plain(shown.project, bold=True), "."]
    if not shown.checked:
        return [_NOT_YET]
    last: Line = [", the last one ", when(shown.last)] if shown.last else []
    checked = counted(shown.checked, "checked sentence")
    return [
        plain(f"Model {shown.model}", bold=True),
        f" on {checked} of the last four weeks",
        *last,
        ":",
    ]


def _measured(shown: HealthShown) -> list[Line]:
    lines: list[Line] = []
    if shown.out:
        promised = ""
        if shown.promise is not None:
            promised = f"; {100 * shown.promise:g} % are promised"
        lines.append([f"Of what went out {_range(shown.out)} is right{promised}."])
    if shown.found:
        lines.append([f"Of all that was found {_range(shown.found)} is right."])
    if shown.recall:
        lines.append([f"Of what there is {_range(shown.recall)} was found."])
    return lines


def _range(found: Estimate) -> str:
    low, high = percent(found.low), percent(found.high)
    return f"{percent(found.share)} % ({low} to {high} %, nine times in ten)"


def _drawing(shown: HealthShown) -> Line:
    if shown.model is None:
        return []
    passed = counted(shown.passed, "sentence")
    return [f"The draw that is open has seen {passed}; it is closed after a week."]


def _card(card: DrawnSentence, waiting: int) -> list[Block]:
    others = waiting - 1
    more = f"{counted(others, 'other sentence')} after this one" if others else "the last one"
    return [
        marked_sentence(card.sentence, card.spans, suggested=True),
        ActionsBlock(
            elements=[
                button("Right", ids.HEALTH_RIGHT, card.id, style="primary"),
                button("Edit", ids.HEALTH_EDIT, card.id),
                button("Skip", ids.HEALTH_SKIP, card.id),
            ]
        ),
        small(f"Right: just these entities are in it, and no others · {more}"),
    ]
