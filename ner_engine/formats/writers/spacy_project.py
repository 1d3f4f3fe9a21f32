"""What `spacy train` and `spacy project` need beside the data, and a card that says what the data is."""

from collections.abc import Mapping

from ner_engine.formats.writers.values import WriteOptions

_CONFIG = """\
# As `spacy init config --pipeline ner --optimize efficiency` makes it. To train: spacy train config.cfg --output output
[paths]
train = "corpus/train.spacy"
dev = "corpus/dev.spacy"
vectors = null
init_tok2vec = null

[system]
gpu_allocator = null
seed = 0

[nlp]
lang = "{language}"
pipeline = ["tok2vec","ner"]
batch_size = 1000
disabled = []
before_creation = null
after_creation = null
after_pipeline_creation = null
tokenizer = {{"@tokenizers":"spacy.Tokenizer.v1"}}

[components]

[components.tok2vec]
factory = "tok2vec"

[components.tok2vec.model]
@architectures = "spacy.Tok2Vec.v2"

[components.tok2vec.model.embed]
@architectures = "spacy.MultiHashEmbed.v2"
width = ${{components.tok2vec.model.encode.width}}
attrs = ["NORM", "PREFIX", "SUFFIX", "SHAPE"]
rows = [5000, 1000, 2500, 2500]
include_static_vectors = false

[components.tok2vec.model.encode]
@architectures = "spacy.MaxoutWindowEncoder.v2"
width = 96
depth = 4
window_size = 1
maxout_pieces = 3

[components.ner]
factory = "ner"

[components.ner.model]
@architectures = "spacy.TransitionBasedParser.v2"
state_type = "ner"
extra_state_tokens = false
hidden_width = 64
maxout_pieces = 2
use_upper = true
nO = null

[components.ner.model.tok2vec]
@architectures = "spacy.Tok2VecListener.v1"
width = ${{components.tok2vec.model.encode.width}}

[corpora]

[corpora.train]
@readers = "spacy.Corpus.v1"
path = ${{paths.train}}
max_length = 0

[corpora.dev]
@readers = "spacy.Corpus.v1"
path = ${{paths.dev}}
max_length = 0

[training]
dev_corpus = "corpora.dev"
train_corpus = "corpora.train"
seed = ${{system.seed}}
gpu_allocator = ${{system.gpu_allocator}}
patience = 1600
max_epochs = 0
max_steps = 20000
eval_frequency = 200

[training.optimizer]
@optimizers = "Adam.v1"

[training.batcher]
@batchers = "spacy.batch_by_words.v1"
discard_oversize = false
tolerance = 0.2

[training.batcher.size]
@schedules = "compounding.v1"
start = 100
stop = 1000
compound = 1.001

[training.score_weights]
ents_f = 1.0

[initialize]
vectors = ${{paths.vectors}}
init_tok2vec = ${{paths.init_tok2vec}}
"""

_PROJECT = """\
title: "{name}"
description: "A named-entity model for the labels of the nerbot project {name}."
vars:
  config: "config.cfg"
  train: "corpus/train.spacy"
  dev: "corpus/dev.spacy"
directories: ["corpus", "output", "metrics"]
workflows:
  all:
    - train
    - evaluate
commands:
  - name: train
    help: "Train the model"
    script:
      - "python -m spacy train ${{vars.config}} --output output --paths.train ${{vars.train}} --paths.dev ${{vars.dev}}"
    deps:
      - ${{vars.config}}
      - ${{vars.train}}
      - ${{vars.dev}}
    outputs:
      - "output/model-best"
  - name: evaluate
    help: "Score the best model on the sentences it has not learned from"
    script:
      - "python -c \\"import pathlib; pathlib.Path('metrics').mkdir(exist_ok=True)\\""
      - "python -m spacy evaluate output/model-best ${{vars.dev}} --output metrics/dev.json"
    deps:
      - "output/model-best"
      - ${{vars.dev}}
    outputs:
      - "metrics/dev.json"
"""


def config_text(options: WriteOptions) -> str:
    """A configuration that `spacy train` takes as it is."""
    return _CONFIG.format(language=options.language)


def project_text(options: WriteOptions) -> str:
    """A project of spaCy's that trains and scores."""
    return _PROJECT.format(name=options.name.replace('"', "'").replace("\\", "/"))


def readme_text(options: WriteOptions, labels: Mapping[str, int], train: int, dev: int) -> str:
    """A card of the data set."""
    known = sorted({*labels, *options.labels})
    rows = "\n".join(
        f"| {each} | {labels.get(each, 0)} | {_cell(options.descriptions.get(each, ''))} |"
        for each in known
    )
    return f"""---
language: {options.language}
task_categories:
- token-classification
task_ids:
- named-entity-recognition
pretty_name: "{options.name.replace('"', "'")}"
---

# {options.name}

Sentences in which people labelled named entities with nerbot.

| part | sentences |
|---|---|
| train | {train} |
| dev | {dev} |

Sentences of one document are all in one part. Which part it is depends on the document alone, so that it is the same
in every export.

| label | phrases | meaning |
|---|---|---|
{rows}
"""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
