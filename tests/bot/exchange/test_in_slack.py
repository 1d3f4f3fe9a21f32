"""/nerbot import and /nerbot export in Slack."""

import json
from pathlib import Path

from bot.engine.tokenizer import TokenizerThread
from bot.exchange.commands import ImportOptions
from bot.exchange.importing import Importer, Place
from bot.projects.repositories.projects import Projects
from tests.bot.conftest import Team
from tests.bot.exchange.conftest import line, write_lines
from tests.bot.exchange.opened import store_of
from tests.support.patience import patient


async def test_an_export_is_sent_to_whoever_asked(team: Team) -> None:
    await team.types("/label A patient with {chest pain=SYMPTOM}.")
    answer = await team.types("/nerbot export doccano")
    assert "The file comes to you by direct message" in answer.text
    await team.slack.until(lambda: team.slack.files("ada") != [], timeout=patient(20))
    (data,) = team.slack.files("ada")
    assert [json.loads(each)["label"] for each in data.decode().splitlines()] == [[[15, 25, "SYMPTOM"]]]


async def test_an_import_is_listed_and_taken_back_with_a_button(
    team: Team, tokenizer: TokenizerThread, tmp_path: Path
) -> None:
    await team.types("/label none in: A first sentence.")
    async with store_of(team) as (store, workspace):
        async with store.reading(workspace) as tx:
            project = await Projects(tx).default()
        assert project is not None
        path = write_lines(tmp_path / "notes.jsonl", line("A bad cough.", SYMPTOM="cough"))
        place = Place(workspace, project.id)
        await Importer(store, tokenizer.tokens).run(place, path, ImportOptions())
    shown = await team.types("/nerbot import")
    assert "Import 1: notes.jsonl, 1 new sentence" in shown.text
