"""A version of a model as files for whoever asks, sent by direct message."""

import re
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from bot.domain.models import ModelVersion
from bot.domain.project import Caller, Label, Project
from bot.engine.packaging import PackagingProcess, Wheels
from bot.errors import EngineUnavailable
from bot.jobs.background import Background

SendWheels = Callable[[Caller, Project, int, Wheels], Awaitable[None]]
TellProblem = Callable[[Caller, int, str], Awaitable[None]]


class ModelExports:
    """Makes packages of models, and has them sent."""

    def __init__(
        self,
        packages: PackagingProcess,
        send: SendWheels,
        tell: TellProblem,
        background: Background,
    ) -> None:
        self._packages = packages
        self._send, self._tell = send, tell
        self._background = background

    def begin(
        self,
        caller: Caller,
        project: Project,
        version: ModelVersion,
        labels: tuple[Label, ...],
    ) -> None:
        """Build the wheels of a version and send them, after the answer; what goes wrong is told."""
        work = self._export(caller, project, version, labels)
        self._background.start(work, name=f"package of model {version.number}")

    async def _export(
        self,
        caller: Caller,
        project: Project,
        version: ModelVersion,
        labels: tuple[Label, ...],
    ) -> None:
        with tempfile.TemporaryDirectory(prefix="nerbot-export-") as folder:
            try:
                wheels = await self._packages.build(
                    project.id,
                    version.number,
                    name=package_name(project.name),
                    story=story_of(project.name, version, labels),
                    out=Path(folder),
                )
            except EngineUnavailable as error:
                await self._tell(caller, version.number, str(error))
                return
            await self._send(caller, project, version.number, wheels)


def story_of(project: str, version: ModelVersion, labels: tuple[Label, ...]) -> dict[str, Any]:
    """What the model's card tells beside the model's own files."""
    evaluation = version.model.evaluation
    curve = [[each.sentences, each.f1] for each in evaluation.curve] if evaluation else []
    return {
        "project": project,
        "meanings": {label.name: label.description for label in labels},
        "method": evaluation.method if evaluation else "",
        "curve": curve,
        "made_on": f"{version.model.created_at:%Y-%m-%d}",
    }


def package_name(text: str) -> str:
    """A name of a package that reminds of a project's name."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_") or "ner"
