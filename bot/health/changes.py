"""What follows a change of the stream: sentences of it go into the queue."""

from dataclasses import replace

from bot.db.records.sentences import Sentences
from bot.errors import NotFound, NothingToDo
from bot.health.checks import SOURCE
from bot.health.repositories.drifts import StreamDrifts
from bot.health.values import ChangedQueued, QueueChanged
from bot.projects.context import RequestContext
from bot.projects.repositories.access import Access


async def queue(context: RequestContext, command: QueueChanged) -> ChangedQueued:
    """Put the newest sentences of a changed stream into its project's queue, wherever the button is pressed; raises
    NotFound where this person does not see the project, NothingToDo where none are kept."""
    tx, project_id = context.tx, command.project_id
    seen = await Access(tx).seen(context.caller)
    project = next((each for each in seen if each.id == project_id), None)
    if project is None:
        raise NotFound("That project is not here, or no longer.")
    drifts = StreamDrifts(tx)
    kept = await drifts.kept(project_id)
    if not kept:
        raise NothingToDo(
            "No sentences of this change wait any more: they are in the queue already, or went after two weeks."
        )
    added = 0
    for text, tokens in kept:
        _, is_new = await Sentences(tx).add(
            project_id, text, tokens, person=context.caller.person, source=SOURCE
        )
        added += is_new
    await drifts.drop(project_id)
    state = await drifts.get(project_id)
    if state is not None:
        await drifts.put(project_id, replace(state, queued_at=tx.clock()))
    return ChangedQueued(project.name, added, elsewhere=project_id != context.project.id)
