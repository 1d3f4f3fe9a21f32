"""What is typed behind /ner, as far as it fits."""

from dataclasses import dataclass

from bot.errors import TextRefused
from bot.slack.payloads import MAX_LINES, read_sentence, read_sentences
from bot.slack.text_normalization import CleanText


@dataclass(frozen=True, slots=True)
class FittingSentences:
    """The sentences behind /ner that can be asked about, and why the others are left out."""

    texts: tuple[CleanText, ...]
    left_out: str = ""


def read_fitting(text: str) -> FittingSentences:
    """The same, where a line that does not fit costs itself alone; raises TextRefused where none fits."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) < 2:
        return FittingSentences(read_sentences(text))
    texts: list[CleanText] = []
    refused: list[str] = []
    for line in lines[:MAX_LINES]:
        try:
            texts.append(read_sentence(line))
        except TextRefused as error:
            refused.append(str(error))
    if not texts:
        raise TextRefused(refused[0])
    left_out = []
    if refused:
        count = "1 line is" if len(refused) == 1 else f"{len(refused)} lines are"
        left_out.append(f"{count} left out. {refused[0]}")
    if len(lines) > MAX_LINES:
        left_out.append(
            f"Up to {MAX_LINES} sentences are asked about at a time; {len(lines) - MAX_LINES} more are left out."
        )
    return FittingSentences(tuple(texts), " ".join(left_out))
