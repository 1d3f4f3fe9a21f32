"""`nerbot stats`: what is in the database, in numbers, for whoever runs nerbot."""

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.remote import ApiToken, Url, client_of
from bot.cli.terminal.exit_codes import ExitCode
from bot.cli.terminal.output import AsJson, tell_json, tell_lines, warn

if TYPE_CHECKING:
    from bot.db.transaction import Transaction
    from bot.domain.project import Project

Counted = dict[str, Any]


def add_stats(commands: typer.Typer) -> None:
    """Make `stats` known to a command line."""
    commands.command("stats")(_stats)


def _stats(
    *,
    project: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of one project alone.")
    ] = None,
    workspace: Annotated[
        str | None, typer.Option(metavar="ID", help="Of one workspace alone, by Slack's id.")
    ] = None,
    url: Url = None,
    token: ApiToken = None,
    as_json: AsJson = False,
) -> int:
    """Count sentences, finished ones and labels, and say which model is live.

    In: the database that the settings name; with `--url` the API there, which tells of the token's project.

    Out: a project after the other, with its sentences, those that are finished, how many people finished them, the
    labels with the phrases that carry them, and the live model with its score. No sentence and no name of a person.
    Ends with 1 where there is nothing.
    """
    counted = [_asked(url, token)] if url else asyncio.run(_counted(project, workspace))
    if as_json:
        tell_json(*counted)
    for each in [] if as_json else counted:
        tell_lines(_lines(each))
    if counted:
        return ExitCode.FINE
    warn("there is no such project" if project or workspace else "nobody has used nerbot yet")
    return ExitCode.NOTHING


def _asked(url: str, token: str | None) -> Counted:
    with client_of(url, token) as client:
        told = client.stats()
    return {
        "workspace": url,
        "project": told.project,
        "sentences": told.sentences,
        "finished": told.finished,
        "people": told.people,
        "labels": {each.label: each.spans for each in told.labels},
        "live_model": told.live_model,
        "f1": told.f1,
    }


async def _counted(project: str | None, workspace: str | None) -> list[Counted]:
    from bot.cli.opened import opened_database  # noqa: PLC0415 - the other commands need no database
    from bot.models.repositories.catalogue import ModelCatalogue  # noqa: PLC0415 - as above
    from bot.projects.repositories.every_project import EveryProject  # noqa: PLC0415 - as above
    from bot.projects.repositories.projects import Projects  # noqa: PLC0415 - as above

    counted: list[Counted] = []
    async with opened_database() as opened:
        database, store = opened.database, opened.store
        models = await ModelCatalogue(database).all(project_name=project)
        scores = {
            (each.project_id, each.version): each.evaluation.overall.f1
            for each in models
            if each.evaluation
        }
        found = sorted({each for each, _ in await EveryProject(database, opened.serves).all()})
        for one in found if workspace is None else [each for each in found if each == workspace]:
            async with store.reading(one) as tx:
                for each in await Projects(tx).all():
                    if project is None or each.name.casefold() == project.casefold():
                        told = await _of_project(tx, each)
                        live = told["live_model"]
                        counted.append(
                            {"workspace": one, **told, "f1": scores.get((each.id, live))}
                        )
    return counted


async def _of_project(tx: "Transaction", project: "Project") -> Counted:
    from bot.db.records.counters import Counters  # noqa: PLC0415 - SQLAlchemy comes here
    from bot.projects.repositories.labels import Labels  # noqa: PLC0415 - as above
    from bot.projects.repositories.projects import Projects  # noqa: PLC0415 - as above

    counts = await Counters(tx).of(project.id)
    phrases = dict(counts.spans_per_label)
    labels = [label.name for label in await Labels(tx).all(project.id)]
    return {
        "project": project.name,
        "sentences": counts.sentences,
        "finished": counts.finished,
        "people": len(await Counters(tx).people(project.id)),
        "labels": {name: phrases.get(name, 0) for name in dict.fromkeys([*labels, *phrases])},
        "live_model": await Projects(tx).live_version(project.id),
    }


def _lines(counted: Counted) -> list[str]:
    labels = counted["labels"]
    width = max((len(name) for name in labels), default=0)
    live = "none" if counted["live_model"] is None else str(counted["live_model"])
    if counted["f1"] is not None:
        live += f", F1 {100 * counted['f1']:.1f}"
    return [
        f"workspace {counted['workspace']}, project {counted['project']}",
        f"  sentences:  {counted['sentences']:>9,}",
        f"  finished:   {counted['finished']:>9,}, by people: {counted['people']:,}",
        f"  live model: {live:>9}",
        *(f"  {name:{width}}  {number:>9,}" for name, number in labels.items()),
    ]
