"""What a project promises, as people see it."""

from slack_sdk.models.blocks import ActionsBlock, Block

from bot.precision.values import PrecisionShown
from bot.slack import action_ids as ids
from bot.slack.text import Line, View, button, counted, label_name, percent, plain, said, small
from ner_engine.results import Contract, Threshold

_LABELS = 12
_OLD = (
    "Model {model} does not say what a promise is made from: it was trained by an earlier nerbot, or came as a "
    "package. Type /train; the next model does."
)
_NO_MODEL = "There is no model yet. Label some sentences and type /train first."
_EVERYTHING_ASKED = " Until then everything becomes a card."


def precision_view(answer: PrecisionShown) -> View:
    """A promise, what it takes, and the button that switches it on."""
    contract = answer.contract
    lines: list[Line] = [_head(answer)]
    blocks: list[Block] = []
    if answer.promise is not None:
        if answer.model is None:
            lines.append([_NO_MODEL])
        elif contract is None:
            waits = _EVERYTHING_ASKED if answer.did in {"shown", "set"} else ""
            lines.append([_OLD.format(model=answer.model) + waits])
        else:
            lines += [_cost(answer, contract), _certainty(answer, contract)]
            lines += [_label(each) for each in contract.thresholds[:_LABELS]]
            blocks = [*_switch(answer, contract), small(_METHOD)]
    return said(*lines, blocks=blocks)


_METHOD = (
    "Measured on sentences that the models in question had not learned. What the live model finds from now on is "
    "judged by this; /nerbot health measures it on the stream itself."
)


def _head(answer: PrecisionShown) -> Line:
    if answer.promise is None:
        off = "Saved. " if answer.did == "off" else ""
        return [
            plain(f"{off}{answer.project} promises nothing about what goes out.", bold=True),
            " What is as sure as the project's confidence goes out. To see what a promise costs: ",
            plain("/nerbot precision 95", code=True),
        ]
    promise = _per_cent(answer.promise)
    match answer.did:
        case "asked":
            return [
                plain(f"{promise} of what goes out should be right.", bold=True),
                " That takes:",
            ]
        case "set":
            return [plain(f"Saved: {promise} of what goes out should be right.", bold=True)]
    return [
        plain(f"{answer.project} promises that {promise} of what goes out is right.", bold=True),
        " To end that: ",
        plain("/nerbot precision off", code=True),
    ]


def _cost(answer: PrecisionShown, contract: Contract) -> Line:
    out = round(100 * contract.share)
    if not out:
        return ["Nothing the model finds is that sure: each entity becomes a card with one tap."]
    words = (
        f"Of 100 entities {out} go out automatically; {100 - out} become cards with one tap each"
    )
    a_day = answer.stream.entities
    if a_day is None:
        return [f"{words}. How many taps a day that is can be told once channels are watched."]
    taps = a_day * (1 - contract.share)
    told = f"{taps:.0f}" if taps >= 1 or taps == 0 else "fewer than 1"
    return [f"{words}: about {told} taps a day, of {a_day:,.0f} entities in the watched channels."]


def _certainty(answer: PrecisionShown, contract: Contract) -> Line:
    found = "1 entity" if contract.entities == 1 else f"{contract.entities:,} entities"
    rests = f"That rests on {found} in {counted(answer.sentences, 'labelled sentence')}"
    points = f"{100 * (contract.margin or 0):.1f}"
    if contract.is_kept:
        return [
            f"{rests}, which is enough: nine times in ten the precision is within {points} points of it."
        ]
    if contract.margin is None:
        return [f"{rests}."]
    needed = answer.sentences_needed
    enough = (
        f"About {needed:,} labelled sentences would be enough."
        if needed
        else "It cannot be told how many would be enough."
    )
    return [
        plain("This cannot be promised yet. ", bold=True),
        (
            f"{rests}: nine times in ten the precision is within {points} points of "
            f"{_per_cent(contract.promise)}. {enough}"
        ),
    ]


def _label(threshold: Threshold) -> Line:
    if threshold.confidence is None:
        return [*label_name(threshold.label), " none goes out"]
    return [
        *label_name(threshold.label),
        f" {percent(threshold.share)} % go out, from a confidence of {percent(threshold.confidence)} % on",
    ]


def _switch(answer: PrecisionShown, contract: Contract) -> list[Block]:
    if answer.did != "asked" or answer.promise is None:
        return []
    words = "Switch on" if contract.is_kept else "Switch on anyway"
    pressed = button(
        words,
        ids.PRECISION_ON,
        f"{100 * answer.promise:g}",
        style="primary" if contract.is_kept else None,
    )
    return [ActionsBlock(elements=[pressed])]


def _per_cent(share: float) -> str:
    return f"{100 * share:g} %"
