import subprocess
import sys

import pytest

HEAVY = "spacy", "numpy", "onnxruntime", "tokenizers", "thinc"


def imported(code: str) -> list[str]:
    command = [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.parametrize(
    "code",
    [
        "import ner_engine",
        "import ner_engine.annotation, ner_engine.errors, ner_engine.processes.training_job",
    ],
)
def test_the_plain_tier_imports_nothing_heavy(code: str) -> None:
    assert not set(HEAVY) & set(imported(code))


def test_reading_a_manifest_needs_no_spacy() -> None:
    assert not {"spacy", "numpy"} & set(imported("import ner_engine.model_files.store"))


def test_every_public_name_is_there() -> None:
    code = "import ner_engine; [getattr(ner_engine, name) for name in ner_engine.__all__]"
    assert "spacy" in imported(code)
