"""Draws sentences of the stream, has them checked, and says how the live model does."""

from collections.abc import Sequence
from dataclasses import replace

from bot.db.transaction import Transaction
from bot.errors import NotFound, NothingToDo
from bot.health.estimates import precision, recall
from bot.health.repositories.draws import StreamDraws
from bot.health.repositories.drifts import StreamDrifts
from bot.health.sampling import SENTENCES, Checked, Sampled, Stratum
from bot.health.values import (
    CheckSentence,
    CloseDraw,
    DrawnSentence,
    HealthBrief,
    HealthShown,
    Said,
    ShowHealth,
)
from bot.labelling.session import LabellingSession
from bot.projects.context import RequestContext
from bot.projects.repositories.projects import Projects
from bot.watching.repositories.entities import Entities
from ner_engine.annotation import Span

SOURCE = "health"
"""Where a sentence comes from that was drawn."""


async def show(context: RequestContext, command: ShowHealth) -> HealthShown:
    """How the live model does, and the next sentence to check; raises NotFound where the project is not the one
    of this place."""
    if command.project_id not in (None, context.project.id):
        raise NotFound(
            "These sentences belong to another project. Type /nerbot health in one of its channels."
        )
    return await _shown(context)


async def close(context: RequestContext, _: CloseDraw) -> HealthShown:
    """Check what was drawn so far."""
    draws = StreamDraws(context.tx)
    if await draws.passed(context.project.id) < SENTENCES:
        raise NothingToDo("Too little was read since the last draw. Try again later.")
    await draws.close(context.project.id)
    return replace(await _shown(context), did="closed")


async def check(context: RequestContext, command: CheckSentence) -> HealthShown:
    """Keep what somebody says of a drawn sentence; then the next one."""
    project_id, draws = context.project.id, StreamDraws(context.tx)
    drawn = await draws.of(project_id, command.number)
    if drawn is None:
        return await _shown(context)
    sentence_id = None
    if command.said is not Said.SKIP:
        sentence_id = await _store(context, drawn, is_right=command.said is Said.RIGHT)
    await draws.check(
        project_id,
        drawn.id,
        command.said,
        person=context.caller.person,
        sentence_id=sentence_id,
    )
    shown = await _shown(context)
    to_label = sentence_id if command.said is Said.EDIT else None
    return replace(shown, did=command.said.value, sentence_id=to_label)


async def _store(context: RequestContext, drawn: DrawnSentence, *, is_right: bool) -> int:
    """The sentence becomes one of the project, finished where all that was found is right."""
    session = await LabellingSession.open(context.tx, context.caller, context.now)
    sentence, _ = await session.add(drawn.sentence, drawn.tokens, source=SOURCE)
    if is_right:
        annotation = await session.annotation(sentence)
        await session.create_labels(drawn.spans)
        await session.finish(annotation, drawn.spans)
    return sentence.id


async def _shown(context: RequestContext) -> HealthShown:
    tx, project = context.tx, context.project
    draws, projects = StreamDraws(tx), Projects(tx)
    live = await projects.live_version(project.id)
    samples = await _samples(tx, project.id, live) if live is not None else []
    return HealthShown(
        project.name,
        live,
        promise=(await projects.settings(project.id)).precision,
        out=precision(samples),
        found=precision(samples, out=False),
        recall=recall(samples),
        checked=sum(len(each.checked) for each in samples),
        last=await draws.last_check(project.id),
        card=await draws.next(project.id),
        waiting=await draws.waiting(project.id),
        passed=await draws.passed(project.id),
        change=await StreamDrifts(tx).last_change(project.id),
    )


async def read_brief(tx: Transaction, project_id: int) -> HealthBrief:
    """How the live model of a project does, at a glance."""
    projects = Projects(tx)
    live = await projects.live_version(project_id)
    samples = await _samples(tx, project_id, live) if live is not None else []
    return HealthBrief(
        promise=(await projects.settings(project_id)).precision,
        out=precision(samples),
        last=await StreamDraws(tx).last_check(project_id),
        change=await StreamDrifts(tx).last_change(project_id),
    )


async def _samples(tx: Transaction, project_id: int, model: int) -> list[Sampled]:
    """Each stratum of each draw; what is there in truth is what people have finished by now."""
    samples: list[Sampled] = []
    for passed, drawn in await StreamDraws(tx).checked(project_id, model):
        said = await Entities(tx).said(project_id, {each.sentence for each in drawn})
        for stratum in Stratum:
            done = [
                _checked(each, said[each.sentence].spans)
                for each in drawn
                if each.stratum == stratum.value and each.sentence in said
            ]
            samples.append(Sampled(passed[stratum], done))
    return samples


def _checked(drawn: DrawnSentence, truth: Sequence[Span]) -> Checked:
    there = set(truth)
    right = [span in there for span in drawn.spans]
    out_right = sum(ok for ok, out in zip(right, drawn.out, strict=True) if out)
    return Checked(len(right), sum(right), sum(drawn.out), out_right, len(there))
