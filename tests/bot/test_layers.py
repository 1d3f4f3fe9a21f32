"""What starting the bot may not cost: the engine's libraries, the network, a file."""

import json
import subprocess
import sys

import pytest

from tests.support.patience import patient

HEAVY = ("spacy", "thinc", "onnxruntime", "numpy", "tokenizers", "matplotlib")
REPORT = """
import json, sys, importlib
told = []
def note(event, arguments):
    if event.startswith(("socket.", "subprocess.", "sqlite3.", "os.mkdir", "os.remove", "os.system")):
        told.append(event)
    elif event == "open" and arguments[1] is not None and set(str(arguments[1])) & set("wax+"):
        told.append(f"open {arguments[0]} {arguments[1]}")
sys.dont_write_bytecode = True
sys.addaudithook(note)
importlib.import_module(sys.argv[1])
print(json.dumps({"modules": sorted(sys.modules), "told": told}))
"""


def after_import(module: str) -> dict[str, list[str]]:
    """What a fresh interpreter holds, and what it did, once it has imported a module."""
    ran = subprocess.run(
        [sys.executable, "-c", REPORT, module], capture_output=True, text=True, check=True, timeout=patient(60)
    )  # fmt: skip
    told: dict[str, list[str]] = json.loads(ran.stdout)
    return told


MODULES = [
    "bot.labelling.handlers",
    "bot.app",
    "bot.cli.main",
    "bot.engine.client",
    "bot.playground",
]


@pytest.fixture(scope="module", params=MODULES)
def imported(request: pytest.FixtureRequest) -> dict[str, list[str]]:
    return after_import(request.param)


def test_an_import_leaves_the_engines_libraries_alone(imported: dict[str, list[str]]) -> None:
    assert sorted(set(HEAVY) & set(imported["modules"])) == []


def test_an_import_opens_no_connection_and_writes_no_file(imported: dict[str, list[str]]) -> None:
    assert imported["told"] == []


def test_the_command_line_imports_neither_slack_nor_the_store_before_the_settings_hold() -> None:
    held = after_import("bot.cli.main")["modules"]
    assert sorted({"slack_bolt", "slack_sdk", "sqlalchemy", "aiohttp"} & set(held)) == []


EXTRAS = ("asyncpg", "procrastinate", "psycopg", "ray", "obstore")


def test_the_default_imports_nothing_that_only_servers_need(
    imported: dict[str, list[str]],
) -> None:
    """Nor does a bot that hands its trainings to workers: the queue is told in SQL."""
    assert sorted(set(EXTRAS) & set(imported["modules"])) == []
