"""How long a sentence takes a person, by literal times."""

from datetime import UTC, datetime, timedelta

from bot.domain.events import Event
from bot.domain.steps import StepKind
from bot.team.stats import seconds_per_sentence

BEGAN = datetime(2026, 3, 28, 12, tzinfo=UTC)


def steps(*told: tuple[float, int, StepKind], person: str = "ann") -> list[Event]:
    """Steps at seconds, on sentences."""
    return [
        Event(number, kind, person, BEGAN + timedelta(seconds=at), sentence)
        for number, (at, sentence, kind) in enumerate(told, 1)
    ]


def test_a_sentence_takes_from_the_last_step_on_another_one_until_it_is_finished() -> None:
    told = steps(
        (0, 1, StepKind.FINISHED),
        (8, 2, StepKind.LABELLED),
        (12, 2, StepKind.FINISHED),
        (15, 3, StepKind.NO_ENTITIES),
    )
    assert seconds_per_sentence(told) == {"ann": [12, 3]}


def test_the_first_sentence_is_left_out_for_nobody_knows_when_it_began() -> None:
    assert seconds_per_sentence(steps((5, 1, StepKind.FINISHED))) == {}


def test_a_break_of_more_than_ten_minutes_leaves_its_sentence_out() -> None:
    told = steps(
        (0, 1, StepKind.FINISHED),
        (5, 2, StepKind.LABELLED),
        (606, 2, StepKind.FINISHED),
        (609, 3, StepKind.FINISHED),
    )
    assert seconds_per_sentence(told) == {"ann": [3]}


def test_ten_minutes_sharp_are_no_break() -> None:
    told = steps((0, 1, StepKind.FINISHED), (600, 2, StepKind.FINISHED))
    assert seconds_per_sentence(told) == {"ann": [600]}


def test_people_who_work_at_once_do_not_count_into_each_others_time() -> None:
    told = [
        *steps((0, 1, StepKind.FINISHED), (20, 3, StepKind.FINISHED)),
        *steps((10, 2, StepKind.FINISHED), (14, 4, StepKind.FINISHED), person="ben"),
    ]
    assert seconds_per_sentence(sorted(told, key=lambda step: step.at)) == {"ann": [20], "ben": [4]}
