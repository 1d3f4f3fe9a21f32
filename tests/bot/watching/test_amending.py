"""An entity keeps its key through edits and corrections, and outputs are told of nothing else than changes."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.entities import ChangeKind, EntityState, digest_of
from bot.watching.amending import amend
from bot.watching.values import NewReading, StoredEntity

FEVER = NewReading(1, 10, 15, "SYMPTOM", "fever", 0.9, 1, EntityState.OUT)


def stored(number: int, reading: NewReading, state: EntityState | None = None) -> StoredEntity:
    """An entity as it was found before."""
    return StoredEntity(
        number,
        f"ent_{number}",
        reading.sentence,
        reading.start,
        reading.end,
        reading.label,
        digest_of(reading.text),
        reading.score,
        reading.model,
        state or reading.state,
    )


def told(before: list[StoredEntity], now: list[NewReading]) -> list[tuple[int | None, ChangeKind]]:
    """What outputs are told, of which entity."""
    return [
        (each.before.id if each.before else None, each.told)
        for each in amend(before, now)
        if each.told is not None
    ]


def test_what_is_found_again_is_not_told() -> None:
    assert told([stored(1, FEVER)], [replace(FEVER, score=0.5, model=2)]) == []


def test_what_has_moved_is_the_same_one() -> None:
    moved = replace(FEVER, sentence=2, start=4, end=9)
    assert told([stored(1, FEVER)], [moved]) == [(1, ChangeKind.AMENDED)]


def test_another_label_or_border_at_the_same_place_is_the_same_one() -> None:
    for now in (
        replace(FEVER, label="DRUG"),
        replace(FEVER, start=5, text="high fever"),
    ):
        assert told([stored(1, FEVER)], [now]) == [(1, ChangeKind.AMENDED)]


def test_what_becomes_unsure_and_another_thing_is_retracted_until_it_is_confirmed() -> None:
    unsure = replace(FEVER, label="DRUG", state=EntityState.ASKED)
    assert told([stored(1, FEVER)], [unsure]) == [(1, ChangeKind.RETRACTED)]


def test_what_was_asked_about_is_found_once_somebody_says_so() -> None:
    asked = stored(1, FEVER, EntityState.ASKED)
    confirmed = replace(FEVER, score=None, model=None)
    assert told([asked], [confirmed]) == [(1, ChangeKind.FOUND)]


def test_what_somebody_refused_is_not_found_by_a_model_again() -> None:
    refused = stored(1, FEVER, EntityState.REFUSED)
    assert told([refused], [FEVER]) == []
    assert told([refused], [replace(FEVER, model=None, score=None)]) == [(1, ChangeKind.FOUND)]


def test_what_comes_back_has_its_key_again() -> None:
    gone = stored(1, FEVER, EntityState.RETRACTED)
    assert told([gone], [FEVER]) == [(1, ChangeKind.FOUND)]
    assert told([gone], [replace(FEVER, label="DRUG")]) == [(None, ChangeKind.FOUND)]


READINGS = st.lists(
    st.builds(
        lambda sentence, start, label, word, state: NewReading(
            sentence, start, start + len(word), label, word, 0.9, 1, state
        ),
        st.integers(1, 3),
        st.integers(0, 20),
        st.sampled_from(["A", "B"]),
        st.sampled_from(["fever", "cough", "pain"]),
        st.sampled_from([EntityState.OUT, EntityState.ASKED]),
    ),
    max_size=6,
)


@given(READINGS, READINGS)
def test_outputs_have_just_what_is_out_now(before: list[NewReading], now: list[NewReading]) -> None:
    """Whoever follows what is told has as many entities as are sure enough in the message as it is now."""
    were = [stored(number, each) for number, each in enumerate(before)]
    has = {each.id for each in were if each.state is EntityState.OUT}
    new = 0
    for each in amend(were, now):
        match each.told:
            case ChangeKind.FOUND if each.before is None:
                new += 1
            case ChangeKind.FOUND:
                assert each.before is not None
                assert each.before.id not in has
                has.add(each.before.id)
            case ChangeKind.RETRACTED:
                assert each.before is not None
                has.remove(each.before.id)
            case ChangeKind.AMENDED:
                assert each.before is not None
                assert each.before.id in has
    same = sum(1 for each in amend(were, now) if each.state is EntityState.OUT)
    assert len(has) + new == same
