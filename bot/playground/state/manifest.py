"""The app's manifest: commands, shortcuts, scopes, events."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.playground.state.steps import StepDefinition, read_steps

IN_REPOSITORY = Path(__file__).resolve().parents[3] / "manifest.yml"
IN_PACKAGE = Path(__file__).resolve().parents[2] / "manifest.yml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A slash command as the composer suggests it."""

    name: str
    description: str
    usage_hint: str
    should_escape: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut:
    """A shortcut; `type` is "message" or "global"."""

    name: str
    callback_id: str
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The parts of manifest.yml that decide what Slack lets the app do."""

    app_name: str
    commands: tuple[Command, ...] = ()
    shortcuts: tuple[Shortcut, ...] = ()
    scopes: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()
    interactivity: bool = False
    home: bool = False
    messages_tab: bool = True
    writable_messages: bool = True
    steps: tuple[StepDefinition, ...] = ()
    """Of workflows."""

    def command(self, name: str) -> Command | None:
        """The command of that name, with its slash."""
        return next((c for c in self.commands if c.name == name), None)


def manifest_path() -> Path:
    """The path of manifest.yml: at the repository's top, or in the installed package."""
    return IN_REPOSITORY if IN_REPOSITORY.exists() else IN_PACKAGE


def read_manifest(path: Path) -> Manifest:
    """Read a manifest in YAML (or JSON, which is YAML)."""
    return _parse(path.read_text("utf-8"))


@lru_cache(maxsize=8)
def _parse(text: str) -> Manifest:
    return parse_manifest(yaml.safe_load(text))


def parse_manifest(tree: dict[str, Any]) -> Manifest:
    """Read the parts that matter here from a manifest's tree."""
    features = tree.get("features", {})
    settings = tree.get("settings", {})
    app_home = features.get("app_home", {})
    # Nobody grants what is optional here: the app has to do without.
    scopes = tree.get("oauth_config", {}).get("scopes", {})
    name = tree["display_information"]["name"]
    return Manifest(
        app_name=features.get("bot_user", {}).get("display_name", name),
        commands=tuple(
            Command(
                name=c["command"],
                description=c["description"],
                usage_hint=c.get("usage_hint", ""),
                should_escape=bool(c.get("should_escape", False)),
            )
            for c in features.get("slash_commands", [])
        ),
        shortcuts=tuple(
            Shortcut(name=s["name"], callback_id=s["callback_id"], type=s["type"])
            for s in features.get("shortcuts", [])
        ),
        scopes=frozenset(scopes.get("bot", [])) - frozenset(scopes.get("bot_optional", [])),
        events=frozenset(settings.get("event_subscriptions", {}).get("bot_events", [])),
        interactivity=bool(settings.get("interactivity", {}).get("is_enabled", False)),
        home=bool(app_home.get("home_tab_enabled", False)),
        messages_tab=bool(app_home.get("messages_tab_enabled", True)),
        steps=read_steps(tree),
        writable_messages=not app_home.get("messages_tab_read_only_enabled", False),
    )
