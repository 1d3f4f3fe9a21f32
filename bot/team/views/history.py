"""The record as people see it: who did what and when, with [Undo] beside what they may undo."""

from typing import Any

from slack_sdk.models.blocks import ActionsBlock, Block

from bot.domain.events import Event, EventKind
from bot.domain.steps import StepKind
from bot.projects.values import ProjectSettings
from bot.slack import action_ids as ids
from bot.slack.text import (
    Line,
    Parts,
    View,
    as_text,
    button,
    counted,
    line,
    percent,
    person,
    plain,
    said,
    shortened,
    small,
    when,
)
from bot.team.values.history import HistoryPage, Undone

_TEXT = 80
_PHRASES = 3


def history_view(page: HistoryPage) -> View:
    """A page of steps, newest first."""
    if not page.events:
        return said(["Nothing was done here yet. /label brings the first sentence."])
    head: Line = [plain("Your last steps" if page.mine else "Last steps", bold=True)]
    blocks: list[Block] = []
    for event in page.events:
        blocks.append(line(*_event_line(event)))
        if event.id in page.can_undo:
            undo = button("Undo", f"{ids.UNDO_EVENT}.{event.id}", event.id)
            blocks.append(ActionsBlock(elements=[undo]))
    blocks += _pages(page)
    view = said(head, blocks=blocks)
    listed = [as_text(_event_line(event)) for event in page.events]
    return View("\n".join([view.text, *listed]), view.blocks)


def _pages(page: HistoryPage) -> list[Block]:
    whose = "mine" if page.mine else "all"
    pages = []
    if not page.first:
        pages.append(button("Newest", ids.HISTORY_NEWER, f"{whose}:0"))
    if page.older is not None:
        pages.append(button("Older", ids.HISTORY_OLDER, f"{whose}:{page.older}"))
    return [ActionsBlock(elements=pages)] if pages else []


def undone_view(answer: Undone) -> View:
    """What was undone."""
    event = answer.event
    more = f" {counted(answer.sentences, 'sentence')} changed." if answer.sentences > 1 else ""
    if answer.lost:
        more += (
            f" It is back without its {', '.join(answer.lost)} phrases, because "
            f"{'these labels were' if len(answer.lost) > 1 else 'this label was'} deleted meanwhile."
        )
    row = ActionsBlock(elements=[button("Last steps", ids.HISTORY_NEWER, "all:0")])
    return said(
        [plain("Undone: ", bold=True), *_event_line(event), f".{more}"],
        blocks=[small("The step and its undo stay in the record."), row],
    )


def _event_line(event: Event) -> Line:
    state = " (undone)" if event.undone else ""
    return [person(event.by), " ", *_did(event), state, " · ", when(event.at)]


def _did(event: Event) -> Line:
    if event.undoes is not None:
        return ["undid: ", *_what(event)]
    return _what(event)


def _what(event: Event) -> Line:
    if event.kind in set(StepKind):
        return [_step(event)]
    detail = event.detail or {}
    match event.kind:
        case EventKind.ROLE_CHANGED:
            return ["made ", person(str(detail.get("person"))), f" {_a(str(detail.get('to')))}"]
        case EventKind.CHANNEL_BOUND:
            return ["chose this project for " if detail.get("to") else "freed ", *_room(detail)]
        case EventKind.REVIEWED:
            return [f"decided on sentence {_sentence(event)}"]
        case EventKind.REVIEW_NOTED:
            return [
                f"noted why sentence #{event.sentence_id} was decided so: “{_short(detail, 'to')}”"
            ]
    return [_on_project(event, detail)]


def _room(detail: dict[str, Any]) -> Line:
    name = str(detail.get("channel"))
    if name.startswith(("U", "W")):
        return ["direct messages with ", person(name)]
    return [Parts.Channel(channel_id=name)]


def _a(role: str) -> str:
    return f"an {role}" if role[:1] in "aeiou" else f"a {role}"


