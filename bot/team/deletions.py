"""Deleting a sentence, a label or a project: it asks first, says what hangs on it, and can be undone."""

from dataclasses import replace

from bot.db.records.catching_up import CatchingUp
from bot.db.records.confirmations import Confirmations
from bot.db.records.events import Events
from bot.db.records.runs import Runs
from bot.db.records.sentences import Sentences
from bot.domain.events import Event, EventKind
from bot.domain.project import Project
from bot.domain.roles import Role
from bot.domain.runs import RunState
from bot.errors import NotFound, NothingToDo
from bot.labelling.repositories.annotations import Annotations
from bot.labelling.repositories.bin import Bin
from bot.labelling.repositories.queue import Queue
from bot.projects.context import RequestContext
from bot.projects.repositories.access import Access
from bot.projects.repositories.labels import Labels
from bot.projects.repositories.projects import Projects
from bot.team.values.deletions import ConfirmDelete, Delete, Deleted, DeleteNow, DeletionAsked, Kind
from bot.team.values.history import Undone

_OVER = "This question has expired or was asked of somebody else. Nothing was deleted. Please ask again."


async def ask(context: RequestContext, command: Delete) -> DeletionAsked:
    """Ask, and say what hangs on it."""
    delete, text = await _meant(context, command)
    await _check(context, delete)
    asked = await Confirmations(context.tx).put(context.project.id, context.caller.person, delete)
    return DeletionAsked(
        delete, asked, text, await _sentences(context, delete), await _others(context, delete)
    )


async def confirm(context: RequestContext, command: ConfirmDelete) -> Deleted:
    """Delete what was asked about."""
    delete = await Confirmations(context.tx).take(
        context.project.id, context.caller.person, command.offer, Delete
    )
    if delete is None:
        raise NotFound(_OVER)
    await _check(context, delete)
    sentences = await _sentences(context, delete)
    match delete.kind:
        case Kind.SENTENCE:
            await delete_sentence(context, delete.sentence_id or 0)
        case Kind.LABEL:
            await Labels(context.tx).delete(
                context.project.id, delete.name, person=context.caller.person
            )
        case Kind.PROJECT:
            await _delete_project(context, delete.name)
    return Deleted(delete, sentences)


async def delete_now(context: RequestContext, command: DeleteNow) -> Deleted:
    """Delete the sentence of a card; Slack asked before it sent this."""
    delete, _ = await _meant(context, Delete(Kind.SENTENCE, command.sentence_id))
    await _check(context, delete)
    await delete_sentence(context, command.sentence_id)
    return Deleted(delete, 1)


async def _meant(context: RequestContext, command: Delete) -> tuple[Delete, str]:
    if command.kind is Kind.LABEL:
        name = await Labels(context.tx).find(context.project.id, command.name)
        return replace(command, name=name or command.name), ""
    if command.kind is not Kind.SENTENCE:
        return command, ""
    sentences, project = Sentences(context.tx), context.project.id
    if command.sentence_id is None:
        found = await Queue(context.tx).current(project, context.caller.person)
    else:
        found = await sentences.get(project, command.sentence_id)
    if found is None:
        raise NotFound(
            "There is no such sentence in this channel's project. Type its number, as in /label delete #12."
        )
    return Delete(Kind.SENTENCE, found.id), found.text


async def _check(context: RequestContext, delete: Delete) -> None:
    """Owners may delete anything, everybody the sentences they added."""
    if delete.kind is Kind.SENTENCE:
        added_by = await Annotations(context.tx).added_by(
            context.project.id, delete.sentence_id or 0
        )
        if added_by != context.caller.person:
            await context.require(Role.OWNER, "delete a sentence that somebody else added")
        return
    await context.require(Role.OWNER, f"delete a {delete.kind}")
    if delete.kind is Kind.LABEL:
        labels = [label.name for label in await Labels(context.tx).all(context.project.id)]
        if delete.name not in labels:
            there = ", ".join(labels) or "none yet"
            raise NotFound(
                f"There is no label {delete.name} in this project. The labels are: {there}."
            )
    else:
        await _project(context, delete.name)


async def _project(context: RequestContext, name: str) -> Project:
    for project in await Access(context.tx).seen(context.caller):
        if project.name.casefold() == name.casefold():
            if await Projects(context.tx).default() == project:
                raise NothingToDo(
                    "The default project cannot be deleted. /nerbot forget project erases what is in it."
                )
            return project
    raise NotFound(f"There is no project {name}. /nerbot project lists them.")


async def _sentences(context: RequestContext, delete: Delete) -> int:
    match delete.kind:
        case Kind.SENTENCE:
            return 1
        case Kind.LABEL:
            return await Labels(context.tx).sentences_with(context.project.id, delete.name)
        case Kind.PROJECT:
            project = await _project(context, delete.name)
            return await Projects(context.tx).sentences(project.id)


async def _others(context: RequestContext, delete: Delete) -> int:
    if delete.kind is not Kind.SENTENCE:
        return 0
    return await Annotations(context.tx).others_on(
        context.project.id, delete.sentence_id or 0, context.caller.person
    )


async def delete_sentence(context: RequestContext, sentence_id: int) -> None:
    """Take a sentence out; the record says so."""
    project, person = context.project.id, context.caller.person
    if await Bin(context.tx).put(project, sentence_id, person=person) is None:
        raise NotFound("This sentence is no longer here. Nothing was deleted.")
    detail = {"sentence": sentence_id}
    await Events(context.tx).add(project, EventKind.SENTENCE_DELETED, person=person, detail=detail)


async def _delete_project(context: RequestContext, name: str) -> None:
    tx, project = context.tx, await _project(context, name)
    default = await Projects(tx).ensure_default()
    active = await Runs(tx).active(project.id)
    if active is not None:
        await Runs(tx).end(active.id, RunState.CANCELLED, cancelled_by=context.caller.person)
    await Projects(tx).delete(project, record=default.id, person=context.caller.person)


async def undo_sentence(context: RequestContext, event: Event) -> Undone:
    """Put a sentence back with all that was said of it, under the names that labels have by now."""
    number = int((event.detail or {})["sentence"])
    if not await Bin(context.tx).restore(context.project.id, number):
        raise NothingToDo(
            f"Sentence #{number} was forgotten or its text was added again, so it cannot come back."
        )
    await Events(context.tx).add(
        context.project.id,
        EventKind.SENTENCE_DELETED,
        person=context.caller.person,
        detail=event.detail,
        undoes=event.id,
    )
    lost = await CatchingUp(context.tx).catch_up(context.project.id, number, event_id=event.id)
    return Undone(event, lost=lost)


async def undo_label(context: RequestContext, event: Event) -> Undone:
    """Put a label back on the phrases that carried it."""
    name = (event.detail or {})["name"]
    touched = await Labels(context.tx).bring_back(
        context.project.id, event, person=context.caller.person
    )
    if touched is None:
        raise NothingToDo(f"{name} is a label again, so this step stays.")
    if touched:
        where = ", ".join(f"#{number}" for number in touched[:5])
        raise NothingToDo(
            f"Other labels are now where {name} was, in {where}. Undo those first; nothing was changed."
        )
    sentences = await Labels(context.tx).sentences_with(context.project.id, name)
    return Undone(event, sentences)


async def undo_project(context: RequestContext, event: Event) -> Undone:
    """Put a project back; channels that were bound to it use it again."""
    if not await Projects(context.tx).bring_back(
        event, record=context.project.id, person=context.caller.person
    ):
        raise NothingToDo("There is a project of that name again, so this one cannot come back.")
    return Undone(event)
