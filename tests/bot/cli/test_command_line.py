"""`nerbot` as a shell sees it: help, exit codes, completion, and how little a start imports."""

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from typer.main import get_command

from bot.cli import main as command_line
from bot.cli.main import COMMANDS, app, main
from bot.cli.terminal.exit_codes import ExitCode
from bot.cli.terminal.progress import Stages
from tests.support.patience import patient


def every_command(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    """The command and those below it, each with what is typed."""
    yield name, command
    for below, each in getattr(command, "commands", {}).items():
        yield from every_command(f"{name} {below}", each)


EVERY = dict(pair for each in COMMANDS for pair in every_command(each.name, each.load()))


def nerbot(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=patient(60),
    )


def test_alone_it_shows_its_help_with_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    told = capsys.readouterr().out
    assert [each.name for each in COMMANDS if f" {each.name} " not in told] == []


def test_the_list_says_of_a_command_what_its_own_help_begins_with() -> None:
    told = {each.name: (each.help, EVERY[each.name].help.splitlines()[0]) for each in COMMANDS}
    assert [pair for pair in told.values() if pair[0] != pair[1]] == []


@pytest.mark.parametrize("name", EVERY)
def test_the_help_of_a_command_says_what_goes_in_and_what_comes_out(name: str) -> None:
    told = EVERY[name].help
    assert "\nIn: " in told
    assert "\nOut: " in told


@pytest.mark.parametrize("name", [name for name in EVERY if name != "forget"])
def test_every_command_can_print_json(name: str) -> None:
    """`forget` alone prints nothing: it has to be said what is erased."""
    assert "--json" in {option for each in EVERY[name].params for option in each.opts}


@pytest.mark.parametrize("name", EVERY)
def test_every_option_and_argument_says_what_it_is(name: str) -> None:
    assert [each.name for each in EVERY[name].params if not each.help] == []


@pytest.mark.parametrize(
    "typed",
    ["tarin", "train", "train --data", "train --data x --out y --seed many", "runs show", "--no", "run now",
     "forget", "forget everything", "encoders install", "predict", "train --preset big --data x --out y"],
)  # fmt: skip
def test_what_cannot_be_understood_is_one_line_and_the_help_to_look_at(
    typed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(typed.split()) == ExitCode.USER_ERROR
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("nerbot: ")
    assert err.endswith("--help.\n")
    assert err.count("\n") == 1


def test_a_command_that_is_mistyped_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    main(["tarin"])
    assert "Did you mean 'train'?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (KeyboardInterrupt(), ExitCode.INTERRUPTED),
        (FileNotFoundError(2, "No such file or directory", "x.jsonl"), ExitCode.USER_ERROR),
        (ZeroDivisionError(), ExitCode.BUG),
    ],
)
def test_each_end_has_its_code_and_only_a_bug_its_traceback(
    error: BaseException,
    code: ExitCode,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fails(_app: object) -> Any:
        raise error

    monkeypatch.setattr(command_line, "get_command", fails)
    assert main(["runs"]) == code
    assert ("Traceback" in capsys.readouterr().err) == (code is ExitCode.BUG)


def test_a_reader_that_goes_away_ends_a_command_without_a_word() -> None:
    command = [sys.executable, "-m", "bot", "train", "--help"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    told = process.stderr.read()
    process.stderr.close()
    assert (process.wait(patient(60)), told) == (ExitCode.PIPE_CLOSED, "")


def test_the_help_shows_the_table_of_exit_codes() -> None:
    told = get_command(app).help or ""
    assert [code for code in ExitCode if f"- {code.value}: {code.meaning}" not in told] == []


def test_the_shell_completes_commands_options_and_their_values() -> None:
    def completed(typed: str) -> list[str]:
        words = typed.split(" ")
        told = nerbot(
            _NERBOT_COMPLETE="complete_bash", COMP_WORDS=typed, COMP_CWORD=str(len(words) - 1)
        )
        return told.stdout.split()

    assert completed("nerbot tr") == ["train"]
    assert completed("nerbot models ex") == ["export"]
    assert completed("nerbot train --pre") == ["--preset"]
    assert completed("nerbot train --preset c") == ["cnn"]


def test_a_completion_can_be_shown_for_a_shell() -> None:
    undetected = {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    told = nerbot("--show-completion", "bash", **undetected)
    assert told.returncode == 0
    assert "_NERBOT_COMPLETE=complete_bash" in told.stdout


def test_the_version_waits_for_no_library() -> None:
    code = "import sys; from bot.cli.main import main; main(['--version']); print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    version, modules = ran.stdout.splitlines()
    assert version.startswith("nerbot ")
    heavy = {"rich", "pydantic", "asyncio", "spacy", "numpy", "sqlalchemy", "slack_sdk", "aiohttp"}
    assert heavy & set(modules.split()) == set()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_a_bar_on_a_terminal_and_a_line_a_stage_elsewhere() -> None:
    terminal, file = Terminal(), io.StringIO()
    for out in (terminal, file):
        with Stages(out) as stages:
            for share in (0.1, 0.2):
                stages.tell("fitting", share, line=f"{share:.0%} fitting", note="F1 so far 12.0")
            stages.tell("saving", None)
    assert file.getvalue() == "10% fitting\nsaving\n"
    assert "━" in terminal.getvalue()
    assert "F1 so far 12.0" in terminal.getvalue()
