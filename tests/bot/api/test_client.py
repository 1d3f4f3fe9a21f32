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
    ("get", "/imports"): "ImportsOut",
    ("post", "/imports/{number}/undo"): "ImportUndoneOut",
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
    assert methods == {
        "predict",
        "redact",
        "stats",
        "import_file",
        "export",
        "imports",
        "undo_import",
    }
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


async def test_imports_elsewhere_are_named_listed_and_taken_back(
    served: Served,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """As on the machine itself: whose labels they are, what they become, and exports of some days."""
    program = await served.program()
    assert served.bot.api is not None
    monkeypatch.setenv("NERBOT_URL", served.bot.api)
    monkeypatch.setenv("NERBOT_TOKEN", str(program.secret))

    async def run(*words: str) -> tuple[int, str, str]:
        code = await asyncio.to_thread(main, words)
        told = capfd.readouterr()
        return code, told.out, told.err

    file = tmp_path / "gold.jsonl"
    file.write_text(json.dumps(LINE) + "\n", "utf-8")
    code, *_ = await run("import", "--as", "U0GRACE", "--label", "DRUG=MEDICINE", str(file))
    assert code == 0
    (sentence,) = (await program.gets("/sentences"))["sentences"]
    (said,) = sentence["annotations"]
    assert (said["person"], said["spans"][0]["label"]) == ("U0GRACE", "MEDICINE")
    today = said["updated_at"][:10]
    told = await program.asks("GET", "/export", params={"since": today, "until": today})
    assert b"MEDICINE" in told.body
    told = await program.asks("GET", "/export", params={"until": "2020-01-01"})
    assert told.body == b""
    code, out, _ = await run("import", "--list")
    assert (code, "gold.jsonl" in out) == (0, True)
    _, out, _ = await run("import", "--list", "--json")
    assert json.loads(out)["number"] == 1
    code, out, _ = await run("import", "--undo", "1")
    assert (code, "1 sentences are gone" in out) == (0, True)
    assert (await run("import", "--undo", "1"))[0] == 2
    assert (await run("import", "--undo", "9"))[0] == 2
    assert (await program.gets("/sentences"))["sentences"] == []


async def test_what_somebody_else_imported_is_taken_back_by_owners_only(served: Served) -> None:
    await served.team.types("/nerbot roles")  # whoever asks first is the owner
    ada, mei = await served.program(), await served.program(person="mei")
    body = json.dumps(LINE).encode()
    said = await ada.asks("POST", "/import", params={"filename": "a.jsonl"}, data=body)
    assert said.status == 200
    refused = await mei.asks("POST", "/imports/1/undo")
    assert (refused.status, refused.kind) == (403, "not-allowed")
    assert (await ada.posts("/imports/1/undo", None))["removed"] == 1
