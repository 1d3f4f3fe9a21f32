"""The kinds of encoder that can be converted, each by the ``model_type`` of its config.json."""

from collections.abc import Callable

from ner_engine.encoder.convert.config import Config
from ner_engine.encoder.convert.families import bert, deberta, distilbert, modernbert, mpnet
from ner_engine.encoder.convert.form import Form
from ner_engine.encoder.convert.weights import Weights

#: Reads a checkpoint's form; the last number is how many word pieces are wanted at once at most.
FAMILIES: dict[str, Callable[[Config, Weights, int], Form]] = {
    "bert": bert.read,
    "camembert": bert.read_roberta,
    "deberta-v2": deberta.read,
    "distilbert": distilbert.read,
    "modernbert": modernbert.read,
    "mpnet": mpnet.read,
    "roberta": bert.read_roberta,
    "xlm-roberta": bert.read_roberta,
}
