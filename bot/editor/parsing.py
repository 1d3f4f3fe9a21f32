"""Presses and submissions of the editor's modal as typed values."""

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from bot.domain.project import Caller, Offsets
from bot.editor.commands import (
    Boxes,
    Edge,
    Edit,
    MarkPhrase,
    MarkTyped,
    MarkWords,
    Narrow,
    Relabel,
    Remove,
    Resize,
    ShowPage,
)
from bot.errors import NotUnderstood
from bot.slack import action_ids as ids
from bot.slack.payloads import Payload, caller_of_action, chosen, inputs_of, read_id, value_of
from ner_engine.annotation import Span, parse_label
from ner_engine.errors import EngineError

_NOT_OURS = "This is not one of nerbot's editors. Open it again from the card."
_SPAN_BLOCK = re.compile(rf"{re.escape(ids.EDITOR_SPAN)}\.(\d{{1,6}})\.(\d{{1,6}})\.(.{{1,64}})")


_PLACE = re.compile(r"(\d{1,6}):(\d{1,6})")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the editor was opened, as its modal carries it: ids and a time, no texts."""

    draft: str
    channel: str
    answer_to: str
    """The response_url of the message that shows the sentence."""
    opened: int
    """Seconds since 1970."""

    def to_metadata(self) -> str:
        """For `private_metadata`."""
        return json.dumps(asdict(self))

    @property
    def is_late(self) -> bool:
        """The message can no longer be changed: Slack lets go of it after half an hour."""
        return time.time() - self.opened > 28 * 60


def origin_of(body: Payload) -> Origin:
    """Where the modal came from; raises NotUnderstood."""
    try:
        told = json.loads(str((body.get("view") or {}).get("private_metadata")))
        return Origin(
            str(told["draft"]), str(told["channel"]), str(told["answer_to"]), int(told["opened"])
        )
    except (ValueError, LookupError, TypeError) as error:
        raise NotUnderstood(_NOT_OURS) from error


def caller_of_view(body: Payload, origin: Origin) -> Caller:
    """Who works in the modal; the channel is the one it was opened in."""
    return caller_of_action({**body, "channel": {"id": origin.channel}})


def read_boxes(body: Payload) -> Boxes:
    """What is in the modal's inputs."""
    values = inputs_of(body)
    fields = {action: field for block in values.values() for action, field in block.items()}
    added = (fields.get(ids.EDITOR_ADDED) or {}).get("value")
    markup = (fields.get(ids.EDITOR_MARKUP) or {}).get("value")
    return Boxes(
        added or "",
        markup or None,
        chosen(fields.get(ids.EDITOR_FINISHED) or {}) != "open",
        bold=tuple(_runs((fields.get(ids.EDITOR_BOLD) or {}).get("rich_text_value") or {})),
        words=tuple(_words(fields.get(ids.EDITOR_WORDS) or {})),
        bold_label=_bold_label(fields.get(ids.EDITOR_BOLD_LABEL) or {}),
        lines=_round(values, ids.EDITOR_ADDED),
        boxes=_round(values, ids.EDITOR_MARKUP),
    )


def _words(field: Mapping[str, Any]) -> Iterator[Offsets]:
    """The places of the chosen words."""
    for option in field.get("selected_options") or ():
        if place := _PLACE.fullmatch(str(option.get("value") or "")):
            yield int(place[1]), int(place[2])


def _bold_label(field: Mapping[str, Any]) -> str:
    word = chosen(field)
    return _label(word) if word else ""


def _runs(value: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    """The words of a rich text in order, each run with whether it is bold; what is not text comes as it is shown."""
    for number, part in enumerate(value.get("elements") or ()):
        if number:
            yield " ", False  # a new line, where the sentence has none: it will not fit
        for run in part.get("elements") or ():
            is_bold = bool((run.get("style") or {}).get("bold"))
            if run.get("type") == "emoji":
                points = str(run.get("unicode") or "").split("-")
                yield "".join(chr(int(point, 16)) for point in points if point), is_bold
            else:
                yield str(run.get("text") or run.get("url") or ""), is_bold


def _round(blocks: Mapping[str, Any], prefix: str) -> int:
    """The number at the end of a box's block id, which is another one each time nerbot fills it."""
    numbers = (str(block).removeprefix(f"{prefix}.") for block in blocks)
    return next((int(number) for number in numbers if number.isdecimal()), 0)


def read_edit(body: Payload) -> Edit:
    """The pressed button or the choice; raises NotUnderstood."""
    action = (body.get("actions") or [{}])[0]
    if str(action.get("action_id") or "").startswith((ids.EDITOR_WORDS_AS, ids.EDITOR_WORDS_LABEL)):
        return MarkWords(read_boxes(body).words, _label(value_of(action)))
    kind = str(action.get("action_id") or "")
    for prefix, read in _READ.items():
        if kind == prefix or kind.startswith(prefix + "."):
            return read(action)
    raise NotUnderstood(_NOT_OURS)


def _relabel(action: Mapping[str, Any]) -> Edit:
    return Relabel(_span(action), _label(chosen(action)))


def _resize(action: Mapping[str, Any]) -> Edit:
    try:
        return Resize(_span(action), Edge(chosen(action)))
    except ValueError as error:
        raise NotUnderstood(_NOT_OURS) from error


def _remove(action: Mapping[str, Any]) -> Edit:
    return Remove(_span(action))


def _narrow(action: Mapping[str, Any]) -> Edit:
    number = read_id(
        str(action.get("block_id") or "").removeprefix(f"{ids.EDITOR_NARROW}.").split(".")[0]
    )
    mention = chosen(action)
    return Narrow(number, None if mention == "all" else read_id(mention))


def _show_page(action: Mapping[str, Any]) -> Edit:
    return ShowPage(read_id(str(action.get("value") or "")))


def _propose(action: Mapping[str, Any]) -> Edit:
    start, _, rest = value_of(action).partition(":")
    end, _, label = rest.partition(":")
    return MarkPhrase(Span(read_id(start), read_id(end), _label(label)))


def _mark(_action: Mapping[str, Any]) -> Edit:
    return MarkTyped()


_READ: Mapping[str, Callable[[Mapping[str, Any]], Edit]] = {
    ids.EDITOR_LABEL: _relabel,
    ids.EDITOR_EDGE: _resize,
    ids.EDITOR_REMOVE: _remove,
    ids.EDITOR_NARROW: _narrow,
    ids.EDITOR_TURN: _show_page,
    ids.EDITOR_MARK: _mark,
    ids.EDITOR_PROPOSED: _propose,
    ids.EDITOR_PROPOSED_LABEL: _propose,
}


def _span(action: Mapping[str, Any]) -> Span:
    match = _SPAN_BLOCK.fullmatch(str(action.get("block_id") or ""))
    if match is None:
        raise NotUnderstood(_NOT_OURS)
    return Span(int(match[1]), int(match[2]), _label(match[3]))


def _label(word: str) -> str:
    try:
        return parse_label(word)
    except EngineError as error:
        raise NotUnderstood(_NOT_OURS) from error
