"""Steps of workflows: what the manifest declares of them, and each time one is run."""

import secrets
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from bot.playground.state.workspace import new_id
from bot.playground.values import JSON, SlackError

_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "object": dict,
    "array": list,
    "slack#/types/channel_id": str,
    "slack#/types/user_id": str,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """What a step is given, or gives back."""

    name: str
    type: str
    title: str
    description: str
    is_required: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDefinition:
    """A step as the manifest declares it."""

    callback_id: str
    title: str
    description: str
    inputs: tuple[Parameter, ...]
    outputs: tuple[Parameter, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRun:
    """A step that was run once."""

    id: str
    definition: StepDefinition
    inputs: JSON
    token: str = field(repr=False)
    """What the app may use for this run alone."""
    state: Literal["running", "completed", "failed"] = "running"
    outputs: JSON = field(default_factory=dict)
    error: str = ""


class Steps:
    """Every run, in memory."""

    def __init__(self) -> None:
        self._runs: dict[str, StepRun] = {}

    def start(self, definition: StepDefinition, inputs: JSON) -> StepRun:
        """A new run; LookupError for inputs that Workflow Builder would not let through."""
        _check(definition.inputs, inputs)
        run = StepRun(
            id=new_id("Fx"),
            definition=definition,
            inputs=inputs,
            token=f"xwfp-{secrets.token_hex(24)}",
        )
        self._runs[run.id] = run
        return run

    def find(self, run_id: str) -> StepRun:
        """The run as it is now."""
        return self._runs[run_id]

    def knows(self, token: str) -> bool:
        """Whether a token is that of a run that is under way."""
        return any(r.token == token and r.state == "running" for r in self._runs.values())

    def complete(self, run_id: str, outputs: object) -> StepRun:
        """The app has done it."""
        run = self._running(run_id)
        if not isinstance(outputs, dict):
            raise SlackError("invalid_arguments", messages=("[ERROR] outputs must be an object",))
        try:
            _check(run.definition.outputs, outputs)
        except LookupError as error:
            raise SlackError(
                "parameter_validation_failed", messages=(f"[ERROR] {error}",)
            ) from None
        return self._put(replace(run, state="completed", outputs=outputs))

    def fail(self, run_id: str, error: str) -> StepRun:
        """The app could not do it."""
        return self._put(replace(self._running(run_id), state="failed", error=error))

    def _running(self, run_id: str) -> StepRun:
        run = self._runs.get(run_id)
        if run is None:
            raise SlackError("invalid_function_execution_id")
        if run.state != "running":
            raise SlackError("function_execution_not_in_running_state")
        return run

    def _put(self, run: StepRun) -> StepRun:
        self._runs[run.id] = run
        return run


def read_steps(tree: JSON) -> tuple[StepDefinition, ...]:
    """The steps of a manifest; none, where it does not say that the app runs them itself and can be in an org."""
    settings = tree.get("settings", {})
    if settings.get("function_runtime") != "remote" or not settings.get("org_deploy_enabled"):
        return ()
    return tuple(
        StepDefinition(
            callback_id=callback_id,
            title=told["title"],
            description=told["description"],
            inputs=_parameters(told["input_parameters"]),
            outputs=_parameters(told["output_parameters"]),
        )
        for callback_id, told in tree.get("functions", {}).items()
    )


def step_event(run: StepRun, *, ts: str) -> JSON:
    """What the app is told when a step is run."""
    definition = run.definition
    return {
        "type": "function_executed",
        "function": {
            "id": f"Fn{definition.callback_id}",
            "callback_id": definition.callback_id,
            "title": definition.title,
            "description": definition.description,
            "type": "app",
            "input_parameters": [_told(each) for each in definition.inputs],
            "output_parameters": [_told(each) for each in definition.outputs],
        },
        "inputs": run.inputs,
        "function_execution_id": run.id,
        "workflow_execution_id": f"Wx{run.id[2:]}",
        "bot_access_token": run.token,
        "event_ts": ts,
    }


def _parameters(told: JSON) -> tuple[Parameter, ...]:
    required = told.get("required", [])
    return tuple(
        Parameter(
            name=name,
            type=each["type"],
            title=each.get("title", name),
            description=each.get("description", ""),
            is_required=name in required or bool(each.get("is_required")),
        )
        for name, each in told["properties"].items()
    )


def _told(parameter: Parameter) -> JSON:
    return {
        "type": parameter.type,
        "name": parameter.name,
        "title": parameter.title,
        "description": parameter.description,
        "is_required": parameter.is_required,
    }


def _check(parameters: tuple[Parameter, ...], values: dict[str, Any]) -> None:
    """Raise LookupError for a value that is missing, unknown or of another type."""
    known = {parameter.name: parameter for parameter in parameters}
    for name in values:
        if name not in known:
            raise LookupError(f"{name} is not declared")
    for name, parameter in known.items():
        value = values.get(name)
        if value is None:
            if parameter.is_required:
                raise LookupError(f"{name} is missing")
        elif not isinstance(value, _TYPES.get(parameter.type, object)):
            raise LookupError(f"{name} must be of the type {parameter.type}")
