"""What the pages of docs/ say to type in a shell, to write in Python, and to put into files."""

import configparser
import io
import json
import re
import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import typer

from bot.cli.env_file import VARIABLE
from bot.cli.main import main
from bot.settings import Settings
from ner_engine.annotation import AnnotatedText
from ner_engine.formats.json_lines import parse_line
from ner_engine.formats.records import from_record, to_record
from ner_engine.packaging import build_onnx
from ner_engine.recipes import FALLBACK_PRESET
from ner_engine.settings import TrainingSettings
from ner_engine.training.run import run_steps
from tests.support.command_line import understood
from tests.support.opening import copy_tables
from tests.support.pages import PAGES, ROOT, Block, Call, blocks, calls

MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
PYPROJECT = (ROOT / "pyproject.toml").read_text("utf-8")
SETTINGS = {str(field.validation_alias) for field in Settings.model_fields.values()}
SETTINGS.update({VARIABLE, "NERBOT_URL", "NERBOT_TOKEN"})
CALLS = calls()
OF_THE_SYSTEM = {
    *("cd", "useradd", "install", "systemctl", "journalctl", "docker", "git", "python3"),
    *("kubectl", "cp", "chmod"),
}
"""What is not ours to run here."""
NOT_RUN = (
    "init",
    "--install-completion",
    "train",
    "forget",
    "import",
    "export",
    "encoders install",
    "models export",
    "mcp",
    "redact",
    "models import",
    "runs show",
    "stats --url",
    "tokens create",
    "tokens revoke",
)
"""What erases, takes long, or needs a package index or something in the database: tests of its own run it."""

NOTHING_TO_TELL = 1
"""The status of a list that is empty."""


def calls_of(program: str) -> list[Any]:
    """Those of one program, each under what is typed."""
    return [
        pytest.param(call, id=f"{call.page}: {call.typed}")
        for call in CALLS
        if call.program == program
    ]


def arguments(typed: str) -> list[str]:
    """As a shell would split them; N stands for a number."""
    return ["1" if word == "N" else word for word in shlex.split(typed)]


@pytest.mark.parametrize("call", calls_of("nerbot"))
def test_the_command_line_reads_what_a_page_says(call: Call) -> None:
    """Inside a sentence a command may be named without what it needs."""
    words = arguments(call.typed)
    named = not call.is_whole and all(word.isalpha() for word in words)
    with suppress(typer.Exit):
        understood([*words, *(["--help"] if named else [])])


@pytest.mark.parametrize("call", calls_of("make"))
def test_make_knows_what_a_page_says(call: Call) -> None:
    verb = call.typed.split()[0]
    assert re.search(rf"^{verb}:.* ## ", MAKEFILE, re.MULTILINE)


@pytest.mark.parametrize("call", calls_of("pip"))
def test_pip_is_called_as_the_makefile_calls_it(call: Call) -> None:
    """An extra of the project may be named alone."""
    makes = MAKEFILE.replace("--quiet --disable-pip-version-check ", "")
    package = call.typed.removeprefix("install ")
    assert f"pip {call.typed}\n" in makes or f'["{package}>=' in PYPROJECT


@pytest.mark.parametrize("call", calls_of("curl"))
def test_what_is_fetched_is_served(call: Call) -> None:
    assert re.fullmatch(r"http://127\.0\.0\.1:3001/(readyz|healthz|metrics)", call.typed)


def test_nothing_else_is_typed_than_what_is_checked_here() -> None:
    ours = {"nerbot", "make", "pip", "curl"}
    assert {call.program for call in CALLS} == ours | OF_THE_SYSTEM


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_setting_that_is_named_exists(page: Path) -> None:
    named = set(re.findall(r"\b(?:NERBOT|SLACK)_[A-Z_]+\b", page.read_text("utf-8")))
    assert named <= SETTINGS


def test_the_unit_of_systemd_starts_nerbot_with_settings_that_exist() -> None:
    [block] = blocks("ini")
    unit = configparser.ConfigParser(interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign] # systemd's names are case-sensitive
    unit.read_string(block.text)
    service = unit["Service"]
    assert understood(service["ExecStart"].split()[1:]) == "run"
    names = {pair.split("=")[0] for pair in service["Environment"].split()}
    assert names <= {*SETTINGS, "XDG_CACHE_HOME"}


@pytest.mark.parametrize("line", [line for block in blocks("json") for line in block.lines])
def test_the_data_of_the_pages_is_read(line: str) -> None:
    assert parse_line(json.loads(line)).spans


# what is run


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with what the pages name, a model and a data folder among it; it is where we are."""
    folder = tmp_path_factory.mktemp("documented")
    phrases = ("chest pain", "a dry cough", "nausea", "fever")
    days = ("Monday", "Tuesday", "Friday", "Sunday")
    gold = [
        from_record(
            {"sentence": f"{day}: {phrase}.", "entities": [{"label": "SYMPTOM", "value": phrase}]}
        )
        for day in days
        for phrase in phrases
    ]
    for name in ("labelled.jsonl", "others.jsonl"):
        text = "".join(json.dumps(to_record(each)) + "\n" for each in gold)
        (folder / name).write_text(text, encoding="utf-8")
    settings = TrainingSettings(preset=FALLBACK_PRESET, steps=8)
    for _ in run_steps(gold, settings, target=folder / "model"):
        pass
    copy_tables(folder / "data")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("NERBOT_DATA", "data")
        patch.syspath_prepend(exported(folder, gold))
        yield folder


def exported(folder: Path, gold: Sequence[AnnotatedText]) -> Path:
    """The folder of an ONNX export, in which a page's Python runs its reader."""
    for _ in run_steps(gold, TrainingSettings(steps=8), target=folder / "encoded"):
        pass
    return build_onnx(folder / "encoded", folder / "onnx", name="triage")


def test_what_a_page_says_to_run_ends_well(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order of the pages; what they keep outside the data folder is kept beside it here."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("She came in with chest pain.\n"))
    nerbot = [call for call in CALLS if call.program == "nerbot" and call.is_whole]
    typed = dict.fromkeys(call.typed for call in nerbot if not call.typed.startswith(NOT_RUN))
    ended = {
        line: main([re.sub(r"^/(backup|srv)/", f"{folder}/", word) for word in arguments(line)])
        for line in typed
    }
    assert {line.split()[0] for line in ended} >= {
        "evaluate",
        "predict",
        "backup",
        "restore",
        "outbox",
    }
    assert not [line for line, status in ended.items() if status not in {0, NOTHING_TO_TELL}]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("block", blocks("python"), ids=lambda block: block.page)
def test_the_python_of_the_pages_runs(block: Block, capsys: pytest.CaptureFixture[str]) -> None:
    """It prints what the model finds."""
    exec(block.text, {})
    assert capsys.readouterr().out
