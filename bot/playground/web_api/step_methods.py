"""The methods of the Web API by which an app ends a step of a workflow."""

from collections.abc import Callable, Mapping

from bot.playground.state.steps import StepRun, Steps
from bot.playground.values import JSON
from bot.playground.web_api.dispatcher import Method, required


class StepMethods:
    """The handlers of functions.*; each takes the call's arguments and returns what follows `ok`."""

    def __init__(self, steps: Steps, *, on_change: Callable[[StepRun], None]) -> None:
        self._steps = steps
        self._on_change = on_change

    def table(self) -> Mapping[str, Method]:
        """Every method by its name."""
        return {
            "functions.completeSuccess": Method(self.complete),
            "functions.completeError": Method(self.fail),
        }

    def complete(self, args: JSON) -> JSON:
        """It is done."""
        run_id = required(args, "function_execution_id")
        self._on_change(self._steps.complete(run_id, args.get("outputs")))
        return {}

    def fail(self, args: JSON) -> JSON:
        """It could not be done; people read why."""
        run_id = required(args, "function_execution_id")
        self._on_change(self._steps.fail(run_id, required(args, "error")))
        return {}
