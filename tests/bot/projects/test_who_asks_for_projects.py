"""Only `Access` says which project is meant and which are seen; who asks the table itself is named here, with why."""

import ast
from pathlib import Path

import pytest

import bot

BOT = Path(bot.__file__).parent
UNASKED = frozenset({"of_channel", "all"})
"""Methods of Projects that answer whoever asks, whatever they may see."""
MAY = {
    "erasure/departing.py": "a workspace that took nerbot out is erased as a whole",
    "erasure/eraser.py": "what is forgotten of a person is forgotten in every project",
    "cli/forget.py": "whoever runs nerbot has the database",
    "cli/opened.py": "whoever runs nerbot has the database, and says which project is meant",
    "cli/tokens.py": "whoever runs nerbot has the database, and lists the tokens of every project",
    "exchange/file_work.py": "the name of the project that an import of theirs is for",
    "cli/stats.py": "whoever runs nerbot has the database, and counts every project",
    "models/service.py": "the project of a run, after the run itself was found to be theirs",
    "home/service.py": "what a person's own direct messages are bound to",
}


def asks(source: str) -> list[str]:
    """The calls of those methods in a module, on `Projects(…)` itself and on names that stand for it."""
    tree = ast.parse(source)
    classes = {
        name.asname or name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for name in node.names
        if name.name == "Projects"
    }

    def is_projects(value: ast.expr | None) -> bool:
        return isinstance(value, ast.Call) and ast.unparse(value.func).split(".")[-1] in classes

    names: set[str] = set()
    pairs: list[tuple[ast.expr, ast.expr | None]]
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=targets, value=value):
                pairs = [(target, value) for target in targets]
            case ast.AnnAssign(target=annotated, value=given):
                pairs = [(annotated, given)]
            case _:
                continue
        for to, what in pairs:
            if isinstance(to, ast.Tuple) and isinstance(what, ast.Tuple):
                pairs += zip(to.elts, what.elts, strict=False)
            elif is_projects(what):
                names.add(ast.unparse(to))
    return [
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in UNASKED
        and (is_projects(node.value) or ast.unparse(node.value) in names)
    ]


def test_nobody_but_who_is_named_asks_the_table_of_projects_itself() -> None:
    found = {
        str(path.relative_to(BOT))
        for path in BOT.rglob("*.py")
        if not path.is_relative_to(BOT / "projects") and asks(path.read_text("utf-8"))
    }
    assert found == set(MAY)


@pytest.mark.parametrize(
    "written",
    [
        "await Projects(tx).of_channel(room)",
        "await repositories.Projects(self.tx).all(with_deleted=True)",
        "projects = Projects(tx)\nawait projects.all()",
        "events, projects = Events(tx), Projects(tx)\nawait projects.of_channel(room)",
        "ask = Projects(tx).all",
    ],
)
def test_however_it_is_written_it_is_found(written: str) -> None:
    assert len(asks(f"from bot.projects.repositories.projects import Projects\n{written}")) == 1
