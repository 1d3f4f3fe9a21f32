"""What a project promises of what goes out: what it costs, and switching it on and off."""

import pytest

from bot.errors import NotUnderstood
from bot.precision.parsing import read_promise, read_switch
from bot.precision.values import AskPrecision, PrecisionShown, SetPrecision, Stream
from bot.precision.views import precision_view
from bot.slack.subcommands import Typed
from ner_engine.results import Contract, Threshold
from tests.bot.conftest import Team

THRESHOLDS = (Threshold("DRUG", 0.83, 0.7, 120), Threshold("SYMPTOM", None, 0.0, 40))
KEPT = Contract(0.95, 0.951, 0.018, 0.92, 400, 380, THRESHOLDS)
NOT_YET = Contract(0.95, 0.95, 0.032, 0.3, 160, 640, THRESHOLDS)


@pytest.mark.parametrize(
    ("typed", "promise"),
    [("95", 0.95), ("95 %", 0.95), ("99.5%", 0.995), ("97,5", 0.975), ("50", 0.5)],
)
def test_a_promise_is_typed_in_per_cent(typed: str, promise: float) -> None:
    assert read_promise(Typed(typed)) == AskPrecision(promise)
    assert read_switch(typed) == SetPrecision(promise)


@pytest.mark.parametrize("typed", ["100", "0.95", "30", "on", "99.9", "95 90", "-95"])
def test_what_is_no_promise_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(NotUnderstood, match="as in /nerbot precision 95"):
        read_promise(Typed(typed))


def shown(contract: Contract | None, did: str = "asked", **more: object) -> PrecisionShown:
    return PrecisionShown("notes", 0.95, did, 3, contract, 100, **more)  # type: ignore[arg-type]


def test_it_is_told_what_it_costs_before_it_is_switched_on() -> None:
    view = precision_view(shown(KEPT, stream=Stream(entities=100.0, messages=40.0)))
    assert "Of 100 entities 92 go out automatically; 8 become cards" in view.text
    assert "about 8 taps a day" in view.text
    assert "which is enough" in view.text
    assert "Switch on" in str([block.to_dict() for block in view.blocks])


def test_what_cannot_be_promised_says_so_and_how_many_sentences_could() -> None:
    view = precision_view(shown(NOT_YET))
    assert "This cannot be promised yet." in view.text
    assert "within 3.2 points of 95 %" in view.text
    assert "About 400 labelled sentences would be enough" in view.text
    assert "Switch on anyway" in str([block.to_dict() for block in view.blocks])


def test_each_label_has_its_threshold() -> None:
    text = precision_view(shown(KEPT)).text
    assert "70 % go out, from a confidence of 83 % on" in text
    assert "SYMPTOM none goes out" in text


@pytest.mark.parametrize(
    ("model", "words"), [(None, "There is no model yet"), (3, "Type /train; the next model does")]
)
def test_a_model_without_what_a_promise_is_made_from_says_how_to_get_one(
    model: int | None, words: str
) -> None:
    answer = PrecisionShown("notes", 0.95, "asked", model, None)
    view = precision_view(answer)
    assert words in view.text
    assert "Switch on" not in str([block.to_dict() for block in view.blocks])


async def test_a_promise_is_switched_on_by_its_button_and_off_by_a_word(trained: Team) -> None:
    """With a model of fourteen sentences nothing can be promised yet, and that is said."""
    assert "promises nothing" in (await trained.types("/nerbot precision")).text
    asked = await trained.types("/nerbot precision 90")
    assert "90 % of what goes out should be right" in asked.text
    assert "cannot be promised yet" in asked.text
    message = trained.slack.messages("#triage", viewer="ada")[-1]
    after = await trained.presses(message, "Switch on anyway")
    assert "Saved: 90 % of what goes out should be right" in after.shown
    assert "promised to be right" in (await trained.types("/nerbot project")).text
    assert "precision 90" in (await trained.types("/nerbot history")).text
    off = await trained.types("/nerbot precision off")
    assert "Saved. default promises nothing" in off.text
    again = await trained.types("/nerbot precision off")
    assert "that is how it is already" in again.text


async def test_undo_brings_back_what_was_promised_before(trained: Team) -> None:
    await trained.types("/nerbot precision 90")
    message = trained.slack.messages("#triage", viewer="ada")[-1]
    await trained.presses(message, "Switch on anyway")
    await trained.types("/nerbot precision off")
    message = trained.slack.messages("#triage", viewer="ada")[-1]
    await trained.presses(message, "Undo")
    assert "promises that 90 %" in (await trained.types("/nerbot precision")).text
