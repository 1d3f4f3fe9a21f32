"""Steps for Slack's Workflow Builder, as the app's manifest declares them."""

from typing import Any

FIND, ADD = "find_entities", "add_to_queue"
"""By these names Slack runs them."""

_CHANNEL = {
    "type": "slack#/types/channel_id",
    "title": "Channel of the project",
    "description": "nerbot uses the project of this channel. Closed projects cannot be used in workflows.",
}


def _text(title: str, description: str) -> dict[str, Any]:
    return {"type": "string", "title": title, "description": description}


STEPS: dict[str, dict[str, Any]] = {
    FIND: {
        "title": "Find entities",
        "description": "Finds entities in a text with the live model of a project. Nothing of the text is kept.",
        "input_parameters": {
            "properties": {
                "text": _text("Text", "What to read, a sentence a line, such as the text of a message"),
                "channel": _CHANNEL,
                "label": _text("Label", "Only entities of this label, such as DRUG"),
            },
            "required": ["text", "channel"],
        },
        "output_parameters": {
            "properties": {
                "phrases": _text("Phrases", "What was found, with commas between"),
                "by_label": _text("Phrases by label", "A line for each label that was found"),
                "entities": _text("Entities (JSON)", "Each with its text, label, score and place"),
                "count": {
                    "type": "integer",
                    "title": "Number of entities",
                    "description": "How many were found",
                },
            },
            "required": ["phrases", "by_label", "entities", "count"],
        },
    },
    ADD: {
        "title": "Add to the labelling queue",
        "description": "Stores the sentences of a text in a project, so that people get them to label.",
        "input_parameters": {
            "properties": {
                "text": _text("Text", "What to add, a sentence a line, such as the text of a message"),
                "channel": _CHANNEL,
                "person": {
                    "type": "slack#/types/user_id",
                    "title": "Person",
                    "description": "Who adds it, such as whoever started the workflow",
                },
            },
            "required": ["text", "channel", "person"],
        },
        "output_parameters": {
            "properties": {
                "added": {
                    "type": "integer",
                    "title": "New sentences",
                    "description": "How many of them the project did not have",
                },
                "sentences": _text("Numbers of the sentences", "With commas between"),
            },
            "required": ["added", "sentences"],
        },
    },
}  # fmt: skip


def declare_steps(manifest: dict[str, Any]) -> None:
    """Add the steps to a manifest: Slack runs those of apps that can be installed for a whole organization."""
    manifest["functions"] = STEPS
    settings = manifest["settings"]
    settings["org_deploy_enabled"] = True
    settings["function_runtime"] = "remote"
    settings["event_subscriptions"]["bot_events"].append("function_executed")
