"""What is typed to set an output up, by its kind. Each raises SettingsError that says what is wrong."""

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from bot.errors import SettingsError
from bot.outputs.values import OutputKind

_CHANNEL = re.compile(r"[CG][A-Z0-9]{2,30}")
_EMOJI = re.compile(r"[a-z0-9_+'-]{1,100}(?:::skin-tone-[2-6])?")
_LONGEST_NAME = 100


class Wanted(NamedTuple):
    """An output as it is to be stored."""

    target: str
    settings: dict[str, Any]


Read = Callable[[str, Mapping[str, str]], Wanted]
"""Reads what is typed: the target and settings by their names."""


def read_output(kind: str, target: str, settings: Mapping[str, str]) -> tuple[OutputKind, Wanted]:
    """The kind and what it needs to know, out of what is typed; raises SettingsError."""
    if kind not in KINDS:
        raise SettingsError(f"there is no output {kind[:40]}; there are: {', '.join(KINDS)}")
    return OutputKind(kind), KINDS[OutputKind(kind)](target, settings)


def _read_file(target: str, settings: Mapping[str, str]) -> Wanted:
    path = Path(target).expanduser().absolute()
    if not target or path.suffix.lower() not in {".jsonl", ".csv"}:
        raise SettingsError("a file is named such as entities.jsonl or entities.csv")
    if not path.parent.is_dir():
        raise SettingsError(f"there is no folder {path.parent}")
    _only(settings, "megabytes", "files")
    return Wanted(
        str(path),
        {name: read_number(name, value, least=1) for name, value in settings.items()},
    )


def _read_list(target: str, settings: Mapping[str, str]) -> Wanted:
    _channel(target, "whose members see the List")
    _only(settings, "name", "retracted")
    if settings.get("retracted", "delete") not in {"delete", "mark"}:
        raise SettingsError("retracted is delete or mark")
    if len(settings.get("name", "")) > _LONGEST_NAME:
        raise SettingsError(f"a List's name has at most {_LONGEST_NAME} characters")
    return Wanted(target, dict(settings))


def _read_reply(target: str, settings: Mapping[str, str]) -> Wanted:
    _no_target(target, "a reply is where the message is")
    _only(settings)
    return Wanted("", {})


def _read_reaction(target: str, settings: Mapping[str, str]) -> Wanted:
    _no_target(target, "a reaction is where the message is")
    emoji = {name: value.strip(":") for name, value in settings.items()}
    for name, value in emoji.items():
        if not _EMOJI.fullmatch(value):
            raise SettingsError(f"{name}: {value[:40]} is not the name of an emoji, such as pill")
    return Wanted("", emoji)


def _channel(target: str, what: str) -> None:
    if not _CHANNEL.fullmatch(target):
        raise SettingsError(f"the id of a channel is needed, {what}, such as C024BE91L")


def _no_target(target: str, why: str) -> None:
    if target:
        raise SettingsError(f"{why}: it needs no {target[:40]}")


def _only(settings: Mapping[str, str], *names: str) -> None:
    """Raise SettingsError where something else is set."""
    unknown = sorted({*settings} - {*names})
    if unknown:
        there = ", ".join(names) or "none"
        raise SettingsError(
            f"there is no setting {unknown[0][:40]} of this output; there are: {there}"
        )


def read_number(name: str, value: str, *, least: int, most: int = 100_000) -> int:
    """A whole number; raises SettingsError."""
    if not (value.isascii() and value.isdecimal()) or not least <= int(value) <= most:
        raise SettingsError(f"{name} is a number from {least} to {most}, not {value[:40]}")
    return int(value)


def _read_table(target: str, settings: Mapping[str, str]) -> Wanted:
    parts = urlsplit(target)
    if parts.scheme not in {"sqlite", "postgresql"}:
        raise SettingsError(
            "a table is in a database such as postgresql://user:password@host/name or sqlite:////folder/entities.db"
        )
    _only(settings, "table", "retracted")
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,62}", settings.get("table", "t")):
        raise SettingsError("table is a name of letters, digits and _, such as nerbot_entities")
    if settings.get("retracted", "mark") not in {"mark", "delete"}:
        raise SettingsError("retracted is mark or delete")
    return Wanted(target, dict(settings))


def read_settings(typed: Iterable[str]) -> dict[str, str]:
    """Settings out of `name=value`; raises SettingsError."""
    found = [each.partition("=") for each in typed]
    if any(not name or not sign for name, sign, _ in found):
        raise SettingsError("a setting is typed as NAME=VALUE, such as megabytes=50")
    return {name.strip(): value.strip() for name, _, value in found}


def without_password(target: str) -> str:
    """A target as it can be shown."""
    parts = urlsplit(target)
    if not parts.password:
        return target
    name = f"{parts.username or ''}:***@{parts.netloc.rpartition('@')[2]}"
    return parts._replace(netloc=name).geturl()


KINDS: dict[OutputKind, Read] = {
    OutputKind.FILE: _read_file,
    OutputKind.TABLE: _read_table,
    OutputKind.LIST: _read_list,
    OutputKind.REPLY: _read_reply,
    OutputKind.REACTION: _read_reaction,
}
