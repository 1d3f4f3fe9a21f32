"""Who finds what is masked: a model on this machine, or the API of a nerbot elsewhere."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from bot.errors import InvalidSetting
from bot.redaction.promises import check_promised
from ner_engine.annotation import label_key
from ner_engine.redaction import (
    Slip,
    Style,
    count,
    document_of,
    marked_documents,
    redact_all,
    style_of,
)

if TYPE_CHECKING:
    from bot.api.schemas.redactions import SlipOut
    from bot.api_client import ApiClient
    from ner_engine.prediction.predictor import Predictor


MOST_AT_ONCE = 100
"""Texts of one request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is masked, and how."""

    labels: frozenset[str] | None
    """None: all that the model knows."""
    style: Style
    recurrences: bool
    key: bytes = b""
    slip: float | None = None


@dataclass(slots=True)
class Masked:
    """How often each label was masked, in how many texts."""

    texts: int = 0
    labels: Counter[str] = field(default_factory=Counter)
    slip: dict[str, float] | None = None
    """What was promised, and what it costs; shares in 0..1."""


class Reader(Protocol):
    """Redacts texts."""

    most: int
    """Texts it takes at once."""

    def redact(self, texts: Sequence[str], told: Masked, *, together: bool) -> list[str]:
        """The texts without what is masked; `together` says that they are one document."""


class ModelReader:
    """A model that was loaded here."""

    most = 64

    def __init__(
        self, model: "Predictor", folder: Path, asked: Asked, names: Mapping[str, str]
    ) -> None:
        """`names` says what labels of the model are called now."""
        self._model, self._folder, self._asked, self._names = model, folder, asked, names
        self._replace = style_of(asked.style, asked.key)

    def redact(self, texts: Sequence[str], told: Masked, *, together: bool) -> list[str]:
        """The texts without what is masked. Raises CannotPromise."""
        from ner_engine.redaction.marks import mark  # noqa: PLC0415 - brings spaCy

        documents = [document_of(text) for text in texts]
        marks = mark(
            self._model,
            self._folder,
            [each for document in documents for each in document.texts],
            labels=self._taught(),
            promise=self._asked.slip,
        )
        check_promised(marks.slip)
        redacted = redact_all(
            marked_documents(documents, marks.texts, names=self._names),
            self._replace,
            recurrences=self._asked.recurrences,
            together=together,
        )
        told.texts += len(texts)
        told.labels += count(redacted)
        told.slip = None if marks.slip is None else _costs(marks.slip)
        return [each.text for each in redacted]

    def _taught(self) -> list[str] | None:
        """The labels by their names of now and before."""
        labels = self._asked.labels
        if labels is None:
            return None
        keys = {label_key(label) for label in labels}
        before = [then for then, now in self._names.items() if label_key(now) in keys]
        return sorted([*labels, *before])


def _costs(slip: "Slip | SlipOut") -> dict[str, float]:
    return {"promise": slip.promise, "masked": slip.masked, "needlessly": slip.needlessly}


def model_reader(folder: Path, asked: Asked, names: Mapping[str, str] | None = None) -> ModelReader:
    """The reader of a model's folder. Raises InvalidSetting for a label it does not know, and EngineError."""
    from ner_engine.label_names import LabelNames  # noqa: PLC0415 - as below
    from ner_engine.prediction.predictor import load_model  # noqa: PLC0415 - brings spaCy

    model = load_model(folder)
    now = names or {}
    known = sorted({now.get(label, label) for label in (*model.labels, *model.base_labels)})
    there = LabelNames(known)
    if unknown := sorted(each for each in asked.labels or () if there.find(each) is None):
        raise InvalidSetting(
            f"The model has no label {', '.join(unknown)}; it has {', '.join(known)}."
        )
    return ModelReader(model, folder, asked, now)


class ApiReader:
    """The live model of a token's project."""

    most = 50

    def __init__(self, client: "ApiClient", asked: Asked) -> None:
        self._client, self._asked = client, asked

    def redact(self, texts: Sequence[str], told: Masked, *, together: bool) -> list[str]:
        """The texts without what is masked. Raises ApiRefused, ApiUnavailable, and InvalidSetting."""
        asked = self._asked
        told.texts += len(texts)
        sent = [text for text in texts if text]
        if not sent:
            return list(texts)
        if len(sent) > MOST_AT_ONCE:
            raise InvalidSetting(
                f"Over the API a document has at most {MOST_AT_ONCE} lines. Say --document record."
            )
        answer = self._client.redact(
            sent,
            labels=None if asked.labels is None else sorted(asked.labels),
            style=asked.style,
            recurrences=asked.recurrences,
            together=together,
            slip=asked.slip,
        )
        told.labels.update(answer.counts)
        told.slip = None if answer.slip is None else _costs(answer.slip)
        redacted = iter(answer.redactions)
        return [next(redacted).text if text else text for text in texts]
