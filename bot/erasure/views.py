"""Forgetting as people see it: what would go, what went, and what is still to go."""

from slack_sdk.models.blocks import ActionsBlock

from bot.erasure.commands import Extent, ForgetAsked, Forgotten, NotForgotten, What
from bot.slack import action_ids as ids
from bot.slack.text import Line, View, button, counted, person, plain, said, shortened

_TEXT = 300


def asked_view(answer: ForgetAsked) -> View:
    """The question, with all that would go."""
    forget, extent = answer.forget, answer.extent
    row = ActionsBlock(
        elements=[
            button("Erase for good", ids.FORGET, answer.offer, style="danger"),
            button("Keep it", ids.KEEP, answer.offer),
        ]
    )
    lines: list[Line] = [_question(answer)]
    if forget.what is What.PERSON:
        lines.append(
            [
                (
                    "Their labels, steps, flags, notes, corrections and role go, in every project. Sentences that they "
                    "added go, too, unless somebody else has worked on them; those stay without the name. What they "
                    "decided as a reviewer stays without name and reason."
                )
            ]
        )
    lines.append([f"This erases {_parts(extent)}."])
    lines.append([_more(answer)])
    if extent.live:
        lines.append([f"{_models(extent.live)} learned from it. {_until(extent.live)}"])
    lines.append(
        [
            plain("This cannot be undone. ", bold=True),
            "Nothing is erased until you choose; the question is open for ten minutes.",
        ]
    )
    return said(*lines, blocks=[row])


def _question(answer: ForgetAsked) -> Line:
    forget = answer.forget
    if forget.what is What.SENTENCE:
        return [
            plain(f"Forget sentence #{forget.sentence_id}?", bold=True),
            f" “{shortened(answer.text, _TEXT)}”",
        ]
    if forget.what is What.PERSON:
        return [plain("Forget ", bold=True), person(forget.person or ""), plain("?", bold=True)]
    return [plain(f"Forget all of the project {answer.project}?", bold=True)]


def _more(answer: ForgetAsked) -> str:
    if answer.forget.what is What.PROJECT:
        return "All its labels, trainings, models, schedules and open questions go as well."
    return (
        "Labels that only these sentences carry and nobody described go as well. So do the logs of trainings, and all "
        "open cards and questions of the project: type /label for a new card."
    )


def forgotten_view(answer: Forgotten) -> View:
    """What went, and what is still to go."""
    extent = answer.extent
    lines: list[Line] = [
        [plain("Forgotten: ", bold=True), f"{_parts(extent)}. It is gone from the data folder."]
    ]
    if extent.live:
        lines.append([f"{_models(extent.live)} learned from it. {_until(extent.live)}"])
    if extent.silent:
        lines.append(
            [
                (
                    "The live model learned from it, and too few finished sentences are left to train another one, so "
                    "it was removed. /ner answers from labelled phrases until the next training."
                )
            ]
        )
    lines.append(
        [
            (
                "What nerbot posted in Slack before is still there, and so are backups you made. Delete those "
                "yourselves."
            )
        ]
    )
    return said(*lines)


def kept_view(_: NotForgotten) -> View:
    """Nothing was erased."""
    return said(["Nothing was erased."])


def done_view() -> View:
    """The last model is gone."""
    return said(
        [
            (
                "What you asked me to forget is now gone from the models, too: a model trained without it is live, or "
                "none is."
            )
        ]
    )


def _models(versions: tuple[int, ...]) -> str:
    if len(versions) == 1:
        return f"Model {versions[0]}"
    return "The live models " + ", ".join(map(str, versions))


def _until(versions: tuple[int, ...]) -> str:
    one = len(versions) == 1
    return (
        f"A new model is trained without it. Until that one is live, the old {'one keeps' if one else 'ones keep'} "
        f"answering; then {'it is' if one else 'they are'} removed."
    )


def _parts(extent: Extent) -> str:
    parts = [
        counted(extent.sentences, "sentence"),
        counted(extent.annotations, "annotation"),
        counted(extent.steps, "step"),
    ]
    if extent.labels:
        parts.append(counted(extent.labels, "label"))
    others = extent.models - len(extent.live) - extent.silent
    if others > 0:
        parts.append(counted(others, "model") + " that learned from it")
    return ", ".join(parts[:-1]) + f" and {parts[-1]}"
