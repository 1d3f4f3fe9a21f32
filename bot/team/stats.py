"""How the team gets on: what is finished, how long it takes, how far people agree."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from statistics import median

from bot.domain.events import Event
from bot.domain.steps import StepKind
from bot.labelling.repositories.annotations import Annotations
from bot.projects.context import RequestContext
from bot.team.repositories.history import History
from bot.team.repositories.statistics import Shared, SharedSentence, Statistics, by_sentence
from bot.team.values.stats import Agreement, LabelAgreement, ShowStats, TeamStats
from ner_engine.scoring.agreement import lenient_agreement, span_agreement

#: Steps and shared sentences looked at: the newest say how it is now, and the answer stays quick.
STEPS = 5_000
SHARED = 2_000
ANNOTATIONS = 6_000
#: A longer gap between two steps is a break.
BREAK = timedelta(minutes=10)

FINISHING = frozenset({StepKind.FINISHED, StepKind.NO_ENTITIES})


async def show(context: RequestContext, _: ShowStats) -> TeamStats:
    """The project's numbers."""
    today = context.now.replace(hour=0, minute=0, second=0, microsecond=0)
    week = today - timedelta(days=today.weekday())
    project, statistics = context.project.id, Statistics(context.tx)
    counts = await Annotations(context.tx).counts(project)
    steps = await History(context.tx).steps(project, limit=STEPS)
    shared = await statistics.shared(project, limit=SHARED, annotations=ANNOTATIONS)
    # Thousands of rows: the event loop, and whoever labels meanwhile, does not wait for their sums.
    seconds, agreement = await asyncio.to_thread(_sum_up, steps, shared)
    of_today, of_week = await statistics.finished_since(
        project, today, week, some_disputed=bool(counts.disputed)
    )
    every = [value for values in seconds.values() for value in values]
    return TeamStats(
        project=context.project.name,
        today=of_today,
        week=of_week,
        finished=counts.finished,
        waiting=counts.waiting,
        disputed=counts.disputed,
        per_label=counts.spans_per_label,
        people=tuple(
            replace(person, seconds=median(seconds[person.person]))
            if person.person in seconds
            else person
            for person in await statistics.people(project, today=today, week=week)
        ),
        seconds=median(every) if every else None,
        agreement=agreement,
    )


def _sum_up(
    steps: Sequence[Event], shared: Sequence[Shared]
) -> tuple[dict[str, list[float]], Agreement | None]:
    return seconds_per_sentence(steps), agreement_of(by_sentence(shared))


def seconds_per_sentence(steps: Iterable[Event]) -> dict[str, list[float]]:
    """For each person the seconds from their last step on another sentence to finishing this one.

    A gap of over ten minutes between two of a person's steps is a break, and so is the time before the
    first step: the sentence they fall into is left out.
    """
    mine: dict[str, list[Event]] = defaultdict(list)
    for step in steps:
        mine[step.person].append(step)
    found = {person: list(_seconds(theirs)) for person, theirs in mine.items()}
    return {person: values for person, values in found.items() if values}


def _seconds(steps: Sequence[Event]) -> Iterable[float]:
    began: datetime | None = None
    before: Event | None = None
    for step in steps:
        if before is None or step.at - before.at > BREAK:
            began = None
        elif before.sentence_id != step.sentence_id:
            began = before.at
        if step.kind in FINISHING and began is not None:
            yield (step.at - began).total_seconds()
            began = None
        before = step


def agreement_of(shared: Sequence[SharedSentence]) -> Agreement | None:
    """Pairwise span F1 over sentences several people finished, the blind ones alone where there are any; None where
    there is none. The others are told beside: a suggestion that both saw makes people agree."""
    several = [sentence for sentence in shared if len(sentence.by_person) > 1]
    blind = [sentence.by_person for sentence in several if sentence.blind]
    helped = [sentence.by_person for sentence in several if not sentence.blind]
    measured = blind or helped
    found, lenient = span_agreement(measured), lenient_agreement(measured)
    if found is None or lenient is None:
        return None
    with_suggestions = span_agreement(helped) if blind else None
    return Agreement(
        f1=found.overall.f1,
        sentences=len(measured),
        lenient=lenient.f1,
        blind=bool(blind),
        per_label=tuple(
            LabelAgreement(label, score.f1, score.spans) for label, score in found.per_label.items()
        ),
        pairs=tuple(
            (one, other, score.f1, score.sentences)
            for (one, other), score in found.per_pair.items()
        ),
        with_suggestions=(with_suggestions.overall.f1, len(helped)) if with_suggestions else None,
    )
