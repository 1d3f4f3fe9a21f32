"""How the live model does on the stream, as people see it."""

from slack_sdk.models.blocks import ActionsBlock, Block, RichTextElementParts

from bot.health.estimates import Estimate
from bot.health.sampling import SENTENCES
from bot.health.values import ChangedQueued, DrawnSentence, HealthBrief, HealthShown, StreamChange
from bot.slack import action_ids as ids
from bot.slack.marked_text import marked_sentence
from bot.slack.text import (
    Line,
    Piece,
    View,
    button,
    counted,
    label_name,
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
    changed = change_words(shown.change) if shown.change else []
    lines = [_did(shown), _head(shown), *_measured(shown), changed, _drawing(shown)]
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
                button("Right", ids.HEALTH_RIGHT, card.id),
                button("Edit", ids.HEALTH_EDIT, card.id),
                button("Skip", ids.HEALTH_SKIP, card.id),
            ]
        ),
        small(f"Right: just these entities are in it, and no others · {more}"),
    ]


def brief_words(brief: HealthBrief) -> Line:
    """How the live model does, for whoever sees more than that."""
    line: list[Piece] = []
    if brief.promise is not None:
        line.append(f" {100 * brief.promise:g} % of what goes out is promised to be right.")
    if brief.out is not None:
        line.append(f" {_range(brief.out)} was measured to be right.")
    if brief.last is not None:
        line += [" Checked last: ", when(brief.last), "."]
    if brief.change is not None:
        line += [" Messages have changed: ", *change_words(brief.change)]
    return line


def change_view(change: StreamChange, project_id: int, project: str | None) -> View:
    """That a stream has changed, what differs, and what would help."""
    where: Line = [" in ", plain(project, bold=True)] if project else []
    label_them = button(f"Label these {SENTENCES}", ids.DRIFT_LABEL, project_id, style="primary")
    return said(
        [
            "Messages have become unlike those the live model",
            *where,
            " knows. ",
            *change_words(change),
        ],
        [
            (
                f"Label some and train, and the model learns what is new. At most {SENTENCES} are kept for that, "
                "for two weeks."
            )
        ],
        blocks=[ActionsBlock(elements=[label_them])],
    )


def check_view(waiting: int, project_id: int, project: str | None) -> View:
    """That a week is over, what is asked for, and what it is good for."""
    where: list[Piece] = [" in the watched channels"]
    if project:
        where += [" of ", plain(project, bold=True)]
    are = "is" if waiting == 1 else "are"
    return said(
        [
            f"{counted(waiting, 'sentence')} of this week's messages",
            *where,
            f" {are} ready to be checked.",
        ],
        [
            (
                "They were drawn at random: what you say of them measures how often the live model is right. "
                "A tap for each."
            )
        ],
        blocks=[
            ActionsBlock(
                elements=[button("Check them", ids.HEALTH_SHOW, project_id, style="primary")]
            )
        ],
    )


def change_words(change: StreamChange) -> Line:
    """What differs, as a sentence."""
    where: Line = ["In the watched channels "]
    if change.channel:
        where = ["In ", RichTextElementParts.Channel(channel_id=change.channel), " "]
    before = "in its training sentences" if change.is_of_training else "before"
    match change.what:
        case "vocabulary":
            now, usual = _shares(change.now, change.usual)
            return [*where, f"{now} words are new to the model; {before} it was {usual}."]
        case "confidence":
            now, usual = percent(change.now), percent(change.usual)
            return [
                *where,
                f"the model is {now} % sure of what it finds in a message; {before} it was {usual} %.",
            ]
        case "density":
            now, usual = f"{10 * change.now:.0f}", f"{10 * change.usual:.0f}"
            return [*where, f"{now} entities are found in 100 words; {before} it was {usual}."]
    now, usual = _shares(change.now, change.usual)
    label = label_name(change.label) if change.label else ["the usual label"]
    return [*where, f"{now} messages begin with ", *label, f"; {before} it was {usual}."]


def _shares(now: float, usual: float) -> tuple[str, str]:
    """Shares in tenths, in hundredths where tenths do not tell them apart."""
    tenths = round(10 * now), round(10 * usual)
    if 0 in tenths or tenths[0] == tenths[1]:
        return f"{round(100 * now)} in 100", f"{round(100 * usual)} in 100"
    return f"{tenths[0]} in 10", f"{tenths[1]} in 10"


def queued_view(queued: ChangedQueued) -> View:
    """What became of the sentences, and what next."""
    many = counted(queued.sentences, "sentence")
    is_there = "is" if queued.sentences == 1 else "are"
    first: Line = [f"{many} of these messages {is_there} in the queue"]
    if queued.elsewhere:
        return said(
            [*first, " of ", plain(queued.project, bold=True), "."],
            ["Type /label in one of its channels, then /train."],
        )
    return said([*first, "."], ["Type /label to label them, then /train."])
