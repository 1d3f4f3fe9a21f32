"""The command line asks another nerbot by its API, with a client that the description knows."""

import asyncio
import io
import json
from pathlib import Path
from typing import Any

import pytest

from bot.api_client import ApiClient
from bot.cli.main import main
from tests.bot.api.conftest import Served

LINE = {"text": "He takes aspirin.", "spans": [{"start": 9, "end": 16, "label": "DRUG"}]}
CALLS = {
    ("post", "/predictions"): "PredictionsOut",
    ("post", "/redactions"): "RedactionsOut",
    ("get", "/stats"): "StatsOut",
    ("post", "/import"): "ImportOut",
    ("get", "/export"): None,
}
"""What each method of the client calls, and what it reads."""


async def test_the_description_has_what_the_client_calls(served: Served) -> None:
    told: Any = (await served.stranger().asks("GET", "/openapi.json")).body
    for (method, path), answer in CALLS.items():
        content = told["paths"][path][method]["responses"]["200"]["content"]
        if answer is not None:
            reference = content["application/json"]["schema"]["$ref"]
            assert reference == f"#/components/schemas/{answer}"
    methods = {name for name in vars(ApiClient) if not name.startswith("_")}
    assert methods == {"predict", "redact", "stats", "import_file", "export"}
    assert len(CALLS) == len(methods)


async def test_a_file_goes_to_another_nerbot_and_its_export_comes_back(
    served: Served,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    program = await served.program()

    async def run(*words: str) -> int:
        return await asyncio.to_thread(main, words)

    assert served.bot.api is not None
    monkeypatch.setenv("NERBOT_URL", served.bot.api)
    assert await run("stats") == 2
    assert "--url needs a token" in capfd.readouterr().err
    assert await run("stats", "--token", "nerbot_…") == 2
    assert "this is not a token" in capfd.readouterr().err
    monkeypatch.setenv("NERBOT_TOKEN", str(program.secret))
    file = tmp_path / "gold.jsonl"
    file.write_text(json.dumps(LINE) + "\n", "utf-8")
    assert await run("import", str(file)) == 0
    assert "import 1" in capfd.readouterr().out
    assert await run("stats", "--json") == 0
    told = json.loads(capfd.readouterr().out)
    assert (told["sentences"], told["labels"]) == (1, {"DRUG": 1})
    out = tmp_path / "out.jsonl"
    assert await run("export", "--out", str(out)) == 0
    assert json.loads(out.read_text("utf-8"))["spans"] == LINE["spans"]
    assert await run("export", "--out", str(out)) == 2
    assert await run("export", "--format", "nonsense", "--out", str(tmp_path / "no")) == 2
    assert not (tmp_path / "no").exists()
    monkeypatch.setattr("sys.stdin", io.StringIO("He takes aspirin.\n"))
    assert await run("predict") == 2
    assert "There is no model yet" in capfd.readouterr().err
    monkeypatch.setenv("NERBOT_URL", "http://127.0.0.1:9")
    assert await run("stats") == 2
    assert "no nerbot answers" in capfd.readouterr().err
