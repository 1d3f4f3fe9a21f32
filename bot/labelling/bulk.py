"""One phrase across the project: the sentences that hold it, labelled as one step that is undone as one."""

import asyncio
from collections.abc import Sequence

from bot.db.transaction import Transaction
from bot.domain.project import Caller, Sentence
from bot.domain.steps import AnnotationState, StepKind
from bot.errors import NothingToDo
from bot.labelling import bulk_preview as sightings
from bot.labelling.intents import closest_phrases
from bot.labelling.repositories.annotations import Annotations
from bot.labelling.repositories.phrases import Phrases
from bot.labelling.values.bulk import (
    EverywhereIntent,
    LabelledEverywhere,
    Sighting,
    Standing,
    UndoneEverywhere,
)
from bot.labelling.values.cards import Question
from bot.labelling.values.intents import LabelIntent
from bot.projects.repositories.labels import Labels

_A_ROUND, _ROUNDS = 200, 25
"""Sentences read at a time, and how often: a phrase may be in very many."""
_AT_ONCE = 20
_LOOKED_THROUGH = 200
"""Sentences looked through for words that are like those typed."""


class Everywhere:
    """One person's work on a phrase across a project, in one transaction."""

    def __init__(self, tx: Transaction, project_id: int, caller: Caller) -> None:
        self._tx = tx
        self._project = project_id
        self._caller = caller
        self._person = caller.person

    async def look_for(self, intent: LabelIntent, in_hand: Sentence | None) -> Question | None:
        """Ask about the project's sentences with the phrase, or else about what is most like it; None for neither."""
        wanted = EverywhereIntent(intent.label, intent.phrase, intent.label_confirmed)
        asked = await self._ask(wanted)
        if asked is not None:
            return asked
        here = closest_phrases(in_hand, intent.phrase) if in_hand else ()
        texts = await Phrases(self._tx).texts_with(
            self._project, sightings.pieces_of(intent.phrase), limit=_LOOKED_THROUGH
        )
        found: list[str] = []
        for number, text in enumerate(texts):
            if (like := sightings.phrase_like(intent.phrase, text)) is not None:
                found.append(like)
            await _breathe(number)
        elsewhere = sightings.most_like(intent.phrase, found)
        return sightings.ask_closest(intent, in_hand, here, elsewhere)

    async def pursue(self, intent: EverywhereIntent) -> Question | LabelledEverywhere:
        """Show the sentences, or label those that were agreed to."""
        if intent.sentences is not None:
            return await self._label(intent, intent.sentences)
        asked = await self._ask(intent)
        if asked is None:
            raise NothingToDo(nowhere(intent.label, intent.quoted))
        return asked

    async def _ask(self, intent: EverywhereIntent) -> Question | None:
        seen, more = await self._see(intent)
        if not seen:
            return None
        labels = [label.name for label in await Labels(self._tx).all(self._project)]
        slip = sightings.ask_new_label(intent, labels)
        return slip or sightings.ask_everywhere(intent, seen, more=more)

    async def _see(self, intent: EverywhereIntent) -> tuple[tuple[Sighting, ...], bool]:
        """The sentences with the phrase, as many as one step takes beside those labelled already; and whether
        there are more."""
        seen: list[Sighting] = []
        open_to_it = after = 0
        for _ in range(_ROUNDS):
            places = await Phrases(self._tx).places(
                self._project, self._person, intent.quoted, after=after, limit=_A_ROUND
            )
            for number, place in enumerate(places):
                await _breathe(number)
                sighting = sightings.sight(place, intent.label, intent.quoted)
                if sighting is None:
                    continue
                open_to_it += sighting.standing is not Standing.ALREADY
                if open_to_it > sightings.MAX_SENTENCES:
                    return sightings.in_order(seen), True
                seen.append(sighting)
            if len(places) < _A_ROUND:
                return sightings.in_order(seen), False
            after = places[-1].annotation.sentence.id
        return sightings.in_order(seen), True

    async def _label(self, intent: EverywhereIntent, agreed: Sequence[int]) -> LabelledEverywhere:
        """Label every mention in the sentences agreed to that still stand as they were shown."""
        places = await Phrases(self._tx).places_of(self._project, self._person, agreed)
        seen = (sightings.sight(place, intent.label, intent.quoted) for place in places)
        chosen = [sighted for sighted in seen if sighted and sightings.is_chosen(intent, sighted)]
        if not chosen:
            raise NothingToDo(
                "None of these sentences stands as it was shown any more; nothing was changed. "
                f"To look again: /label {intent.label} {intent.quoted} everywhere"
            )
        is_new = await Labels(self._tx).add(self._project, intent.label, person=self._person)
        for sighting in chosen:
            await self._apply(sighting, together=len(chosen))
        return LabelledEverywhere(
            intent.label,
            intent.quoted,
            self._caller.request,
            sentences=len(chosen),
            mentions=sum(len(sighting.added) for sighting in chosen),
            unfinished=sum(not sighting.annotation.finished for sighting in chosen),
            passed=len(agreed) - len(chosen),
            new_label=is_new,
            more=intent.more,
        )

    async def _apply(self, sighting: Sighting, *, together: int) -> None:
        annotation = sighting.annotation
        kept = [span for span in annotation.spans if span not in sighting.removed]
        after = AnnotationState(tuple(sorted((*kept, *sighting.added))), annotation.finished)
        await Annotations(self._tx).change(
            self._project,
            annotation,
            StepKind.LABELLED,
            after,
            request=self._caller.request,
            together=together,
        )

    async def undo(self, step: str) -> UndoneEverywhere:
        """Take the whole step back, apart from sentences that were changed since."""
        undone, kept = await Annotations(self._tx).undo_together(
            self._project, self._person, step, request=self._caller.request
        )
        if undone:
            return UndoneEverywhere(len(undone), kept)
        raise NothingToDo(
            f"You have changed {_named(kept)} since, so nothing was taken back. /label undo takes your steps back, "
            "the newest first."
            if kept
            else "This step is taken back already."
        )


async def _breathe(number: int) -> None:
    """Let others have the event loop once in so many sentences."""
    if number % _AT_ONCE == 0:
        await asyncio.sleep(0)


def _named(sentences: Sequence[int]) -> str:
    """`sentence #3`, `sentences #3, #4 and 5 more`."""
    ids = ", ".join(f"#{number}" for number in sentences[:5])
    more = f" and {len(sentences) - 5} more" if len(sentences) > 5 else ""
    return f"sentence{'s' if len(sentences) > 1 else ''} {ids}{more}"


def nowhere(label: str, phrase: str) -> str:
    """That no sentence holds the phrase, and what to do."""
    return (
        f"“{phrase}” is in no sentence here. Copy the words as they stand in a sentence, or add one: "
        f"/label {label} {phrase} in: the whole sentence"
    )
