"""An encoder's graph in onnxruntime: word pieces in, hidden states out; one for all that read the same layers."""

from collections.abc import Sequence
from typing import Any
from weakref import WeakValueDictionary

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from ner_engine.encoder.files import EncoderFiles
from ner_engine.encoder.graph import expose_layers
from ner_engine.errors import EncoderUnreadable

Vectors = NDArray[np.float32]


class EncoderSession:
    """A graph that ends at the highest layer wanted, on one thread, and its tokenizer."""

    def __init__(self, files: EncoderFiles, layers: Sequence[int]) -> None:
        graph, self._outputs = expose_layers(files.model, layers)
        try:
            self._session = onnxruntime.InferenceSession(
                graph, _options(), providers=["CPUExecutionProvider"]
            )
            self.pieces = Tokenizer.from_buffer(files.tokenizer)
        except Exception as error:  # both libraries raise classes of their own
            raise EncoderUnreadable(reason=type(error).__name__) from error
        self.pieces.no_padding()
        self.pieces.no_truncation()
        #: What the tokenizer puts around any text, such as [CLS] and [SEP].
        self._special: list[int] = self.pieces.encode("").ids
        self._wanted = {entry.name for entry in self._session.get_inputs()}

    def run(self, ids: list[int]) -> Vectors:
        """One row a word piece, the layers side by side, the special pieces at both ends left out."""
        whole = [*self._special[:1], *ids, *self._special[1:]]
        feed = {"input_ids": np.array([whole], dtype=np.int64)}
        feed["attention_mask"] = np.ones_like(feed["input_ids"])
        feed["token_type_ids"] = np.zeros_like(feed["input_ids"])
        outputs: list[Any] = self._session.run(
            self._outputs, {name: feed[name] for name in self._wanted}
        )
        return np.concatenate([output[0, 1:-1] for output in outputs], axis=1)


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
