"""The settings of what nerbot does for people in Slack, and for whom."""

import re
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import field_validator
from pydantic_settings import BaseSettings, NoDecode

from bot.settings.field import setting


class FeatureSettings(BaseSettings):
    """Owners, their time zone, and what is switched on; some of it needs scopes that the app has not else."""

    timezone: Annotated[
        str,
        setting("NERBOT_TIMEZONE", "the time zone of schedules where none is known"),
    ] = "UTC"
    owners: Annotated[
        frozenset[str],
        NoDecode,
        setting(
            "NERBOT_OWNERS", "ids of people who are always owners, such as `U024BE7LH,U0G9QF9C6`"
        ),
    ] = frozenset()
    select_and_bold: Annotated[
        bool,
        setting(
            "NERBOT_SELECT_AND_BOLD",
            "`true`: in the editor, words can be selected and labelled with Ctrl+B or Cmd+B, too",
        ),
    ] = False
    file_imports: Annotated[
        bool | None,
        setting(
            "NERBOT_FILE_IMPORTS",
            "`true`: a shortcut imports the file of a message, for which the app needs the scope `files:read`; unset: "
            "in the Slack simulator only",
        ),
    ] = None
    file_import_mb: Annotated[
        int,
        setting("NERBOT_FILE_IMPORT_MB", "megabytes such a file may have", ge=1, le=1000),
    ] = 200
    watching: Annotated[
        bool | None,
        setting(
            "NERBOT_WATCHING",
            "`on`: the live model reads channels that an owner lets it watch, for which the app needs the scopes "
            "`channels:history`, `groups:history`, `channels:read` and `groups:read`; unset: in the Slack "
            "simulator only",
        ),
    ] = None
    slack_outputs: Annotated[
        frozenset[str] | None,
        NoDecode,
        setting(
            "NERBOT_SLACK_OUTPUTS",
            "`reaction,list`: what is found in watched channels can be shown as emoji under messages (the app then "
            "needs the scope `reactions:write`) and in Slack Lists (`lists:read`, `lists:write`); unset: in the Slack "
            "simulator only",
        ),
    ] = None
    workflow_steps: Annotated[
        bool | None,
        setting(
            "NERBOT_WORKFLOW_STEPS",
            "`on`: Slack's Workflow Builder has the steps “Find entities” and “Add to the labelling queue”, for which "
            "the app is declared as one that a whole organization can install; unset: in the Slack simulator only",
        ),
    ] = None

    @field_validator("owners", mode="before")
    @classmethod
    def _owners(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        ids = frozenset(re.split(r"[\s,]+", value.strip()))
        if not all(re.fullmatch(r"[UW][A-Z0-9]+", each) for each in ids):
            raise ValueError("user ids such as U024BE7LH are expected, with commas between them")
        return ids

    @field_validator("slack_outputs", mode="before")
    @classmethod
    def _slack_outputs(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        kinds = frozenset(filter(None, re.split(r"[\s,]+", value.strip())))
        if not kinds <= {"list", "reaction"}:
            raise ValueError("list and reaction are expected, with a comma between them")
        return kinds

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, value: str) -> str:
        # What nobody set is one; to list all of them takes 30 ms of a start.
        if value != "UTC" and value not in available_timezones():
            raise ValueError("is not a time zone (example: Europe/Berlin)")
        return value
