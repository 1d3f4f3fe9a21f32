"""The record as people read it, and how an older step is undone."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Any

from bot.domain.events import Event, EventKind
from bot.domain.roles import Role
from bot.domain.steps import StepKind
from bot.errors import NotFound, NothingToDo
from bot.labelling.repositories.bin import Bin
from bot.labelling.repositories.steps import Steps
from bot.labelling.undoing import goes_with_its_step, take_back_turn
from bot.projects import projects, roles
from bot.projects.commands import GiveRole
from bot.projects.context import RequestContext
from bot.projects.repositories.access import Access
from bot.projects.repositories.labels import Labels
from bot.projects.repositories.projects import Projects
from bot.projects.values import ProjectSettings
from bot.team import deletions, flags
from bot.team.repositories.decisions import Decisions
from bot.team.repositories.history import History
from bot.team.values.history import HistoryPage, ShowHistory, Undone, UndoStep

#: Steps on one page: each is a line and perhaps a button, readable on a phone.
PAGE = 8

_STEPS = frozenset(StepKind) - {StepKind.UNDONE}
_OWNERS = frozenset(
    {
        EventKind.LABEL_RENAMED,
        EventKind.LABELS_MERGED,
        EventKind.CHANNEL_BOUND,
        EventKind.SETTINGS_CHANGED,
        EventKind.ROLE_CHANGED,
        EventKind.LABEL_DELETED,
        EventKind.PROJECT_DELETED,
    }
)


async def show(context: RequestContext, command: ShowHistory) -> HistoryPage:
    """A page of the record, with what this person may undo of it."""
    events = await History(context.tx).page(
        context.project.id,
        limit=PAGE + 1,
        before=command.before,
        person=context.caller.person if command.mine else None,
    )
    shown, role = events[:PAGE], await context.role()
    return HistoryPage(
        shown,
        can_undo=tuple(event.id for event in shown if _may_undo(context, role, event)),
        older=shown[-1].id if len(events) > PAGE else None,
        mine=command.mine,
        first=command.before is None,
    )


def _may_undo(context: RequestContext, role: Role, event: Event) -> bool:
    if event.undone or not _can_undo(event):
        return False
    if role is Role.OWNER:
        return True
    return event.by == context.caller.person and event.kind not in _OWNERS


def _can_undo(event: Event) -> bool:
    return event.undoes is None and (event.kind in _STEPS or event.kind in _UNDO)


async def undo(context: RequestContext, command: UndoStep) -> Undone:
    """Take one step back, whoever took it; refused in words where later steps rest on it."""
    event = await History(context.tx).get(context.project.id, command.event_id)
    if event is None:
        raise NotFound("That step is not in this channel's project; nothing was changed.")
    if event.undone:
        raise NothingToDo("That step has already been undone.")
    if not _can_undo(event):
        raise NothingToDo("That step cannot be undone. Do what you want instead as a new step.")
    if event.kind in _OWNERS or event.by != context.caller.person:
        await context.require(Role.OWNER, "undo this step")
    if event.kind in _STEPS:
        return await _undo_step(context, event)
    return await _UNDO[EventKind(event.kind)](context, event)


async def _undo_step(context: RequestContext, event: Event) -> Undone:
    tx, project = context.tx, context.project.id
    step = await Steps(tx).step(project, event.id)
    if step is None:
        raise NotFound("That step is not here, or no longer.")
    if not await Steps(tx).still_stands(project, step):
        raise NothingToDo(
            f"Later steps changed sentence #{step.sentence_id} again. Undo those first, the newest first."
        )
    state = await Steps(tx).undo(
        project, step, request=context.caller.request, by=context.caller.person
    )
    await Labels(tx).take_back(project, request=step.request, person=context.caller.person)
    await take_back_turn(tx, project, step)
    is_own = step.person == context.caller.person
    if is_own and await goes_with_its_step(tx, project, step, state):
        await Bin(tx).withdraw(project, step.sentence_id, person=context.caller.person)
    return Undone(event)


def _detail(event: Event) -> dict[str, Any]:
    return event.detail or {}


async def _undo_added(context: RequestContext, event: Event) -> Undone:
    name = await _name_now(context, _detail(event)["name"])
    removed = await Labels(context.tx).remove(
        context.project.id, name, person=context.caller.person, undoes=event.id
    )
    if not removed:
        raise NothingToDo(
            f"Phrases carry {name} now, so it stays. /nerbot labels merge {name} ANOTHER gives them another label."
        )
    return Undone(event)


async def _undo_described(context: RequestContext, event: Event) -> Undone:
    detail = _detail(event)
    await _refuse_if_later(context, event, name=detail["name"])
    name = await _name_now(context, detail["name"])
    described = await Labels(context.tx).describe(
        context.project.id, name, detail["from"], person=context.caller.person, undoes=event.id
    )
    if described is None:
        raise NothingToDo(f"{name} is not there any more.")
    return Undone(event)


async def _name_now(context: RequestContext, name: str) -> str:
    return (await Labels(context.tx).renamed(context.project.id)).get(name, name)


async def _undo_renamed(context: RequestContext, event: Event) -> Undone:
    old, new = _detail(event)["from"], _detail(event)["to"]
    await _refuse_if_relabelled(context, event, old, new)
    sentences = await Labels(context.tx).sentences_with(context.project.id, new)
    back = await Labels(context.tx).rename(
        context.project.id, new, old, person=context.caller.person, undoes=event.id
    )
    if back is None:
        raise NothingToDo(
            f"{old} is a label of its own again, so {new} cannot have that name back."
        )
    return Undone(event, sentences)


async def _undo_merged(context: RequestContext, event: Event) -> Undone:
    detail = _detail(event)
    old, new = detail["from"], detail["to"]
    await _refuse_if_relabelled(context, event, old, new)
    if await Labels(context.tx).find(context.project.id, old) is not None:
        raise NothingToDo(f"{old} is a label of its own again, so the merge stays.")
    touched = await Labels(context.tx).split(
        context.project.id,
        event.id,
        old,
        new,
        description=detail.get("description", ""),
        person=context.caller.person,
    )
    if touched:
        where = ", ".join(f"#{number}" for number in touched[:5])
        more = f" and {len(touched) - 5} more" if len(touched) > 5 else ""
        raise NothingToDo(
            f"Later steps changed what this merge had changed, in {where}{more}. Undo those first; nothing was "
            "changed now."
        )
    sentences = await Labels(context.tx).sentences_with(context.project.id, old)
    return Undone(event, sentences)


async def _refuse_if_relabelled(context: RequestContext, event: Event, old: str, new: str) -> None:
    if await Labels(context.tx).changed_since(context.project.id, event.id, old, new):
        raise NothingToDo(
            f"{old} or {new} was renamed or merged again since. Undo that first, the newest first."
        )


async def _undo_bound(context: RequestContext, event: Event) -> Undone:
    detail = _detail(event)
    await _refuse_if_later(context, event, channel=detail["channel"])
    if await Projects(context.tx).bound(detail["channel"]) != detail["to"]:
        raise NothingToDo("The channel uses another project now, so this step stays.")
    if detail["from"] and not await Access(context.tx).sees(context.caller, detail["from"]):
        raise NothingToDo(
            "The project that the channel used before is not one of yours, so ask another owner to undo this step."
        )
    await Projects(context.tx).bind(
        context.project.id,
        detail["channel"],
        to=detail["from"],
        person=context.caller.person,
        undoes=event.id,
    )
    return Undone(event)


async def _undo_settings(context: RequestContext, event: Event) -> Undone:
    await _refuse_if_later(context, event)
    # An event from before a setting was added says nothing of it, so that it stays as it is.
    now = await Projects(context.tx).settings(context.project.id)
    back = ProjectSettings(**{**asdict(now), **_detail(event)["from"]})
    await projects.check_language(context, now.language, back.language)
    await Projects(context.tx).change_settings(
        context.project.id, back, person=context.caller.person, undoes=event.id
    )
    return Undone(event)


async def _undo_role(context: RequestContext, event: Event) -> Undone:
    detail = _detail(event)
    if (await context.roles()).get(detail["person"], Role.LABELLER) != detail["to"]:
        raise NothingToDo("That person's role was changed again since, so this step stays.")
    back = GiveRole(detail["person"], Role(detail["from"]))
    await roles.change(context, back, undoes=event.id)
    return Undone(event)


async def _undo_reviewed(context: RequestContext, event: Event) -> Undone:
    assert event.sentence_id is not None
    await Decisions(context.tx).revoke(
        context.project.id, event.sentence_id, person=context.caller.person, undoes=event.id
    )
    return Undone(event)


async def _undo_noted(context: RequestContext, event: Event) -> Undone:
    assert event.sentence_id is not None
    await _refuse_if_later(context, event)
    decision = await Decisions(context.tx).of(context.project.id, event.sentence_id)
    if decision is None:
        raise NothingToDo("That decision was undone, and its note with it.")
    words = _detail(event)["from"]
    person = context.caller.person
    await Decisions(context.tx).give_reason(
        context.project.id, decision, words, person=person, undoes=event.id
    )
    return Undone(event)


async def _refuse_if_later(context: RequestContext, event: Event, **detail: Any) -> None:
    if await History(context.tx).later(context.project.id, event, **detail):
        raise NothingToDo("A later step changed the same again. Undo that first.")


_UNDO: Mapping[EventKind, Callable[[RequestContext, Event], Awaitable[Undone]]] = {
    EventKind.LABEL_ADDED: _undo_added,
    EventKind.LABEL_DESCRIBED: _undo_described,
    EventKind.LABEL_RENAMED: _undo_renamed,
    EventKind.LABELS_MERGED: _undo_merged,
    EventKind.CHANNEL_BOUND: _undo_bound,
    EventKind.SETTINGS_CHANGED: _undo_settings,
    EventKind.ROLE_CHANGED: _undo_role,
    EventKind.REVIEWED: _undo_reviewed,
    EventKind.REVIEW_NOTED: _undo_noted,
    EventKind.FLAG_SETTLED: flags.undo,
    EventKind.SENTENCE_DELETED: deletions.undo_sentence,
    EventKind.LABEL_DELETED: deletions.undo_label,
    EventKind.PROJECT_DELETED: deletions.undo_project,
}
