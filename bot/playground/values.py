"""The values that the sub-packages of the Slack simulator share."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

JSON = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Slack's time limits in seconds, and its clock; tests shorten the limits and set the clock."""

    ack: float = 3.0
    trigger: float = 3.0
    response_url: float = 30 * 60.0
    until: float = 5.0
    """How long a test waits for what is to become true, where it does not say."""
    event_retries: tuple[float, ...] = (0.0, 60.0, 300.0)
    now: Callable[[], float] = time.time


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who the workspace and the app in it are."""

    team_id: str
    team_name: str
    team_domain: str
    app_id: str
    bot_id: str
    bot_user_id: str
    bot_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """What Slack would show on the app's settings pages, and the key of this run's page."""

    bot_token: str = field(repr=False)
    app_token: str = field(repr=False)
    signing_secret: str = field(repr=False)
    control_token: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person whom one can act as."""

    id: str
    name: str
    real_name: str
    colour: str
    team_id: str | None = None
    """The other workspace a guest is a member of (Slack Connect); None for members of this one."""
    timezone: str = "Europe/Amsterdam"


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A channel, or a direct message (then `name` is "directmessage", as Slack calls it)."""

    id: str
    name: str
    members: tuple[str, ...]
    is_im: bool = False
    topic: str = ""
    is_private: bool = False
    """Only those who are invited are in it; Slack tells apps "privategroup" in place of its name."""

    @property
    def told_name(self) -> str:
        """What payloads call it."""
        return "privategroup" if self.is_private else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message as people see it; `only_for` is set where only one person does."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: tuple[JSON, ...] = ()
    bot_id: str | None = None
    only_for: str | None = None
    thread_ts: str | None = None
    edited_ts: str | None = None
    files: tuple[JSON, ...] = ()
    subtype: str = ""
    """What kind of message it is, where people did not simply write it: "bot_message", "channel_join", "tombstone"."""
    username: str = ""
    """What another app calls itself; it has no user."""
    reactions: tuple[JSON, ...] = ()
    """In the order of the first of each: `{"name": …, "users": […], "count": …}`."""

    @property
    def shown(self) -> str:
        """The text a person reads: that of the blocks, or `text` where there are none."""
        return "\n".join(words(list(self.blocks))) if self.blocks else self.text

    @property
    def actions(self) -> list[tuple[JSON, JSON]]:
        """Every (block, element) that a person can press or choose from."""
        return interactive(self.blocks)

    @property
    def buttons(self) -> list[str]:
        """The texts of its buttons, in order."""
        return [e["text"]["text"] for _, e in self.actions if e["type"] == "button"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something happened to a message that everybody in the channel sees, and apps are told of."""

    kind: Literal["posted", "edited", "deleted"]
    message: Message
    previous: Message | None = None
    """As it was before it was edited."""


def interactive(blocks: Iterable[JSON]) -> list[tuple[JSON, JSON]]:
    """Every (block, element) of these blocks that a person can press, choose from or type into."""
    found = []
    for block in blocks:
        elements = [*block.get("elements", ()), block.get("accessory"), block.get("element")]
        found += [(block, e) for e in elements if isinstance(e, dict) and "action_id" in e]
    return found


def options(element: JSON) -> list[JSON]:
    """The options of a menu, with those of its groups."""
    groups = element.get("option_groups") or [element]
    found = [o for group in groups if isinstance(group, dict) for o in group.get("options") or ()]
    return [o for o in found if isinstance(o, dict)]


_TEXT_FIELDS = (
    "text",
    "fields",
    "title",
    "elements",
    "accessory",
    "label",
    "element",
    "hint",
    "rows",
)
_BOXES = frozenset({"checkboxes", "radio_buttons"})
_LINES = frozenset({"rich_text_section", "rich_text_quote", "rich_text_preformatted"})


def words(node: object, *, emoji: bool = False) -> Iterator[str]:
    """The visible text of blocks, one piece for each run; emoji of their own are pictures, told by name if wanted."""
    if isinstance(node, list):
        for item in node:
            if isinstance(item, dict) and item.get("type") in _LINES:
                yield "".join(words(item.get("elements", []), emoji=emoji))
            else:
                yield from words(item, emoji=emoji)
    elif isinstance(node, dict):
        if emoji or node.get("type") != "emoji":
            yield from _own_words(node)
        for key in _TEXT_FIELDS if node.get("type") not in _BOXES else (*_TEXT_FIELDS, "options"):
            if isinstance(node.get(key), list | dict):
                yield from words(node[key], emoji=emoji)


def _own_words(node: JSON) -> Iterator[str]:
    kind = node.get("type")
    if kind == "emoji":
        yield f":{node['name']}:"
    elif kind == "user":
        yield f"<@{node['user_id']}>"
    elif kind == "link" and not node.get("text"):
        yield node["url"]
    elif kind == "image":
        yield node.get("alt_text", "")
    elif isinstance(node.get("text"), str):
        yield node["text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of the Web API (or of a response_url) and what was answered; never the token."""

    method: str
    payload: JSON
    response: JSON
    at: float
    status: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something the app did that Slack refuses, or shows to a person as a failure."""

    what: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The result of one thing that a person did.

    `view` is the modal on top afterwards; `errors` are texts at a modal's fields, by block_id: the
    app's, or with error "not_sent" those of Slack's own client, which then sent nothing.
    """

    kind: str
    request: JSON
    elapsed_ms: float
    error: str | None = None
    body: JSON | None = None
    message: Message | None = None
    view: JSON | None = None
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether the app acknowledged in time and Slack accepted its answer."""
        return self.error is None

    @property
    def text(self) -> str:
        """The text the person reads in direct answer; empty where there is none."""
        return self.message.shown if self.message else ""


class SlackError(Exception):
    """Slack refuses, with one of its error codes."""

    def __init__(self, error: str, *, messages: tuple[str, ...] = (), **more: object) -> None:
        super().__init__(error)
        self.error = error
        self.messages = messages
        self.more = more

    def to_json(self) -> JSON:
        """The body of the refusal as the Web API sends it."""
        body: JSON = {"ok": False, "error": self.error, **self.more}
        if self.messages:
            body["errors"] = [m.removeprefix("[ERROR] ") for m in self.messages]
            body["response_metadata"] = {"messages": list(self.messages)}
        return body
