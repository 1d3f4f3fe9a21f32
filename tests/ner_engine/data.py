"""What several tests work on: sentences to learn from, and a model that is none."""

from pathlib import Path

from ner_engine import AnnotatedText, Span, from_record
from ner_engine.model_files.manifest import ModelFacts
from ner_engine.model_files.store import write_held_out

_PATTERNS = [
    ("The patient has {} and takes {} at night.", ("chest pain", "aspirin")),
    ("She complained of {} after the {} was stopped.", ("a headache", "ibuprofen")),
    ("No {} since {} was given.", ("fever", "penicillin")),
    ("He was treated with {1} for {0}.", ("nausea", "codeine")),
    ("Severe {} followed, so {} was doubled.", ("back pain", "morphine")),
]


def make_gold(copies: int = 2) -> list[AnnotatedText]:
    """Distinct sentences in which SYMPTOM and DRUG are plain to see, and some with no entity."""
    gold = []
    for copy in range(copies):
        for pattern, (symptom, drug) in _PATTERNS:
            sentence = f"Visit {copy + 1}: " + pattern.format(symptom, drug)
            entities = [{"label": "SYMPTOM", "value": symptom}, {"label": "DRUG", "value": drug}]
            gold.append(from_record({"sentence": sentence, "entities": entities}))
        gold.append(AnnotatedText(f"Visit {copy + 1}: the report was sent to the clinic."))
    return gold


FACTS = ModelFacts(
    settings={"preset": "cnn"},
    labels=("DRUG",),
    sentences=3,
    fingerprint="f",
    scores={"overall": {"f1": 0.5}},
    canaries=(AnnotatedText("takes aspirin", (Span(6, 13, "DRUG"),)),),
    versions={"spacy": "3"},
)


def write(directory: Path) -> None:
    """Fill the directory of a model that only the model store can tell from a real one."""
    (directory / "inner").mkdir()
    (directory / "inner" / "weights").write_bytes(bytes(range(256)) * 40)
    write_held_out(directory, {"abc": (Span(6, 13, "DRUG"),)}, learned=["abc"])
