"""What the manifest says of steps of workflows."""

from bot.playground.state.manifest import parse_manifest
from bot.slack.diagnosis import read_manifest
from bot.workflow_steps.handlers import added_outputs, found_outputs
from bot.workflow_steps.values import FoundEntity, QueueAdded


def test_without_them_the_app_declares_nothing_of_them() -> None:
    manifest = read_manifest(watching=True)
    assert "functions" not in manifest
    assert manifest["settings"]["org_deploy_enabled"] is False
    assert "function_executed" not in manifest["settings"]["event_subscriptions"]["bot_events"]


def test_slack_runs_them_where_they_are_switched_on() -> None:
    steps = parse_manifest(read_manifest(workflow_steps=True)).steps
    assert [step.title for step in steps] == ["Find entities", "Add to the labelling queue"]


def test_their_outputs_are_those_that_are_declared() -> None:
    find, add = parse_manifest(read_manifest(workflow_steps=True)).steps
    found = found_outputs([FoundEntity("fever", "SYMPTOM", 1, 0, 5, 0.9)])
    assert set(found) == {output.name for output in find.outputs}
    assert set(added_outputs(QueueAdded((1, 2), 2))) == {output.name for output in add.outputs}
