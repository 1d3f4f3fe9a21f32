"""Who finds what is masked: a model on this machine, or the API of a nerbot elsewhere."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ner_engine.redaction import count, document_of, redact_all, spans_of, style_of
from ner_engine.redaction.styles import Style

if TYPE_CHECKING:
    from bot.api_client import ApiClient
    from ner_engine.prediction.predictor import Predictor


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is masked, and how."""

    labels: frozenset[str] | None
    """None: all that the model knows."""
    style: Style
    recurrences: bool
    key: bytes = b""


@dataclass(slots=True)
class Masked:
    """How often each label was masked, in how many texts."""

    texts: int = 0
    labels: Counter[str] = field(default_factory=Counter)


class Reader(Protocol):
    """Redacts texts."""

    most: int
    """Texts it takes at once."""

    def redact(self, texts: Sequence[str], told: Masked, *, together: bool) -> list[str]:
        """The texts without what is masked; `together` says that they are one document."""


class ModelReader:
    """A model that was loaded here."""

    most = 64

    def __init__(self, model: "Predictor", asked: Asked) -> None:
        self._model, self._asked = model, asked
        self._replace = style_of(asked.style, asked.key)

    def redact(self, texts: Sequence[str], told: Masked, *, together: bool) -> list[str]:
        """The texts without what is masked."""
        documents = [document_of(text) for text in texts]
        found = self._model.predict([each for document in documents for each in document.texts])
        redacted = redact_all(
            documents,
            spans_of(documents, found, self._asked.labels),
            self._replace,
            recurrences=self._asked.recurrences,
            together=together,
        )
        told.texts += len(texts)
        told.labels += count(redacted)
        return [each.text for each in redacted]


def model_reader(folder: Path, asked: Asked) -> ModelReader:
    """The reader of a model's folder. Raises InvalidSetting for a label it does not know, and EngineError."""
    from bot.errors import InvalidSetting  # noqa: PLC0415 - as below
    from ner_engine.prediction.predictor import load_model  # noqa: PLC0415 - brings spaCy

    model = load_model(folder)
    known = {*model.labels, *model.base_labels}
    if unknown := sorted((asked.labels or frozenset()) - known):
        raise InvalidSetting(
            f"The model has no label {', '.join(unknown)}; it has {', '.join(sorted(known))}."
        )
    return ModelReader(model, asked)


class ApiReader:
    """The live model of a token's project."""

    most = 50

    def __init__(self, client: "ApiClient", asked: Asked) -> None:
        self._client, self._asked = client, asked

    def redact(self, texts: Sequence[str], told: Masked, *, together: bool) -> list[str]:
        """The texts without what is masked. Raises ApiRefused, ApiUnavailable."""
        asked = self._asked
        answer = self._client.redact(
            texts,
            labels=None if asked.labels is None else sorted(asked.labels),
            style=asked.style,
            recurrences=asked.recurrences,
            together=together,
        )
        told.texts += len(texts)
        told.labels.update(answer.counts)
        return [each.text for each in answer.redactions]