_WORDS: dict[str, str] = {
    EventKind.LABEL_ADDED: "added the label {name}",
    EventKind.LABEL_REMOVED: "the label {name}",
    EventKind.LABEL_DESCRIBED: "described {name}: “{to}”",
    EventKind.LABEL_RENAMED: "renamed {from} to {to}",
    EventKind.LABELS_MERGED: "merged {from} into {to}",
    EventKind.LABELS_SPLIT: "merging {to} into {from}",
    EventKind.PROJECT_MADE: "made the project {name}",
    EventKind.LABEL_DELETED: "deleted the label {name}",
    EventKind.SENTENCE_DELETED: "deleted sentence #{sentence}",
    EventKind.PROJECT_DELETED: "deleted the project {name}",
    EventKind.IMPORTED: "imported {file} with {sentences} new sentences",
}


def _on_project(event: Event, detail: dict[str, Any]) -> str:
    if event.kind in _WORDS:
        shown = {name: shortened(str(value or ""), _TEXT) for name, value in detail.items()}
        return _WORDS[event.kind].format_map(shown)
    if event.kind == EventKind.LIVE_MOVED:
        return f"model {detail.get('to')} went live{_why_live(detail)}"
    if event.kind == EventKind.SETTINGS_CHANGED:
        return f"set {_settings(detail)}"
    if event.kind == EventKind.FLAG_SETTLED:
        return f"looked after the flags of {_sentence(event)}"
    return event.kind.replace("_", " ")


def _settings(detail: dict[str, Any]) -> str:
    settings = ProjectSettings(**detail["to"])
    share = percent(settings.random_share)
    who = (
        "open" if settings.is_open else "closed"
    ) + f" guests {'on' if settings.guests else 'off'}"
    kept = f" messages {settings.message_days}" if settings.message_days else ""
    kept += " rereads on" if settings.rereads else ""
    language = "" if settings.language == "en" else f" language {settings.language}"
    second = f"second {percent(settings.second_share)} confidence {percent(settings.confidence)}"
    promise = f" precision {100 * settings.precision:g}" if settings.precision else ""
    promise += f" redact {settings.redacts}" if settings.redacts else ""
    people = f"annotations {settings.annotations_per_sentence}"
    return f"{people} random {share} {second} {who}{kept}{language}{promise}"


def _why_live(detail: dict[str, Any]) -> str:
    if detail.get("why") == "damaged":
        return f" because model {detail.get('from')} is damaged"
    return ", a step back" if detail.get("why") in {"undo", "rollback"} else ""


def _short(detail: dict[str, Any], name: str) -> str:
    return shortened(str(detail.get(name) or ""), _TEXT)


def _step(event: Event) -> str:
    where = _sentence(event)
    match event.kind:
        case StepKind.LABELLED:
            return f"labelled {_changed(event)} in {where}"
        case StepKind.FINISHED:
            spans = len(event.after.spans) if event.after else 0
            return f"finished {where} with {counted(spans, 'phrase')}"
        case StepKind.NO_ENTITIES:
            return f"finished {where} with no entities"
        case StepKind.SKIPPED | StepKind.FLAGGED:
            return f"{event.kind} {where}"
        case StepKind.UNDONE:
            return f"a step on {where}"
    return f"{event.kind.replace('_', ' ')} {where}"


def _sentence(event: Event) -> str:
    return f"#{event.sentence_id} “{shortened(event.text, _TEXT)}”"


def _changed(event: Event) -> str:
    """The phrases a step added or took off, the first few of them."""
    before = event.before.spans if event.before else ()
    now = event.after.spans if event.after else ()
    phrases = [
        f"“{shortened(event.text[s.start : s.end], _TEXT)}” {s.label}"
        for s in now
        if s not in before
    ] or [
        f"“{shortened(event.text[s.start : s.end], _TEXT)}” no more" for s in before if s not in now
    ]
    more = len(phrases) - _PHRASES
    shown = ", ".join(phrases[:_PHRASES]) or "nothing"
    return shown + (f" and {more} more" if more > 0 else "")
