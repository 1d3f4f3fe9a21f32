"""`nerbot models`: the models in the database of NERBOT_DATA, and each as a package for Python or as ONNX."""

import asyncio
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.models_import import add_models_import
from bot.cli.terminal.on_demand import new_app
from bot.cli.terminal.output import AsJson, tell, tell_json, tell_lines
from bot.errors import SettingsError

if TYPE_CHECKING:
    from bot.models.repositories.catalogue import ListedModel
    from ner_engine.packaging import ModelStory, Wheels


class Format(StrEnum):
    """What a model is exported as."""

    WHEEL = "wheel"
    ONNX = "onnx"


def add_models(commands: typer.Typer) -> None:
    """Make `models`, `models export` and `models import` known to a command line."""
    models = new_app(invoke_without_command=True)
    models.callback()(_list)
    models.command("export")(_export)
    add_models_import(models)
    commands.add_typer(models, name="models")


def _list(
    context: typer.Context,
    *,
    project: Annotated[
        str | None, typer.Option(metavar="NAME", help="Those of one project.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the models, newest first, export one as a package, or import one.

    In: the database that the settings name.

    Out: a line a model: its version, whether it is live, its score, when it was made and its labels.
    """
    if context.invoked_subcommand is not None:
        return
    found = asyncio.run(_read(project))
    if as_json:
        tell_json(*map(_to_json, found))
        return
    if not found:
        tell("There is no model yet.")
    several = len({(each.workspace, each.project_id) for each in found}) > 1
    tell_lines(_one_line(each, several=several) for each in found)


def _export(
    model: Annotated[
        str, typer.Argument(metavar="N|DIR", help="A version, or the folder of a saved model.")
    ],
    *,
    project: Annotated[str | None, typer.Option(metavar="NAME", help="Whose version N is.")] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the files go.")] = Path(),
    name: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Of the package, behind the language: letters, digits and _."
        ),
    ] = None,
    file_format: Annotated[
        Format,
        typer.Option(
            "--format",
            metavar="wheel|onnx",
            help="A package for Python, or a folder for onnxruntime.",
        ),
    ] = Format.WHEEL,
    as_json: AsJson = False,
) -> None:
    """Export a model as a package that pip installs and spacy.load finds, or as ONNX.

    In: a model's version in the database that the settings name, or its folder.

    Out: two wheels, the model's and its engine's, or a folder of two ONNX graphs and a short reader; how to use it.
    """
    from ner_engine.packaging import build_onnx, build_wheels  # noqa: PLC0415 - brings spaCy

    directory, chosen, version, story = _chosen(model, project)
    if file_format is Format.ONNX:
        folder = build_onnx(directory, out, name=name or chosen, version=version, story=story)
        _tell_folder(folder, as_json=as_json)
        return
    wheels = build_wheels(directory, out, name=name or chosen, version=version, story=story)
    _tell(wheels, as_json=as_json)


def _chosen(model: str, project: str | None) -> "tuple[Path, str, str, ModelStory]":
    """The model's folder, and the package's name, version and story. Raises NerbotError."""
    from bot.models.exporting import package_name  # noqa: PLC0415 - as below
    from bot.settings import read_settings  # noqa: PLC0415 - pydantic comes here
    from bot.shelf.opening import open_shelf  # noqa: PLC0415 - as above
    from ner_engine.packaging import ModelStory  # noqa: PLC0415 - as above

    if not model.isdecimal():
        directory = Path(model)
        return directory, package_name(directory.resolve().name), "1.0.0", ModelStory()
    found = asyncio.run(_read(project, int(model)))
    if not found:
        where = f" in the project {project}" if project else ""
        raise SettingsError(f"there is no model {model}{where}; nerbot models lists them")
    if len(found) > 1:
        names = ", ".join(sorted({each.project for each in found}))
        raise SettingsError(f"several projects have it ({names}): say which with --project")
    (chosen,) = found
    evaluation = chosen.evaluation
    story = ModelStory(
        project=chosen.project,
        meanings=chosen.meanings,
        method=evaluation.method if evaluation else "",
        curve=[(each.sentences, each.f1) for each in evaluation.curve] if evaluation else (),
        made_on=f"{chosen.created_at:%Y-%m-%d}",
    )
    settings = read_settings()
    shelf = open_shelf(settings.data, settings.models)
    folder = asyncio.run(shelf.fetch(chosen.project_id, chosen.version))
    return folder, package_name(chosen.project), f"{chosen.version}.0.0", story


async def _read(
    project: str | None = None, version: int | None = None
) -> "tuple[ListedModel, ...]":
    from bot.cli.opened import opened_database  # noqa: PLC0415 - the other commands need no database
    from bot.models.repositories.catalogue import ModelCatalogue  # noqa: PLC0415 - as above

    async with opened_database() as opened:
        return await ModelCatalogue(opened.database).all(project_name=project, version=version)


def _one_line(each: "ListedModel", *, several: bool) -> str:
    overall = each.evaluation.overall if each.evaluation else None
    facts = [f"{each.version:>5}", "live" if each.is_live else "    "]
    facts.append(f"F1 {100 * overall.f1:5.1f}" if overall else f"{'':8}")
    facts += [f"{each.created_at:%Y-%m-%d %H:%M}Z", ", ".join(each.labels)]
    if several:
        facts.append(f"project {each.project}, workspace {each.workspace}")
    return "  ".join(facts)


def _to_json(each: "ListedModel") -> dict[str, Any]:
    f1 = each.evaluation.overall.f1 if each.evaluation else None
    return {
        "workspace": each.workspace,
        "project": each.project,
        "version": each.version,
        "live": each.is_live,
        "labels": list(each.labels),
        "created_at": each.created_at.isoformat(),
        "f1": f1,
    }


def _tell(wheels: "Wheels", *, as_json: bool) -> None:
    if as_json:
        told = {"name": wheels.name, "model": str(wheels.model), "engine": str(wheels.engine)}
        tell_json(told)
        return
    tell(
        f"The model:  {wheels.model}\n"
        f"Its engine: {wheels.engine}\n"
        f"To use it anywhere: pip install {wheels.engine} {wheels.model}, then in Python\n"
        f'spacy.load("{wheels.name}"). The package has a model card and its encoder with it.\n'
    )


def _tell_folder(folder: Path, *, as_json: bool) -> None:
    if as_json:
        tell_json({"name": folder.name, "folder": str(folder)})
        return
    tell(
        f"The model: {folder}\n"
        "To use it anywhere: pip install numpy onnxruntime tokenizers, then in that folder\n"
        "python -c \"from reader import Reader; print(Reader().find('A sentence of yours.'))\". "
        "Its README says more.\n"
    )
