"""`nerbot models`: the models in the database of NERBOT_DATA, and each as a package for Python."""

import argparse
import asyncio
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.cli.runs import check_there
from bot.errors import NerbotError, SettingsError
from bot.settings import read_settings
from ner_engine.errors import EngineError

if TYPE_CHECKING:
    from bot.models.repositories.catalogue import ListedModel
    from ner_engine.packaging import ModelStory, Wheels


def add_models(commands: Any) -> None:
    """Make `models` and `models export` known to a command line; each sets ``call``."""
    models = commands.add_parser("models", help="the models in the database of NERBOT_DATA")
    models.add_argument("--project", metavar="NAME", help="those of one project")
    models.add_argument("--json", action="store_true", help="one JSON object a line")
    models.set_defaults(call=_list)
    kinds = models.add_subparsers(dest="kind")
    export = kinds.add_parser(
        "export", help="a model as a package that pip installs and spacy.load finds"
    )
    export.add_argument("model", metavar="N|DIR", help="a version, or the folder of a saved model")
    export.add_argument("--project", metavar="NAME", help="whose version N is")
    export.add_argument("--out", type=Path, default=Path(), metavar="DIR", help="default: here")
    export.add_argument(
        "--name", metavar="NAME", help="of the package, behind the language: letters, digits and _"
    )
    export.add_argument("--json", action="store_true", help="print the files' names as JSON")
    export.set_defaults(call=_export)


def _list(options: argparse.Namespace) -> int:
    try:
        found = asyncio.run(_read(options.project))
    except NerbotError as error:
        return _failed(error)
    if options.json:
        sys.stdout.writelines(json.dumps(_to_json(each)) + "\n" for each in found)
        return 0
    if not found:
        sys.stdout.write("There is no model yet.\n")
    several = len({(each.workspace, each.project_id) for each in found}) > 1
    sys.stdout.writelines(f"{_one_line(each, several=several)}\n" for each in found)
    return 0


def _export(options: argparse.Namespace) -> int:
    from ner_engine.packaging import build_wheels  # noqa: PLC0415 - brings spaCy

    try:
        directory, name, version, story = _chosen(options)
        wheels = build_wheels(
            directory, options.out, name=options.name or name, version=version, story=story
        )
    except (NerbotError, EngineError) as error:
        return _failed(error)
    except OSError as error:
        sys.stderr.write(f"nerbot: {error.strerror}: {error.filename}\n")
        return 2
    _tell(wheels, as_json=options.json)
    return 0


def _chosen(options: argparse.Namespace) -> "tuple[Path, str, str, ModelStory]":
    """The model's folder, and the package's name, version and story. Raises NerbotError."""
    from ner_engine.packaging import ModelStory  # noqa: PLC0415 - as above

    if not options.model.isdecimal():
        directory = Path(options.model)
        return directory, _package_name(directory.resolve().name), "1.0.0", ModelStory()
    found = asyncio.run(_read(options.project, int(options.model)))
    if not found:
        where = f" in the project {options.project}" if options.project else ""
        raise SettingsError(f"there is no model {options.model}{where}; nerbot models lists them")
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
    folder = read_settings().data / "models" / str(chosen.project_id) / str(chosen.version)
    return folder, _package_name(chosen.project), f"{chosen.version}.0.0", story


def _package_name(text: str) -> str:
    """A name of a package that reminds of a text."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_") or "ner"


async def _read(
    project: str | None = None, version: int | None = None
) -> "tuple[ListedModel, ...]":
    from bot.db.database import Database  # noqa: PLC0415 - the other commands need no database
    from bot.models.repositories.catalogue import ModelCatalogue  # noqa: PLC0415 - as above

    settings = read_settings()
    check_there(settings)
    async with Database.open(settings.database) as database:
        return await ModelCatalogue(database).all(project_name=project, version=version)


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
        sys.stdout.write(json.dumps(told) + "\n")
        return
    sys.stdout.write(
        f"The model:  {wheels.model}\n"
        f"Its engine: {wheels.engine}\n"
        f"To use it anywhere: pip install {wheels.engine} {wheels.model}, then in Python\n"
        f'spacy.load("{wheels.name}"). The package has a model card and its encoder with it.\n'
    )


def _failed(error: Exception) -> int:
    sys.stderr.write(f"nerbot: {error}\n")
    return 2
