"""What becomes of the entities of a message that is read again: which are the same, changed, gone or new."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.domain.entities import ChangeKind, EntityState, digest_of
from bot.watching.values import NewReading, StoredEntity


@dataclass(frozen=True, slots=True)
class Amendment:
    """What is done with one entity: `before` is None for a new one, `now` for one that is no more; `told` is what
    outputs are told of it, None where they need not know."""

    before: StoredEntity | None
    now: NewReading | None
    state: EntityState
    told: ChangeKind | None


def amend(before: Sequence[StoredEntity], now: Sequence[NewReading]) -> tuple[Amendment, ...]:
    """Match what is found now with what was there, so that an entity keeps its key through edits and corrections."""
    left, found = list(before), list(now)
    pairs: list[tuple[StoredEntity, NewReading]] = []
    for is_same in (_is_same, _is_moved, _is_overlapped):
        for reading in tuple(found):
            match = _nearest(left, reading, is_same)
            if match is not None:
                pairs.append((match, reading))
                left.remove(match)
                found.remove(reading)
    return (
        *(_kept(*pair) for pair in pairs),
        *(_lost(each) for each in left if each.state is not EntityState.RETRACTED),
        *(_new(each) for each in found),
    )


def _nearest(
    stored: Sequence[StoredEntity],
    reading: NewReading,
    is_match: Callable[[StoredEntity, NewReading], bool],
) -> StoredEntity | None:
    matching = [each for each in stored if is_match(each, reading)]
    return min(
        matching,
        key=lambda each: (
            each.state is EntityState.RETRACTED,
            abs(each.sentence - reading.sentence),
            abs(each.start - reading.start),
        ),
        default=None,
    )


def _is_same(stored: StoredEntity, reading: NewReading) -> bool:
    return _place(stored) == _place(reading) and _is_moved(stored, reading)


def _is_moved(stored: StoredEntity, reading: NewReading) -> bool:
    return stored.label == reading.label and stored.digest == digest_of(reading.text)


def _is_overlapped(stored: StoredEntity, reading: NewReading) -> bool:
    """Another label, or other words, at the same place; what is no more does not come back as something else."""
    if stored.state in {EntityState.RETRACTED, EntityState.REFUSED}:
        return False
    return (
        stored.sentence == reading.sentence
        and stored.start < reading.end
        and reading.start < stored.end
    )


def _place(entity: StoredEntity | NewReading) -> tuple[int, int, int]:
    return entity.sentence, entity.start, entity.end


def _kept(stored: StoredEntity, reading: NewReading) -> Amendment:
    is_same = _is_same(stored, reading)
    by_person = reading.model is None
    match stored.state:
        case EntityState.OUT if is_same:
            return Amendment(stored, reading, EntityState.OUT, None)
        case EntityState.OUT if reading.state is EntityState.OUT:
            return Amendment(stored, reading, EntityState.OUT, ChangeKind.AMENDED)
        case EntityState.OUT:
            return Amendment(stored, reading, EntityState.ASKED, ChangeKind.RETRACTED)
        case EntityState.REFUSED if not by_person:
            return Amendment(stored, reading, EntityState.REFUSED, None)
    told = ChangeKind.FOUND if reading.state is EntityState.OUT else None
    return Amendment(stored, reading, reading.state, told)


def _lost(stored: StoredEntity) -> Amendment:
    was_sent = stored.state is EntityState.OUT
    state = EntityState.REFUSED if stored.state is EntityState.REFUSED else EntityState.RETRACTED
    return Amendment(stored, None, state, ChangeKind.RETRACTED if was_sent else None)


def _new(reading: NewReading) -> Amendment:
    told = ChangeKind.FOUND if reading.state is EntityState.OUT else None
    return Amendment(None, reading, reading.state, told)
