"""Sentences that may be labelled wrongly, the most probable first; each is settled with a tap."""

from bot.db.records.suspicions import Suspected, Suspicions
from bot.domain.roles import Role
from bot.projects.context import RequestContext, only
from bot.projects.repositories.labels import Labels
from bot.team.repositories.decisions import Decisions
from bot.team.values.review import (
    Decision,
    Dispute,
    LookingAtError,
    NextError,
    NoError,
    TakeReading,
    Version,
    phrases_at_stake,
)

_DOING = "decide what is labelled wrongly"
Shown = LookingAtError | NoError


@only(Role.REVIEWER, _DOING)
async def next_error(context: RequestContext, command: NextError) -> Shown:
    """The most probable error behind a sentence that is passed over."""
    return await _shown(context, after=command.after)


@only(Role.REVIEWER, _DOING)
async def take_reading(context: RequestContext, command: TakeReading) -> Shown:
    """Decide for the sentence as it is labelled or as it is read, as it stood when it was shown; then the next."""
    found = await Suspicions(context.tx).of(context.project.id, command.sentence_id)
    if found is None:
        return await _shown(context, after=command.sentence_id, changed=True)
    versions = versions_of(found)
    chosen = next((each for each in versions if each.key == command.version), None)
    if chosen is None:
        return await _shown(context, changed=True)
    decided = await Decisions(context.tx).decide(
        context.project.id,
        found.sentence,
        chosen.spans,
        at_stake=phrases_at_stake(Dispute(found.sentence, versions)),
        person=context.caller.person,
    )
    return await _shown(context, after=command.sentence_id, decided=decided)


async def _shown(
    context: RequestContext,
    *,
    after: int = 0,
    decided: Decision | None = None,
    changed: bool = False,
) -> Shown:
    suspicions, project = Suspicions(context.tx), context.project.id
    names = {label.name for label in await Labels(context.tx).all(project)}
    found = await suspicions.next(project, after=after)
    # A label that was renamed or deleted since the training is not offered.
    while found is not None and not {span.label for span in found.reading} <= names:
        found = await suspicions.next(project, after=found.sentence.id)
    left = await suspicions.left(project, names)
    if found is None:
        return NoError(decided, trained=await suspicions.any(project), passed=left)
    labelled, reading = versions_of(found)
    return LookingAtError(
        found.sentence, labelled, reading, found.probability, left, decided, changed
    )


async def following(context: RequestContext, sentence_id: int, made: Decision) -> Shown:
    """The most probable error behind one that was decided."""
    return await _shown(context, after=sentence_id, decided=made)


def versions_of(found: Suspected) -> tuple[Version, Version]:
    """As it is labelled, and as a model reads it."""
    return Version(found.spans, found.people), Version(found.reading, ())
