"""The app as Slack is told it is, and as the code makes it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

import bot
from bot import nerbot_command as nerbot
from bot import train_command as train
from bot.conversation import handlers as conversation
from bot.editor import handlers as editor
from bot.erasure import handlers as erasure
from bot.exchange import handlers as exchange
from bot.home import handlers as home
from bot.jobs.background import Background
from bot.labelling import handlers as label
from bot.listening import COMMANDS as HELPS
from bot.recognition import handlers as ner
from bot.slack import action_ids as ids
from bot.slack.command_help import usage_view
from bot.slack.diagnosis import read_manifest
from bot.slack.listeners import Listeners
from bot.slack.responders import Responders

HELP = {told.command: told for told in HELPS}
ROOT = Path(bot.__file__).parents[1]
MANIFEST = yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))
WITH_FILES = read_manifest(file_imports=True)
COMMANDS = MANIFEST["features"]["slash_commands"]

SCOPES = {
    "api_call": None,  # blocks.validate alone, which needs none
    "apps_connections_open": None,  # the app-level token's own, not one of the bot's
    "auth_test": None,
    "chat_getPermalink": None,
    "chat_postEphemeral": "chat:write",
    "chat_postMessage": "chat:write",
    "chat_update": "chat:write",
    "files_completeUploadExternal": "files:write",
    "files_getUploadURLExternal": "files:write",
    "files_info": "files:read",
    "files_upload_v2": "files:write",
    "oauth_v2_access": None,  # the app's own id and secret
    "views_open": None,
    "users_info": "users:read",
    "views_publish": None,
    "views_push": None,
    "views_update": None,
}
"""The scope each method of the Web API asks for, from its page at https://docs.slack.dev/reference/methods."""


EVENT_SCOPES = {"app_mention": "app_mentions:read", "message.im": "im:history"}
"""The scopes of the events that need one, from https://docs.slack.dev/reference/events."""


class Registry(AsyncApp):
    """A Bolt app that remembers what is registered with it."""

    def __init__(self) -> None:
        client = AsyncWebClient(token="xoxb-1")
        super().__init__(client=client, signing_secret="nothing comes in")
        self.commands: list[object] = []
        self.actions: list[str | re.Pattern[str]] = []
        self.others: list[object] = []

    def command(self, command: Any, *more: Any, **options: Any) -> Any:
        self.commands.append(command)
        return super().command(command, *more, **options)

    def action(self, constraints: Any, *more: Any, **options: Any) -> Any:
        self.actions.append(constraints)
        return super().action(constraints, *more, **options)

    def shortcut(self, constraints: Any, *more: Any, **options: Any) -> Any:
        self.others.append(constraints["callback_id"])
        return super().shortcut(constraints, *more, **options)

    def event(self, event: Any, *more: Any, **options: Any) -> Any:
        self.others.append("message.im" if event == "message" else event)
        return super().event(event, *more, **options)

    def message(self, *more: Any, **options: Any) -> Any:
        self.others.append("message")
        return super().message(*more, **options)


class Nobody:
    """Services that are asked for nothing while the app is put together."""

    def __getattr__(self, name: str) -> object:
        return self


@pytest.fixture
def registry() -> Registry:
    """The whole app, without what it does."""
    app, nobody = Registry(), cast("Any", Nobody())
    replies = Responders(Background(), nobody, nobody)
    Listeners(app, replies).help(HELPS)
    label.register(app, nobody, replies, nobody)
    train.register(Listeners(app, replies), nobody, nobody, nobody)
    ner.register(app, nobody, replies)
    nerbot.register(Listeners(app, replies), *[nobody] * 9)
    editor.register(app, nobody, replies)
    conversation.register(app, nobody, replies, nobody)
    erasure.register(app, nobody, Background(), nobody)
    exchange.register(app, nobody, replies)
    home.register(app, nobody, nobody, nobody, nobody, Background(), nobody, nobody)
    return app


def test_the_commands_are_those_the_code_registers(registry: Registry) -> None:
    assert sorted(registry.commands, key=str) == sorted(entry["command"] for entry in COMMANDS)


def test_the_shortcuts_and_events_are_those_the_code_registers(registry: Registry) -> None:
    shortcuts = [entry["callback_id"] for entry in WITH_FILES["features"]["shortcuts"]]
    events = MANIFEST["settings"].get("event_subscriptions", {}).get("bot_events", [])
    assert sorted(registry.others, key=str) == sorted([*shortcuts, *events])


