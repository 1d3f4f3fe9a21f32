"""An encoder's graph in onnxruntime: word pieces in, hidden states out; one for all that read the same layers."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from weakref import WeakValueDictionary

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from ner_engine.encoder.files import EncoderFiles
from ner_engine.encoder.graph import expose_layers
from ner_engine.encoder.inputs import GraphInput, plan_feeding
from ner_engine.encoder.memory import give_back_memory
from ner_engine.errors import EncoderUnreadable

Vectors = NDArray[np.float32]

# For whoever imported it before us: nothing more is reported from here on.
onnxruntime.disable_telemetry_events()

#: What onnxruntime puts together for a processor though it takes two to three times as long as its parts.
SLOWER = ["SkipLayerNormFusion"]


class EncoderSession:
    """A graph that ends at the highest layer wanted, on one thread, and its tokenizer."""

    def __init__(self, files: EncoderFiles, layers: Sequence[int]) -> None:
        #: The layers' names in the graph.
        self.outputs: list[str]
        with _graph(files, layers) as (graph, self.outputs):
            try:
                self._session = onnxruntime.InferenceSession(
                    graph,
                    _options(),
                    providers=["CPUExecutionProvider"],
                    disabled_optimizers=SLOWER,
                )
                self.pieces = Tokenizer.from_buffer(files.tokenizer)
            except Exception as error:  # both libraries raise classes of their own
                raise EncoderUnreadable(reason=type(error).__name__) from error
        give_back_memory()
        self.pieces.no_padding()
        self.pieces.no_truncation()
        #: What the graph's inputs take.
        self.feeding = plan_feeding(
            [GraphInput(told.name, told.type, told.shape) for told in self._session.get_inputs()]
        )
        #: The special word pieces around any text.
        self.before, self.after = _special_pieces(self.pieces)
        #: How many numbers a word piece has, the layers together.
        self.width = self._try()

    @property
    def special(self) -> int:
        """How many special word pieces stand around any text."""
        return len(self.before) + len(self.after)

    def run(self, ids: list[int]) -> Vectors:
        """One row a word piece, the layers side by side, the special pieces at both ends left out."""
        start, end = len(self.before), len(self.before) + len(ids)
        feed = self.feeding.feed([*self.before, *ids, *self.after])
        outputs: list[Any] = self._session.run(self.outputs, feed)
        return np.concatenate([output[0, start:end] for output in outputs], axis=1)

    def _try(self) -> int:
        """Run one word piece, and tell how wide its vector is. Raises EncoderUnreadable."""
        feed = self.feeding.feed([*self.before, 0, *self.after])
        try:
            outputs: list[Any] = self._session.run(self.outputs, feed)
        except Exception as error:  # onnxruntime raises classes of its own
            raise EncoderUnreadable(reason=f"it cannot be run: {type(error).__name__}") from error
        pieces = self.special + 1
        for name, output in zip(self.outputs, outputs, strict=True):
            if output.ndim != 3 or output.shape[:2] != (1, pieces):
                raise EncoderUnreadable(
                    reason=f"{name} has {list(output.shape)} numbers for {pieces} word pieces, "
                    "not one vector each"
                )
        return sum(int(output.shape[2]) for output in outputs)


@contextmanager
def _graph(files: EncoderFiles, layers: Sequence[int]) -> Iterator[tuple[str | bytes, list[str]]]:
    """The graph that ends at the highest layer, for onnxruntime, and its outputs' names.

    It reads a file as it goes along, but needs one more copy of bytes; and so it gets a file of the
    kernel's that is on no disk and no part of this process, where there are such files.
    """
    parts, outputs = expose_layers(files.model, layers)
    if not hasattr(os, "memfd_create"):
        yield b"".join(parts), outputs
        return
    with os.fdopen(os.memfd_create("encoder"), "wb") as file:
        file.writelines(parts)
        file.flush()
        del parts
        yield f"/proc/self/fd/{file.fileno()}", outputs


def _special_pieces(tokenizer: Tokenizer) -> tuple[list[int], list[int]]:
    """What the tokenizer puts before and after any text, such as [CLS] and [SEP]."""
    special: list[int] = tokenizer.encode("").ids
    mask = tokenizer.encode("a").special_tokens_mask
    before = mask.index(0) if 0 in mask else min(len(special), 1)
    return special[:before], special[before:]


#: Those at work; one that nothing uses any longer is gone.
_sessions: WeakValueDictionary[tuple[str, tuple[int, ...]], EncoderSession] = WeakValueDictionary()


def shared_session(files: EncoderFiles, layers: tuple[int, ...]) -> EncoderSession:
    """The session for these files and layers, the same one while anything uses it.

    Its weights are most of what an encoder takes in memory, whatever is made of its vectors.
    Raises EncoderUnreadable.
    """
    key = (files.sha256, layers)
    session = _sessions.get(key)
    if session is None:
        session = _sessions[key] = EncoderSession(files, layers)
    return session


def _options() -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # Without these the process keeps memory for every length of text it has ever seen.
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    options.log_severity_level = 3
    return options
