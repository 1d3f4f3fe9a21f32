"""`nerbot models import`: a package of ours as a version of a project, any other pipeline as a base."""

import asyncio
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.terminal.options import Workspace
from bot.cli.terminal.output import AsJson, tell, tell_json
from bot.errors import SettingsError
from ner_engine.spacy_alone import import_spacy

if TYPE_CHECKING:
    from bot.models.importing import ArrivedModel, ModelTaken
    from ner_engine.packaging import Arrival
    from ner_engine.results import Evaluation


def add_models_import(models: typer.Typer) -> None:
    """Make `models import` known to a command line."""
    models.command("import")(_import)


def _import(
    package: Annotated[
        Path,
        typer.Argument(metavar="WHEEL|DIR", help="A model of nerbot's, or any spaCy pipeline."),
    ],
    *,
    project: Annotated[
        str, typer.Option(metavar="NAME", help="Whose version it becomes.")
    ] = "default",
    workspace: Workspace = None,
    live: Annotated[bool, typer.Option("--live", help="Let it answer from now on.")] = False,
    name: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Of a base, if not the pipeline's own."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Take a model in: one that nerbot trained as a version of a project, any other pipeline as a base.

    In: a wheel, or the folder of a saved or unpacked model. Its files, labels and encoder are checked, and nothing in
    a wheel is executed.

    Out: the version, which is not live unless you say so; or the name that `nerbot train --base` knows it by.
    """
    import_spacy()
    from ner_engine.packaging import open_package  # noqa: PLC0415 - brings spaCy

    if not package.exists():
        raise SettingsError(f"there is no {package}")
    with open_package(package) as arrival:
        if arrival.facts is None:
            told = _take_base(arrival, name, live=live)
        else:
            told = asyncio.run(_take_model(arrival, project, workspace, live=live))
    if as_json:
        tell_json(told)
    else:
        tell(_words(told))


def _take_base(arrival: "Arrival", name: str | None, *, live: bool) -> dict[str, Any]:
    from ner_engine.packaging import take_base  # noqa: PLC0415 - as above

    if live:
        raise SettingsError(
            f"{arrival.name} is not a model that nerbot trained, so it cannot be live; without --live it becomes a base"
        )
    return {"kind": "base", "base": take_base(arrival, name)}


async def _take_model(
    arrival: "Arrival", project: str, workspace: str | None, *, live: bool
) -> dict[str, Any]:
    from bot.cli.opened import open_project, there  # noqa: PLC0415 - a base needs no database
    from bot.models.importing import take_in  # noqa: PLC0415 - as above
    from bot.shelf.opening import open_shelf  # noqa: PLC0415 - as above
    from ner_engine.packaging import take_model  # noqa: PLC0415 - as above

    async with open_project(project, workspace) as opened:
        settings = opened.settings
        shelf, models = open_shelf(settings.data, settings.models), settings.data / "models"
        found = await there(opened)
        models.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".unfinished-", dir=models) as scratch:
            folder = Path(scratch) / "model"
            encoder = await asyncio.to_thread(take_model, arrival, folder)
            arrived = _arrived(arrival, folder)
            taken = await take_in(
                opened.store, opened.workspace, found.id, arrived, shelf=shelf, live=live
            )
    return _told(arrived, taken, project=found.name, encoder=encoder)


def _arrived(arrival: "Arrival", folder: Path) -> "ArrivedModel":
    from bot.models.importing import ArrivedModel  # noqa: PLC0415 - as above

    assert arrival.facts is not None
    facts, story = arrival.facts, arrival.story
    return ArrivedModel(
        folder=folder,
        labels=facts.labels,
        meanings=dict(story.meanings) if story else {},
        preset=facts.settings["preset"],
        seed=facts.settings["seed"],
        sentences=facts.sentences,
        evaluation=_evaluation(arrival),
    )


def _evaluation(arrival: "Arrival") -> "Evaluation | None":
    """Its scores from where it was trained; None where it has none. Raises SettingsError."""
    from ner_engine.results import Evaluation  # noqa: PLC0415 - as above
    from ner_engine.scoring.evaluation import scores_from_json  # noqa: PLC0415 - brings numpy

    assert arrival.facts is not None
    if not arrival.facts.scores:
        return None
    try:
        scores = scores_from_json(arrival.facts.scores)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise SettingsError("the scores that this model tells cannot be read") from error
    method = arrival.story.method if arrival.story else ""
    return Evaluation(
        scores.overall, scores.per_label, scores.interval, scores.sentences, method=method
    )


def _told(
    arrived: "ArrivedModel", taken: "ModelTaken", *, project: str, encoder: str | None
) -> dict[str, Any]:
    return {
        "kind": "model",
        "project": project,
        "version": taken.version,
        "live": taken.is_live,
        "instead_of": taken.before,
        "labels": list(arrived.labels),
        "new_labels": list(taken.new_labels),
        "f1": arrived.evaluation.overall.f1 if arrived.evaluation else None,
        "encoder_installed": encoder,
    }


def _words(told: dict[str, Any]) -> str:
    if told["kind"] == "base":
        return (
            f"Taken in as the base {told['base']}. To train beside it:\n"
            f"nerbot train --base {told['base']} --data FILE --out DIR\n"
        )
    score = "" if told["f1"] is None else f", F1 {100 * told['f1']:.1f} where it was trained"
    labels = ", ".join(told["labels"])
    lines = [
        f"Taken in as model {told['version']} of the project {told['project']}: {labels}{score}."
    ]
    if told["new_labels"]:
        lines.append(f"New labels of the project: {', '.join(told['new_labels'])}.")
    if told["encoder_installed"]:
        lines.append(f"Its encoder is installed as {told['encoder_installed']}.")
    before = f" instead of model {told['instead_of']}" if told["instead_of"] else ""
    lines.append(
        f"It is live now{before}."
        if told["live"]
        else f"It is not live. To let it answer: /nerbot models live {told['version']}"
    )
    return "\n".join(lines)
