"""What a reviewer decides in the editor: it begins with one version, and what is saved is the sentence's gold."""

from dataclasses import dataclass

from bot.db.records.suspicions import Suspicions
from bot.domain.project import Sentence
from bot.domain.roles import Role
from bot.errors import NotFound
from bot.projects.context import RequestContext, only
from bot.team import errors_found, review
from bot.team.repositories.decisions import Decisions
from bot.team.values.review import (
    Dispute,
    LookingAtError,
    NoDispute,
    NoError,
    Reviewing,
    TakeVersion,
    phrases_at_stake,
)
from ner_engine.annotation import Span

NextToReview = Reviewing | NoDispute | LookingAtError | NoError

_DOING = "decide how a sentence is labelled"
_CHANGED = "That sentence was changed or decided meanwhile. /nerbot review shows what is left."


@dataclass(frozen=True, slots=True)
class TakeEdited:
    """What was saved in the editor: these spans are right."""

    sentence_id: int
    spans: tuple[Span, ...]


@only(Role.REVIEWER, _DOING)
async def version_of(
    context: RequestContext, command: TakeVersion
) -> tuple[Sentence, tuple[Span, ...]]:
    """The sentence, and the version the editor begins with; raises NotFound where it was changed since."""
    dispute, _ = await _in_question(context, command.sentence_id)
    chosen = next((each for each in dispute.versions if each.key == command.version), None)
    if chosen is None:
        raise NotFound(_CHANGED)
    return dispute.sentence, chosen.spans


@only(Role.REVIEWER, _DOING)
async def take_edited(context: RequestContext, command: TakeEdited) -> NextToReview:
    """Decide for what was saved; then the next disagreement, or the next probable error."""
    dispute, is_error = await _in_question(context, command.sentence_id)
    made = await Decisions(context.tx).decide(
        context.project.id,
        dispute.sentence,
        command.spans,
        at_stake=phrases_at_stake(dispute),
        person=context.caller.person,
    )
    if is_error:
        return await errors_found.following(context, command.sentence_id, made)
    return await review.following(context, command.sentence_id, decided=made)


async def _in_question(context: RequestContext, sentence_id: int) -> tuple[Dispute, bool]:
    """The versions of a sentence, and whether it is a probable error instead of a disagreement."""
    project = context.project.id
    dispute = await Decisions(context.tx).dispute(project, sentence_id)
    if dispute is not None:
        return dispute, False
    found = await Suspicions(context.tx).of(project, sentence_id)
    if found is None:
        raise NotFound(_CHANGED)
    return Dispute(found.sentence, errors_found.versions_of(found)), True
