"""What `import ner_engine` offers is seen by whoever looks, and is all that its signatures name."""

import dataclasses
import inspect
import types
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import ner_engine
from ner_engine.annotation import AnnotatedText, Span
from ner_engine.errors import EmptyText, ModelAbsent
from tests.ner_engine.data import make_gold

PUBLIC = {name: getattr(ner_engine, name) for name in ner_engine.__all__}


def test_dir_shows_what_is_loaded_when_it_is_asked_for() -> None:
    assert {"load_model", "train_model", "Predictor"} <= set(dir(ner_engine))
    assert all(hasattr(ner_engine, name) for name in ner_engine.__all__)


def test_a_folder_is_named_by_a_text_too(tmp_path: Path) -> None:
    with pytest.raises(ModelAbsent):
        ner_engine.load_model(str(tmp_path / "none"))


def signatures() -> Iterator[tuple[str, str, Any]]:
    """Each parameter, result and member of what is public: whose it is, its name, its type."""
    for name, value in PUBLIC.items():
        if inspect.isfunction(value):
            yield from ((name, *item) for item in typing.get_type_hints(value).items())
        if not inspect.isclass(value):
            continue
        if dataclasses.is_dataclass(value):
            hints = typing.get_type_hints(value)
            for field in dataclasses.fields(value):
                yield name, field.name, hints[field.name]
        for method, member in vars(value).items():
            function = member.fget if isinstance(member, property) else inspect.unwrap(member)
            function = getattr(function, "__func__", function)
            made = method == "__init__" and dataclasses.is_dataclass(value)
            if inspect.isfunction(function) and not made and is_public(method):
                hints = typing.get_type_hints(function)
                yield from ((f"{name}.{method}", *item) for item in hints.items())


def is_public(method: str) -> bool:
    """Whether people call it."""
    return method in {"__call__", "__init__"} or method[0] != "_"


def parts_of(hint: Any) -> Iterator[Any]:
    """The types that a type is made of."""
    yield hint
    for part in typing.get_args(hint):
        yield from parts_of(part)


def test_everything_of_ours_that_a_signature_names_is_public() -> None:
    missing = {
        f"{part.__module__}.{part.__name__} of {owner}"
        for owner, _, hint in signatures()
        for part in parts_of(hint)
        if inspect.isclass(part)
        and part.__module__.startswith("ner_engine")
        and part not in PUBLIC.values()
    }
    assert not missing


def test_a_path_is_given_as_a_text_or_a_path() -> None:
    alone = [
        f"{owner} {name}"
        for owner, name, hint in signatures()
        if name != "return" and (inspect.isfunction(PUBLIC.get(owner)) or "." in owner)
        for part in (hint, *typing.get_args(hint))
        if part is Path and not (isinstance(hint, types.UnionType) and str in typing.get_args(hint))
    ]
    assert not alone


def test_all_that_is_public_says_what_it_is() -> None:
    named = {name: value for name, value in PUBLIC.items() if callable(value)}
    assert [name for name, value in named.items() if not inspect.getdoc(value)] == []


def test_a_trained_pipeline_is_called_saved_and_loaded(tmp_path: Path) -> None:
    settings = ner_engine.TrainingSettings(preset="cnn")
    gold = make_gold(3)
    trained = ner_engine.train_model(gold, settings)
    trained.save(str(tmp_path / "model"))
    loaded = ner_engine.Pipeline.load(str(tmp_path / "model"))
    found = [loaded(annotated.text) for annotated in gold]
    assert found == [trained(annotated.text) for annotated in gold]
    assert any(isinstance(span, Span) for each in found for span in each.spans)
    assert AnnotatedText(gold[0].text, found[0].spans).spans == found[0].spans
    with pytest.raises(EmptyText):
        loaded("")
