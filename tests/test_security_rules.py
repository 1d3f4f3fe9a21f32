"""Rules of our own about what the code may do, beside bandit's."""

import ast
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted(file for folder in ("bot", "ner_engine") for file in (ROOT / folder).rglob("*.py"))
Rule = Callable[[ast.AST], bool]


@cache
def _nodes() -> list[tuple[str, ast.AST]]:
    """The code, parsed once for all rules."""
    names = ((file.relative_to(ROOT).as_posix(), file) for file in FILES)
    return [
        (name, node)
        for name, file in names
        if "migrations" not in name
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
    ]


@cache
def _called(node: ast.AST) -> str:
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


def _imports_what_runs_data(node: ast.AST) -> bool:
    """pickle, marshal and shelve run what they read."""
    names = {"pickle", "marshal", "shelve", "dill", "cloudpickle"}
    if isinstance(node, ast.Import):
        return any(alias.name.split(".")[0] in names for alias in node.names)
    return isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in names


def _runs_a_shell(node: ast.AST) -> bool:
    """A shell reads words that people typed."""
    if _called(node) in {
        "os.system",
        "os.popen",
        "subprocess.getoutput",
        "asyncio.create_subprocess_shell",
    }:
        return True
    return isinstance(node, ast.Call) and any(
        word.arg == "shell" and ast.unparse(word.value) == "True" for word in node.keywords
    )


def _evaluates_text(node: ast.AST) -> bool:
    """`eval`, `exec` and `yaml.load` run text."""
    return _called(node) in {"eval", "exec", "compile", "yaml.load", "yaml.unsafe_load"}


def _loads_a_pipeline_by_name(node: ast.AST) -> bool:
    """`spacy.load("name")` imports and runs a package: only directories of ours are loaded, and one known base."""
    if _called(node) != "spacy.load" or not isinstance(node, ast.Call) or not node.args:
        return False
    return isinstance(node.args[0], ast.Constant)


def _puts_values_into_sql(node: ast.AST) -> bool:
    """Statements are built by SQLAlchemy, with bound values."""
    if _called(node).rpartition(".")[2] not in {"text", "exec_driver_sql"} or not isinstance(
        node, ast.Call
    ):
        return False
    return any(isinstance(value, ast.JoinedStr) for value in node.args)


def _trusts_anybody(node: ast.AST) -> bool:
    """A certificate is always checked."""
    return (
        isinstance(node, ast.keyword)
        and node.arg in {"ssl", "verify"}
        and ast.unparse(node.value) == "False"
    )


RULES: tuple[Rule, ...] = (
    _imports_what_runs_data,
    _runs_a_shell,
    _evaluates_text,
    _loads_a_pipeline_by_name,
    _puts_values_into_sql,
    _trusts_anybody,
)
ALLOWED = {
    # DDL takes no bound values; its names are those of our own tables.
    ("_puts_values_into_sql", "bot/db/row_security.py"),
}


def _breaches(rule: Rule) -> Iterator[str]:
    for name, node in _nodes():
        if (rule.__name__, name) not in ALLOWED and rule(node):
            yield f"{name}:{getattr(node, 'lineno', '?')}"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__.strip("_"))
def test_no_code_breaks_it(rule: Rule) -> None:
    assert list(_breaches(rule)) == [], rule.__doc__


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (_imports_what_runs_data, "from pickle import loads"),
        (_runs_a_shell, "subprocess.run(words, shell=True)"),
        (_evaluates_text, "eval(words)"),
        (_loads_a_pipeline_by_name, 'spacy.load("en")'),
        (_puts_values_into_sql, 'text(f"SELECT {words}")'),
        (_trusts_anybody, "get(url, ssl=False)"),
    ],
)
def test_a_breach_is_seen(rule: Rule, code: str) -> None:
    assert any(rule(node) for node in ast.walk(ast.parse(code)))
