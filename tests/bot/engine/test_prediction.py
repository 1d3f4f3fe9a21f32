"""The process that predicts, before it has a model."""

from pathlib import Path

import psutil

from bot.engine.prediction import PredictionProcess


async def test_a_process_that_is_woken_has_imported_what_loads_a_model(tmp_path: Path) -> None:
    async with PredictionProcess(tmp_path / "errors.log") as predictions:
        assert predictions.is_asleep
        await predictions.wake()
        assert not predictions.is_asleep
        process = next(
            each
            for each in psutil.Process().children(recursive=True)
            if "ner_engine.processes.prediction_server" in each.cmdline()
        )
        mapped = {Path(each.path).name for each in process.memory_maps()}
        assert any(name.startswith("doc.cpython") for name in mapped), "spaCy is not there"
