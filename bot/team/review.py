"""Review: one disagreement after the other, each decided with a tap."""

from bot.db.records.precedents import Precedents
from bot.db.records.sentences import Sentences
from bot.domain.project import Annotation, Precedent
from bot.domain.roles import Role
from bot.errors import NotFound, NothingToDo
from bot.labelling.repositories.annotations import Annotations
from bot.labelling.repositories.flags import Flags
from bot.labelling.repositories.queue import Queue
from bot.labelling.values.cards import Card
from bot.projects.context import RequestContext, only
from bot.team.repositories.decisions import Decisions
from bot.team.values.review import (
    Decision,
    Dispute,
    MergeVersions,
    NextDispute,
    NoDispute,
    NoteDecision,
    NoteKept,
    Reviewing,
    ReviewMyself,
    TakeVersion,
    YoursToLabel,
    key_of,
    merged,
    phrases_at_stake,
)

_DOING = "decide where people disagree"


@only(Role.REVIEWER, _DOING)
async def next_dispute(context: RequestContext, command: NextDispute) -> Reviewing | NoDispute:
    """The first disagreement behind a sentence that is passed over."""
    dispute = await Decisions(context.tx).next(context.project.id, after=command.after)
    left = await Decisions(context.tx).waiting(context.project.id)
    if dispute is None:
        return NoDispute(passed=left, flagged=await Flags(context.tx).count(context.project.id))
    return Reviewing(await _with_precedents(context, dispute), left)


@only(Role.REVIEWER, _DOING)
async def take(context: RequestContext, command: TakeVersion) -> Reviewing | NoDispute:
    """Decide for one version, as it stood when it was shown; then the next disagreement."""
    dispute = await Decisions(context.tx).dispute(context.project.id, command.sentence_id)
    if dispute is None:
        return await following(context, command.sentence_id, changed=True)
    chosen = next((v for v in dispute.versions if v.key == command.version), None)
    if chosen is None:
        left = await Decisions(context.tx).waiting(context.project.id)
        return Reviewing(await _with_precedents(context, dispute), left, changed=True)
    decided = await Decisions(context.tx).decide(
        context.project.id,
        dispute.sentence,
        chosen.spans,
        at_stake=phrases_at_stake(dispute),
        person=context.caller.person,
    )
    return await following(context, command.sentence_id, decided=decided)


@only(Role.REVIEWER, _DOING)
async def merge(context: RequestContext, command: MergeVersions) -> Reviewing | NoDispute:
    """Decide for all that anybody marked, as it stood when it was shown; then the next disagreement."""
    decisions, project = Decisions(context.tx), context.project.id
    dispute = await decisions.dispute(project, command.sentence_id)
    if dispute is None:
        return await following(context, command.sentence_id, changed=True)
    spans = merged(dispute)
    if spans is None or key_of(dispute) != command.versions:
        left = await decisions.waiting(project)
        return Reviewing(await _with_precedents(context, dispute), left, changed=True)
    decided = await decisions.decide(
        project,
        dispute.sentence,
        spans,
        at_stake=phrases_at_stake(dispute),
        person=context.caller.person,
    )
    return await following(context, command.sentence_id, decided=decided)


async def following(
    context: RequestContext,
    sentence_id: int,
    *,
    decided: Decision | None = None,
    changed: bool = False,
) -> Reviewing | NoDispute:
    """The disagreement behind this one; behind the last one, the first that was passed over."""
    decisions, project = Decisions(context.tx), context.project.id
    dispute = await decisions.next(project, after=sentence_id) or await decisions.next(project)
    if dispute is None:
        return NoDispute(decided, flagged=await Flags(context.tx).count(project))
    left = await decisions.waiting(project)
    return Reviewing(await _with_precedents(context, dispute), left, decided, changed)


async def _with_precedents(context: RequestContext, dispute: Dispute) -> Dispute:
    text = dispute.sentence.text
    phrases = dict.fromkeys(text[start:end] for start, end in phrases_at_stake(dispute))
    found: list[Precedent] = []
    for phrase in phrases:
        found += await Precedents(context.tx).of_phrase(context.project.id, phrase)
    return Dispute(dispute.sentence, dispute.versions, tuple(found))


@only(Role.REVIEWER, _DOING)
async def label_myself(context: RequestContext, command: ReviewMyself) -> YoursToLabel:
    """Give the reviewer the sentence to label; once finished it is one of the versions."""
    tx, project, person = context.tx, context.project.id, context.caller.person
    sentence = await Sentences(tx).get(project, command.sentence_id)
    if sentence is None:
        raise NotFound("This sentence is no longer here. /nerbot review shows the next one.")
    await Queue(tx).take(project, person, sentence.id)
    annotation: Annotation = await Annotations(tx).of(sentence, person)
    return YoursToLabel(Card(annotation, waiting=await Queue(tx).waiting(project, person)))


@only(Role.REVIEWER, _DOING)
async def note(context: RequestContext, command: NoteDecision) -> NoteKept:
    """Say why a decision was made."""
    decisions, project, person = Decisions(context.tx), context.project.id, context.caller.person
    if command.sentence_id is not None:
        decision = await decisions.of(project, command.sentence_id)
        if decision is None:
            raise NothingToDo("That decision was undone, so there is nothing to explain.")
        return NoteKept(
            await decisions.give_reason(project, decision, command.words, person=person)
        )
    noted = await decisions.note(project, person, command.words)
    if noted is None:
        raise NothingToDo(
            "There is no decision of yours to note a reason for. /nerbot review shows what is still to be decided."
        )
    return NoteKept(noted)
