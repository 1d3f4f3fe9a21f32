"""What a project has besides sentences: labels, models, and how far it is."""

from fastapi import APIRouter

from bot.api.idempotency import WriterOf
from bot.api.pages import SIZE, After, Limit, cursor, place_of
from bot.api.schemas.project import (
    LabelAddedOut,
    LabelCountOut,
    LabelOut,
    LabelsOut,
    ModelOut,
    ModelsOut,
    NewLabel,
    StatsOut,
)
from bot.api.service import project_of
from bot.api.tools import CallerOf, ToolsOf, needs
from bot.api.values import Scope
from bot.db.records.counters import Counters
from bot.models.repositories.models import Models
from bot.projects.repositories.labels import Labels
from bot.projects.repositories.projects import Projects
from bot.projects.use_cases import reads, writes
from bot.slack.payloads import read_label_name, read_words
from bot.team import labels
from bot.team.commands import AddLabel, ShowLabels

router = APIRouter(tags=["project"])


@router.get("/labels", dependencies=[needs(Scope.READ)])
async def list_labels(caller: CallerOf, tools: ToolsOf) -> LabelsOut:
    """List the labels, what they mean, and phrases that carry them."""
    shown = (await tools.use_cases.carry_out(reads(labels.show), caller, ShowLabels())).answer
    return LabelsOut(
        labels=[
            LabelOut(
                name=each.name,
                description=each.description,
                examples=list(each.examples),
                spans=each.spans,
            )
            for each in shown.labels
        ]
    )


@router.post("/labels", status_code=201, dependencies=[needs(Scope.WRITE)])
async def create_label(label: NewLabel, caller: WriterOf, tools: ToolsOf) -> LabelAddedOut:
    """Create a label."""
    command = AddLabel(read_label_name(label.name), read_words(label.description, "description"))
    kept = (await tools.use_cases.carry_out(writes(labels.add), caller, command)).answer
    return LabelAddedOut(name=kept.name, description=kept.description, near=kept.near)


@router.get("/models", dependencies=[needs(Scope.READ)])
async def list_models(
    caller: CallerOf, tools: ToolsOf, after: After = None, limit: Limit = SIZE
) -> ModelsOut:
    """List the versions of the model, newest first."""
    project = await project_of(tools, caller)
    async with tools.store.reading(caller.workspace) as tx:
        found = await Models(tx).versions(project.id, limit=limit + 1, before=place_of(after))
        live = await Projects(tx).live_version(project.id)
    page = found[:limit]
    return ModelsOut(
        models=[
            ModelOut(
                version=each.number,
                live=each.number == live,
                labels=list(each.model.labels),
                sentences=each.sentences,
                f1=each.model.evaluation.overall.f1 if each.model.evaluation else None,
                created_at=each.model.created_at,
                usable=each.is_usable,
            )
            for each in page
        ],
        after=cursor(page[-1].number) if len(found) > limit else None,
    )


@router.get("/stats", dependencies=[needs(Scope.READ)])
async def get_stats(caller: CallerOf, tools: ToolsOf) -> StatsOut:
    """Count sentences, finished ones and labels, and say which model is live."""
    project = await project_of(tools, caller)
    async with tools.store.reading(caller.workspace) as tx:
        counts = await Counters(tx).of(project.id)
        people = await Counters(tx).people(project.id)
        names = [label.name for label in await Labels(tx).all(project.id)]
        live = await Models(tx).live(project.id)
    spans = dict(counts.spans_per_label)
    return StatsOut(
        project=project.name,
        sentences=counts.sentences,
        finished=counts.finished,
        unfinished=counts.unfinished,
        disputed=counts.disputed,
        waiting=counts.waiting,
        people=len(people),
        labels=[
            LabelCountOut(label=name, spans=spans.get(name, 0))
            for name in dict.fromkeys([*names, *spans])
        ],
        live_model=None if live is None else live.version,
        f1=live.evaluation.overall.f1 if live and live.evaluation else None,
    )