@pytest.mark.parametrize(
    "action",
    [
        ids.FINISH, ids.UNDO, ids.NEXT, ids.NONE, ids.SKIP, f"{ids.CHOICE}.0", ids.CHOICE_MENU, ids.CANCEL_RUN,
        ids.OLDER_RUNS, ids.NEWER_RUNS, ids.DIGEST_OFF, ids.NOTICES_OFF,
        f"{ids.POINT}.0", f"{ids.EDITOR_PROPOSED}.0", f"{ids.EDITOR_WORDS_AS}.0", f"{ids.EDITOR_PROPOSED_LABEL}.0",
        ids.EDITOR_WORDS_LABEL, ids.FIX_MESSAGE,
        ids.ACCEPT, ids.FLAG, ids.EDIT, ids.EDIT_SUGGESTION, ids.RIGHT, ids.UNDO_RIGHT, ids.FIX, ids.SHARE,
        ids.EDITOR_LABEL, ids.EDITOR_EDGE, ids.EDITOR_REMOVE, ids.EDITOR_NARROW, f"{ids.EDITOR_TURN}.1",
        ids.EDITOR_MARK, ids.CONFIRM, ids.DECLINE, ids.UNDO_STEP, f"{ids.UNDO_EVENT}.12", f"{ids.UNDO_IMPORT}.3",
        f"{ids.TEST_WEBHOOK}.3",
        ids.HISTORY_NEWER,
        ids.FORGET, ids.KEEP, ids.DELETE, ids.HISTORY_OLDER, f"{ids.REVIEW_TAKE}.0", ids.REVIEW_MYSELF, ids.REVIEW_NEXT,
        ids.REVIEW_MERGE, ids.REVIEW_EDIT, f"{ids.ERROR_TAKE}.0", ids.ERROR_NEXT,
        ids.UNDO_TOGETHER, f"{ids.PIECE}.0", ids.JOIN, ids.AS_ONE,
        ids.HOME_LABEL, ids.HOME_TRAIN, ids.HOME_STATUS, ids.HOME_HELP,
        ids.MAKE_LIVE, ids.UNDO_LIVE, ids.ROLL_BACK, ids.MODELS_NEWEST, ids.MODELS_OLDER, ids.SCORES_PICTURE,
        f"{ids.LABEL_FOR_MODEL}.0", f"{ids.LOOK_AT}.3", ids.HELP, ids.FLAGS_SHOW, ids.REMINDERS_OFF,
        ids.HOME_ASK, ids.HOME_CLOSE, f"{ids.COMPARE_PAGE}.1",
        ids.SCHEDULE_OFTEN, ids.SCHEDULE_HOURLY, ids.SCHEDULE_ZONE, ids.DIGEST_ZONE,
        ids.FILE_IMPORT, ids.FILE_PROJECT, ids.FILE_CANCEL, ids.FILE_UNDO,
        f"{ids.OPEN_SENTENCE}.0", ids.POINT_WORD, ids.POINT_CHANGE,
    ],
)  # fmt: skip
def test_every_button_has_one_listener(registry: Registry, action: str) -> None:
    listening = [
        a
        for a in registry.actions
        if a == action or (isinstance(a, re.Pattern) and a.search(action))
    ]
    assert len(listening) == 1


def test_buttons_need_interactivity(registry: Registry) -> None:
    assert MANIFEST["settings"]["interactivity"]["is_enabled"] is bool(registry.actions)


def called_methods() -> Iterator[str]:
    """The methods of the Web API that are called anywhere in the bot."""
    known = {name for name in dir(AsyncWebClient) if re.match(r"[a-z]+_[a-zA-Z0-9_]+$", name)}
    for path in (ROOT / "bot").rglob("*.py"):
        if "playground" not in path.parts:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Attribute) and node.attr in known:
                    yield node.attr


def test_the_scopes_are_the_least_the_code_needs() -> None:
    needed = {scope for method in called_methods() if (scope := SCOPES[method])}
    events = MANIFEST["settings"]["event_subscriptions"]["bot_events"]
    heard = {EVENT_SCOPES[event] for event in events if event in EVENT_SCOPES}
    assert set(WITH_FILES["oauth_config"]["scopes"]["bot"]) == {"commands", *needed, *heard}


def test_files_are_asked_for_only_where_they_are_imported() -> None:
    asked, without = WITH_FILES["oauth_config"]["scopes"], MANIFEST["oauth_config"]["scopes"]
    assert set(asked["bot"]) - set(without["bot"]) == {"files:read"}
    (more,) = WITH_FILES["features"]["shortcuts"][len(MANIFEST["features"]["shortcuts"]) :]
    assert more["callback_id"] == ids.IMPORT_FILE


def test_names_of_shortcuts_have_the_length_slack_takes() -> None:
    for entry in WITH_FILES["features"]["shortcuts"]:
        assert len(entry["name"]) <= 24
        assert len(entry["description"]) <= 150


def test_a_workspace_may_refuse_to_tell_of_its_people() -> None:
    assert MANIFEST["oauth_config"]["scopes"]["bot_optional"] == ["users:read"]


def test_socket_mode_is_on_and_no_address_is_asked_for() -> None:
    assert MANIFEST["settings"]["socket_mode_enabled"] is True
    assert "url" not in str(MANIFEST)


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: str(entry["command"]))
def test_a_command_says_what_it_does_and_gets_its_text_escaped(entry: dict[str, Any]) -> None:
    assert set(entry) == {"command", "description", "usage_hint", "should_escape"}
    assert entry["should_escape"] is True


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: str(entry["command"]))
def test_every_command_has_a_usage(entry: dict[str, Any]) -> None:
    assert entry["command"] in usage_view(HELP[entry["command"]]).text


def test_the_texts_have_the_lengths_slack_takes() -> None:
    shown = MANIFEST["display_information"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 174 <= len(shown["long_description"]) <= 4_000
    assert all(len(entry["description"]) <= 100 for entry in COMMANDS)


def test_where_workspaces_install_it_by_themselves_every_address_is_of_the_redirects_host() -> None:
    """A manifest without them leaves five fields to be filled in by hand."""
    manifest = read_manifest(redirect_uri="https://ner.example.org/slack/oauth_redirect")
    events = "https://ner.example.org/slack/events"
    assert manifest["oauth_config"]["redirect_urls"] == [
        "https://ner.example.org/slack/oauth_redirect"
    ]
    asked = manifest["settings"]
    addresses = {command["url"] for command in manifest["features"]["slash_commands"]}
    addresses |= {asked[name]["request_url"] for name in ("event_subscriptions", "interactivity")}
    assert addresses == {events}
    assert (asked["socket_mode_enabled"], asked["token_rotation_enabled"]) == (False, True)
