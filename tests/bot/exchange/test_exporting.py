"""What an export says of its project."""

from dataclasses import replace
from pathlib import Path

from bot.db.database import Store
from bot.exchange.commands import ImportOptions
from bot.exchange.exporting import ExportOptions, export
from bot.exchange.importing import Importer
from bot.exchange.storing import Place
from bot.projects.repositories.projects import Projects
from tests.bot.exchange.conftest import line, write_lines
from tests.db.conftest import HERE


async def test_spacys_config_has_the_language_of_the_project(
    store: Store, importer: Importer, place: Place, tmp_path: Path
) -> None:
    async with store.writing(HERE) as tx:
        now = await Projects(tx).settings(place.project_id)
        after = replace(now, language="de")
        await Projects(tx).change_settings(place.project_id, after, person="U0ANN")
    path = write_lines(tmp_path / "a.jsonl", line("Er hat Fieber.", SYMPTOM="Fieber"))
    await importer.run(place, path, ImportOptions())
    await export(store, HERE, place.project_id, tmp_path / "out", ExportOptions(form="spacy"))
    assert 'lang = "de"' in (tmp_path / "out" / "config.cfg").read_text()
