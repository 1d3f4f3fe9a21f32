"""One phrase across the project: the sentences that hold it, labelled as one step that is undone as one."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from bot.domain.project import Sentence
from bot.domain.steps import StepKind
from bot.errors import NothingToDo
from bot.labelling import bulk_preview as preview
from bot.labelling.intents import closest_phrases
from bot.labelling.new_labels import ask_label
from bot.labelling.repositories.annotations import Annotations
from bot.labelling.repositories.bin import Bin
from bot.labelling.repositories.phrases import Phrases
from bot.labelling.repositories.steps import Steps
from bot.labelling.session import LabellingSession
from bot.labelling.values.bulk import (
    EverywhereIntent,
    LabelledEverywhere,
    MatchStatus,
    PhraseMatch,
    UndoneEverywhere,
    UndoTogether,
)
from bot.labelling.values.cards import Question
from bot.labelling.values.intents import LabelIntent

_A_ROUND, _ROUNDS = 200, 25
"""Sentences read at a time, and how often: a phrase may be in very many."""
_AT_ONCE = 20
_LOOKED_THROUGH = 200
"""Sentences looked through for words that are like those typed."""


async def look_for(
    session: LabellingSession, intent: LabelIntent, current: Sentence | None
) -> Question | None:
    """Ask about the project's sentences with the phrase, or else about what is most like it; None for neither."""
    wanted = EverywhereIntent(intent.label, intent.phrase, intent.label_confirmed)
    asked = await _ask(session, wanted)
    if asked is not None:
        return asked
    here = closest_phrases(current, intent.phrase) if current else ()
    texts = await Phrases(session.tx).texts_with(
        session.project_id, preview.pieces_of(intent.phrase), limit=_LOOKED_THROUGH
    )
    found: list[str] = []
    for number, text in enumerate(texts):
        if (like := preview.phrase_like(intent.phrase, text)) is not None:
            found.append(like)
        await _breathe(number)
    elsewhere = preview.most_like(intent.phrase, found)
    return preview.ask_closest(intent, current, here, elsewhere)


async def label_everywhere(
    session: LabellingSession, intent: EverywhereIntent
) -> Question | LabelledEverywhere:
    """Show the sentences, or label those that were agreed to."""
    label = (await session.known_labels()).name(intent.label)
    intent = replace(intent, label=label)
    if intent.sentences is not None:
        return await _label(session, intent, intent.sentences)
    asked = await _ask(session, intent)
    if asked is None:
        raise NothingToDo(nowhere(intent.label, intent.quoted))
    return await session.ask(asked)


async def _ask(session: LabellingSession, intent: EverywhereIntent) -> Question | None:
    found, more = await _find(session, intent)
    if not found:
        return None
    new_label = ask_label(intent, await session.label_names())
    return new_label or preview.ask_everywhere(intent, found, more=more)


async def _find(
    session: LabellingSession, intent: EverywhereIntent
) -> tuple[tuple[PhraseMatch, ...], bool]:
    """The sentences with the phrase, as many as one step takes beside those labelled already; and whether
    there are more."""
    found: list[PhraseMatch] = []
    to_label = after = 0
    for _ in range(_ROUNDS):
        places = await Phrases(session.tx).places(
            session.project_id, session.person, intent.quoted, after=after, limit=_A_ROUND
        )
        for number, place in enumerate(places):
            await _breathe(number)
            match = preview.match_in(place, intent.label, intent.quoted)
            if match is None:
                continue
            to_label += match.standing is not MatchStatus.ALREADY
            if to_label > preview.MAX_SENTENCES:
                return preview.in_order(found), True
            found.append(match)
        if len(places) < _A_ROUND:
            return preview.in_order(found), False
        after = places[-1].annotation.sentence.id
    return preview.in_order(found), True


async def _label(
    session: LabellingSession, intent: EverywhereIntent, agreed: Sequence[int]
) -> LabelledEverywhere:
    """Label every mention in the sentences agreed to that still stand as they were shown."""
    places = await Phrases(session.tx).places_of(session.project_id, session.person, agreed)
    found = (preview.match_in(place, intent.label, intent.quoted) for place in places)
    chosen = [match for match in found if match and preview.is_chosen(intent, match)]
    if not chosen:
        raise NothingToDo(
            "All of these sentences have changed since you saw them, so nothing was labelled. "
            f"To look again: /label {intent.label} {intent.quoted} everywhere"
        )
    is_new = await session.create_label(intent.label)
    for match in chosen:
        await _apply(session, match, together=len(chosen))
    return LabelledEverywhere(
        intent.label,
        intent.quoted,
        session.caller.request,
        sentences=len(chosen),
        mentions=sum(len(match.added) for match in chosen),
        unfinished=sum(not match.annotation.finished for match in chosen),
        passed=len(agreed) - len(chosen),
        new_label=is_new,
        more=intent.more,
    )


async def _apply(session: LabellingSession, match: PhraseMatch, *, together: int) -> None:
    annotation = match.annotation
    kept = [span for span in annotation.spans if span not in match.removed]
    spans = tuple(sorted((*kept, *match.added)))
    await session.change(
        annotation, StepKind.LABELLED, spans, finished=annotation.finished, together=together
    )


async def undo_together(session: LabellingSession, command: UndoTogether) -> UndoneEverywhere:
    """Take the whole step back, apart from sentences that were changed since."""
    added = await Steps(session.tx).added_in(session.project_id, session.person, command.step)
    undone, kept = await Steps(session.tx).undo_together(
        session.project_id, session.person, command.step, request=session.caller.request
    )
    if undone:
        labels = await session.take_back_labels(command.step)
        await _withdraw(session, [number for number in undone if number in added])
        return UndoneEverywhere(len(undone), kept, gone_label=", ".join(labels) or None)
    raise NothingToDo(
        f"You have changed {_named(kept)} since, so nothing was undone. /label undo undoes your steps, "
        "the newest first."
        if kept
        else "This step has already been undone."
    )


async def _withdraw(session: LabellingSession, came_with_it: Sequence[int]) -> None:
    """Sentences that the step stored go with it, unless somebody else labelled, skipped or flagged them."""
    for number in came_with_it:
        place = (session.project_id, number, session.person)
        if not await Annotations(session.tx).is_used_by_others(*place):
            await Bin(session.tx).withdraw(session.project_id, number, person=session.person)


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
        f"“{phrase}” is in no sentence here. Copy the words exactly as they are in a sentence, or add one: "
        f"/label {label} {phrase} in: the whole sentence"
    )


def no_label_in(words: str, labels: Sequence[str]) -> str:
    """That no word of a line is a label and no sentence holds them all, and what to type."""
    label = labels[0] if labels else "SYMPTOM"
    return (
        f"“{words[:100]}” is in no sentence here, and no word of it is a label. Type the label and words of your "
        f"sentence: /label {label} chest pain. A new label is typed in capitals."
    )
