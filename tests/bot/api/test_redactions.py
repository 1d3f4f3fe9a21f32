"""What programs get back where they ask for texts without the entities in them."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.api.values import Scope
from bot.cli.main import main
from tests.bot.api.conftest import Served

TEXT = "A patient with fever takes aspirin.\nAspirin was stopped, and the Fever came back."


async def test_texts_come_back_without_what_the_live_model_finds(taught: Served) -> None:
    """A phrase that was found once is gone everywhere, and no member of the answer has it."""
    program = await taught.program(frozenset({Scope.READ}))
    told = await program.posts("/redactions", {"texts": [TEXT, "No complaints today."]})
    assert told["model"] == 1
    first, second = told["redactions"]
    assert first["text"] == (
        "A patient with [SYMPTOM] takes [DRUG].\n[DRUG] was stopped, and the [SYMPTOM] came back."
    )
    assert second == {"text": "No complaints today.", "replaced": []}
    assert told["counts"] == {"DRUG": 2, "SYMPTOM": 2}
    assert "aspirin" not in str(told).lower()
    for each in first["replaced"]:
        assert first["text"][each["start"] : each["end"]] == f"[{each['label']}]"
        phrase = TEXT[each["source_start"] : each["source_end"]]
        assert phrase.lower() in {"fever", "aspirin"}


async def test_a_phrase_has_one_pseudonym_in_its_project_until_the_key_is_renewed(
    taught: Served,
) -> None:
    program = await taught.program()
    asked: dict[str, Any] = {"texts": ["He takes aspirin.", "Aspirin it is."], "style": "pseudonym"}

    async def told() -> list[str]:
        answer = await program.posts("/redactions", {**asked, "labels": ["drug"], "together": True})
        return [each["text"] for each in answer["redactions"]]

    first, second = await told()
    assert first.removeprefix("He takes ").rstrip(".") == second.removesuffix(" it is.")
    assert await told() == [first, second]


async def test_a_label_that_the_model_was_not_taught_is_refused(taught: Served) -> None:
    """To mask nothing would look like a text in which there is nothing to mask."""
    program = await taught.program()
    said = await program.asks("POST", "/redactions", json={"texts": ["Hi."], "labels": ["PHONE"]})
    assert (said.status, said.kind) == (422, "invalid-value")
    assert "PHONE" in said.body["detail"]


async def test_before_there_is_a_model_nothing_is_let_through(served: Served) -> None:
    program = await served.program()
    said = await program.asks("POST", "/redactions", json={"texts": ["A cough."]})
    assert (said.status, said.kind) == (409, "no-model")


async def test_what_no_model_can_read_is_masked(taught: Served) -> None:
    program = await taught.program()
    told = await program.posts("/redactions", {"texts": [f"See {'x' * 300} there."]})
    assert told["redactions"][0]["text"] == "See [UNREAD] there."


async def test_too_many_sentences_at_once_are_refused(taught: Served) -> None:
    program = await taught.program()
    said = await program.asks("POST", "/redactions", json={"texts": ["Hm.\n" * 2_001]})
    assert (said.status, said.kind) == (422, "text-refused")
    assert "in parts" in said.body["detail"]


async def test_what_is_promised_to_slip_through_is_told_with_what_it_costs(taught: Served) -> None:
    program = await taught.program()
    asked: dict[str, Any] = {"texts": [TEXT], "slip": 0.8}
    told = await program.posts("/redactions", asked)
    assert told["slip"]["promise"] == 0.8
    assert 0 < told["slip"]["masked"] <= 1
    assert "aspirin" not in str(told).lower()


async def test_what_cannot_be_promised_is_refused_with_how_many_phrases_it_takes(
    taught: Served,
) -> None:
    program = await taught.program()
    said = await program.asks("POST", "/redactions", json={"texts": [TEXT], "slip": 0.01})
    assert (said.status, said.kind) == (409, "cannot-promise")
    assert "it takes about 230" in said.body["detail"]


async def test_the_command_line_asks_another_nerbot(
    taught: Served,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """A file of a few lines is one document; of more than a request takes, each line is one."""
    program = await taught.program()
    assert taught.bot.api is not None
    monkeypatch.setenv("NERBOT_URL", taught.bot.api)
    monkeypatch.setenv("NERBOT_TOKEN", str(program.secret))
    file = tmp_path / "a.txt"
    file.write_text("He takes aspirin.\n\nASPIRIN\n", "utf-8")

    async def run(*words: str) -> tuple[int, str]:
        code = await asyncio.to_thread(main, ("redact", "--force", str(file), *words))
        return code, capfd.readouterr().err

    assert (await run())[0] == 0
    redacted = tmp_path / "a.redacted.txt"
    assert redacted.read_text("utf-8") == "He takes [DRUG].\n\n[DRUG]\n"
    file.write_text("He takes aspirin.\n" * 101, "utf-8")
    code, said = await run()
    assert (code, "--document record" in said) == (2, True)
    assert (await run("--document", "record"))[0] == 0
    assert redacted.read_text("utf-8") == "He takes [DRUG].\n" * 101
