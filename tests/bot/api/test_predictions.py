"""What programs hear of the live model."""

from bot.api.values import Scope
from tests.bot.api.conftest import Served


async def test_a_program_with_a_token_hears_what_the_live_model_finds(taught: Served) -> None:
    program = await taught.program(frozenset({Scope.READ}))
    told = await program.posts(
        "/predictions", {"texts": ["A  patient with fever takes aspirin.", "No complaints today."]}
    )
    assert told["model"] == 1
    first, second = told["predictions"]
    assert first["text"] == "A patient with fever takes aspirin."
    found = [(each["label"], each["text"]) for each in first["entities"]]
    assert found == [("SYMPTOM", "fever"), ("DRUG", "aspirin")]
    for each in first["entities"]:
        assert first["text"][each["start"] : each["end"]] == each["text"]
        assert 0 < each["confidence"] <= 1
    assert second["entities"] == []


async def test_before_there_is_a_model_a_program_is_told_how_to_get_one(served: Served) -> None:
    program = await served.program()
    said = await program.asks("POST", "/predictions", json={"texts": ["A cough."]})
    assert (said.status, said.kind) == (409, "no-model")
    assert "/api/v1/trainings" in said.body["detail"]


async def test_the_text_that_is_refused_is_named(taught: Served) -> None:
    program = await taught.program()
    said = await program.asks("POST", "/predictions", json={"texts": ["A cough.", "x" * 201]})
    assert (said.status, said.kind) == (422, "text-refused")
    assert said.body["errors"][0]["pointer"] == "/texts/1"
