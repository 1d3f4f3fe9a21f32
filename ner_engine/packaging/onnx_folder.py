"""A saved model as ONNX: two graphs that any onnxruntime runs one after the other, and a short reader of them."""

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from ner_engine.encoder.columns import open_columns
from ner_engine.encoder.files import EncoderFiles, place_of, read_encoder
from ner_engine.encoder.frozen_encoder import OVERLAP
from ner_engine.encoder.graph import expose_layers
from ner_engine.encoder.installed import TOKENIZER
from ner_engine.encoder.session import SLOWER, EncoderSession, shared_session
from ner_engine.errors import NotPackaged
from ner_engine.model_files.manifest import ModelFacts
from ner_engine.model_files.store import verify_model
from ner_engine.packaging import reader
from ner_engine.packaging.model_card import ModelStory, model_card
from ner_engine.packaging.onnx_head import write_head
from ner_engine.pipeline.tag_scheme import TagScheme
from ner_engine.prediction.predictor import load_model
from ner_engine.recipes import RECIPES, Features
from ner_engine.recipes.encoder import HEAD, VECTORS

#: How a text is split into words where nobody says how: runs of letters and digits, and each other sign.
WORDS = r"\w+|[^\w\s]"
#: The score of what the grammar of tags forbids.
_NEVER = -1e9
_USE = """`encoder.onnx` gives a vector for each word piece, `head.onnx` a score for each tag of each word.
`reader.py` runs both and takes the best path; it needs numpy, onnxruntime and tokenizers only
(`pip install numpy onnxruntime tokenizers`).

```python
from reader import Reader

for start, end, label in Reader().find("A sentence of yours."):
    print(start, end, label)
```

`find(text, tokens)` takes the words as well: the (start, end) of each, in code points. With the tokens of spaCy's
tokenizer, `[(token.idx, token.idx + len(token)) for token in spacy.blank("{language}")(text)]`, it finds what the
model finds in nerbot. Without them the text is split by the pattern `words` of `model.json`, and where that splits
differently, other entities may be found. There are no confidences.

The inputs of `head.onnx`: `pieces`, the vectors; `spans` and `tokens`, the (start, end) of pieces and of words;
`shapes`, what a word looks like, and the signs that are drawn for how it is written. `model.json` says how the
encoder is fed, which tags the columns are, and what the `transitions` of a path add to its score: a row for its first
tag, one for its last, and for each tag one for what follows it."""


def build_onnx(
    model_dir: str | Path,
    out: str | Path,
    *,
    name: str,
    version: str = "1.0.0",
    story: ModelStory | None = None,
) -> Path:
    """Write a saved model of the preset ``encoder`` as a new folder in ``out``, and give its path.

    Raises NotPackaged for other models, or where the folder exists, a ModelStoreError, an EncoderError and OSError.
    """
    facts = verify_model(Path(model_dir)).facts
    _check(facts)
    pipeline = load_model(model_dir).pipeline
    target = Path(out) / f"{facts.settings['language']}_{name}-{version}-onnx"
    if target.exists():
        raise NotPackaged(reason=f"{target} exists; choose another folder with --out")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".nerbot-onnx-", dir=target.parent) as scratch:
        made = Path(scratch) / "made"
        made.mkdir()
        network = pipeline.nlp.config["components"][pipeline.ours]["model"]
        encoder = _write_graphs(made, network, pipeline.recognizer)
        card = model_card(
            target.name,
            facts,
            story or ModelStory(),
            encoder.card,
            use=_USE.replace("{language}", facts.settings["language"]),
        )
        (made / "README.md").write_text(card, "utf-8")
        shutil.copy(reader.__file__, made / "reader.py")
        made.rename(target)
    return target


def _check(facts: ModelFacts) -> None:
    preset = facts.settings["preset"]
    if not RECIPES[preset].needs_encoder:
        raise NotPackaged(
            reason=f"only the preset encoder can become ONNX, this is {preset}; export a wheel instead"
        )
    if base := facts.settings.get("base"):
        raise NotPackaged(
            reason=f"it works beside the pipeline {base}, which cannot become ONNX; export a wheel instead"
        )


def _write_graphs(folder: Path, network: dict[str, Any], recognizer: Any) -> EncoderFiles:
    """Both graphs, and what a reader has to know to run them; gives the encoder."""
    told = network["tok2vec"]
    if told["@architectures"] != VECTORS or network["head"]["@architectures"] != HEAD:
        raise NotPackaged(reason="its network is not one that the preset encoder makes")
    features = Features(
        tuple(told["layers"]), tuple(told["pooling"]), told["normalize"], told["shapes"]
    )
    files = read_encoder(place_of(told["directory"], told["sha256"]))
    session = shared_session(files, features.layers)
    with (folder / "encoder.onnx").open("wb") as file:
        file.writelines(expose_layers(files.model, features.layers)[0])
    session.pieces.save(str(folder / TOKENIZER))
    _, *members = recognizer.model.layers
    write_head(
        folder / "head.onnx",
        members,
        features,
        hidden=session.width // len(features.layers),
        columns=open_columns(told["columns"]) if told["columns"] else None,
        forms=(forms := told.get("forms", 0)),
    )
    facts = _scores_of(recognizer.scheme, members) | _feeding_of(session, files.card.window)
    facts |= {"words": WORDS, "forms": forms}
    (folder / "model.json").write_text(json.dumps(facts), "utf-8")
    return files


def _scores_of(scheme: TagScheme, members: list[Any]) -> dict[str, Any]:
    """The tags, and the scores of what may follow what, which the members' are averaged for."""
    grammar = scheme.grammar
    mean = np.mean([member.get_param("transitions") for member in members], axis=0)
    allowed = np.stack([grammar.first, grammar.last, *grammar.follows])
    scores = np.concatenate([np.zeros((2, len(scheme.tags)), np.float32), mean])
    return {
        "tags": list(scheme.tags),
        "transitions": np.where(allowed, scores, _NEVER).tolist(),
    }


def _feeding_of(session: EncoderSession, window: int) -> dict[str, Any]:
    """How the encoder is fed: its inputs, the special pieces around a text, how long texts are cut."""
    room = window - session.special
    return {
        "inputs": [
            [name, role, np.dtype(kind).name]
            for name, (role, kind) in session.feeding.roles.items()
        ],
        "outputs": session.outputs,
        "width": session.width,
        "before": session.before,
        "after": session.after,
        "begin": len(session.before),
        "end": -len(session.after) or None,
        "room": room,
        "overlap": OVERLAP,
        "step": room - OVERLAP,
        # What onnxruntime puts together though it is slower; without it the numbers are those of nerbot, too.
        "options": {"disabled_optimizers": SLOWER},
    }
