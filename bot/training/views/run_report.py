"""What stands at the end of a run: scores, against what, mistakes, what would help, and what is live."""

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ConfirmObject,
    ContextBlock,
    PlainTextObject,
    RawTextObject,
    RichTextElement,
    SectionBlock,
    TableBlock,
    TableBlockColumnSettings,
)

from bot.domain.label_colours import coloured
from bot.domain.models import RunEnd
from bot.domain.runs import Run
from bot.slack import action_ids as ids
from bot.slack.marked_text import marked_sentence
from bot.slack.text import counted, label_name, line, percent, plain, shortened, when
from ner_engine.results import (
    Comparison,
    Evaluation,
    Finding,
    FinerScores,
    HeldBack,
    Mistake,
    Score,
)

TABLE_ROWS = 100
_ADVICE, _WORDS = 4, 300
"""How many pieces of advice are shown, and how many characters of each."""


def run_end_blocks(run: Run, end: RunEnd | None) -> list[Block]:
    """Everything below the headline of a run that made a model."""
    evaluation = run.evaluation
    if evaluation is None:
        return []
    blocks: list[Block] = [line(*_verdict(run, evaluation, end)), score_table(evaluation)]
    if evaluation.finer is not None:
        blocks.append(line(_finer_words(evaluation.finer)))
    more = len(evaluation.per_label) - (TABLE_ROWS - 2)
    if more > 0:
        blocks.append(line(f"{counted(more, 'more label')} would not fit in the table."))
    if evaluation.guard is not None and evaluation.guard.displaced:
        blocks.append(
            line(
                f"Beside the pretrained model, this one takes the place of {evaluation.guard.displaced:,} of its "
                "entities, where it is surer than not."
            )
        )
    if evaluation.comparison is not None:
        blocks.append(line(_comparison_words(evaluation.comparison)))
    if end is not None:
        blocks += _mistakes(evaluation, end)
    blocks += _advice(run, evaluation)
    blocks.append(ContextBlock(elements=[PlainTextObject(text=_method(evaluation), emoji=False)]))
    if end is not None:
        blocks += _buttons(run, end)
    return blocks


def _verdict(run: Run, evaluation: Evaluation, end: RunEnd | None) -> list[str | RichTextElement]:
    low, high = evaluation.interval
    parts: list[str | RichTextElement] = [
        "F1 ",
        plain(percent(evaluation.overall.f1), bold=True),
        f" (95 % interval {percent(low)} to {percent(high)}). ",
    ]
    is_live = end.live == run.version if end else run.went_live
    if is_live and end and end.since:
        return [*parts, f"Model {run.version} is live since ", when(end.since), f". {_ASK}"]
    if is_live:
        return [*parts, _ASK]
    if run.went_live and end and end.live:
        return [*parts, f"It was live; model {end.live} is now."]
    return [*parts, _held_back(evaluation)]


_ASK = "Ask it: /ner and a sentence."


def _held_back(evaluation: Evaluation) -> str:
    match evaluation.held_back:
        case HeldBack.NOT_BETTER:
            return (
                "It is not clearly better than the live model, which this project asks of a new one "
                "(/nerbot models policy), so the live one stays."
            )
        case HeldBack.ASK:
            return "In this project a person decides what goes live (/nerbot models policy)."
        case HeldBack.GUARD if (guard := evaluation.guard) is not None:
            return (
                f"Beside it, the pretrained model finds only {guard.kept} of the {guard.entities} entities of its own "
                "that it found before, so it does not go live automatically."
            )
        case HeldBack.MOVED:
            return "Another model was made live while it trained, so that one stays."
        case _:
            return "The model that is live does better, so it stays live."


def score_table(evaluation: Evaluation) -> TableBlock:
    """Precision, recall, F1 and count per label, all labels first."""
    scored = [(coloured(name), score) for name, score in evaluation.per_label[: TABLE_ROWS - 2]]
    rows = [("all labels", evaluation.overall), *scored]
    header = [RawTextObject(text=word) for word in ("Label", "Precision", "Recall", "F1", "Count")]
    right = TableBlockColumnSettings(align="right")
    return TableBlock(
        rows=[header, *(_score_row(name, score) for name, score in rows)],
        column_settings=[TableBlockColumnSettings(align="left"), right, right, right, right],
    )


def _score_row(name: str, score: Score) -> list[RawTextObject]:
    numbers = (
        percent(score.precision),
        percent(score.recall),
        percent(score.f1),
        str(score.support),
    )
    return [RawTextObject(text=name), *(RawTextObject(text=number) for number in numbers)]


def _finer_words(finer: FinerScores) -> str:
    """How near the misses are, and whether new phrases are found as well."""
    words = f"Counting every overlap with the right label, F1 is {percent(finer.lenient.f1)}."
    if finer.seen is None or finer.unseen is None:
        return words
    parts = (("phrases it had learned", finer.seen), ("phrases new to it", finer.unseen))
    told = [f"{percent(s.f1)} on {name} ({s.support:,})" for name, s in parts if s.support]
    return f"{words} Strictly it is {' and '.join(told)}." if told else words


def _comparison_words(comparison: Comparison) -> str:
    words = (
        f"Against model {comparison.live_version} on the same {counted(comparison.sentences, 'sentence')}: "
        f"F1 {percent(comparison.candidate_f1)} now, {percent(comparison.live_f1)} before"
    )
    if comparison.interval is not None:
        low, high = (f"{100 * edge:+.0f}" for edge in comparison.interval)
        words += f" (95 % interval of the difference {low} to {high})"
    return f"{words}; better with a probability of {percent(comparison.probability_better)} %."


# mistakes


def _mistakes(evaluation: Evaluation, end: RunEnd) -> list[Block]:
    """The few most telling ones: what the model said, what it should have said, in the sentence."""
    blocks: list[Block] = []
    for mistake in evaluation.mistakes:
        text = end.texts.get(mistake.sentence_id)
        span = mistake.gold or mistake.found
        if text is None or span is None or span.end > len(text):
            continue
        blocks += [line(*_mistake_words(mistake, text)), marked_sentence(text, [span])]
    return [line(plain("Where it errs most", bold=True)), *blocks] if blocks else []


def _mistake_words(mistake: Mistake, text: str) -> list[str | RichTextElement]:
    often = f" ({mistake.count} times like this)" if mistake.count > 1 else ""
    gold, found = mistake.gold, mistake.found
    where = f"#{mistake.sentence_id}: "
    if found is None and gold is not None:
        return [where, "should be ", *label_name(gold.label), ", model said nothing", often]
    if gold is None and found is not None:
        return [where, "should be nothing, model said ", *label_name(found.label), often]
    assert gold is not None
    assert found is not None
    if mistake.kind == "boundary":
        return [
            where,
            "should be ",
            plain(_phrase(text, gold.start, gold.end), bold=True),
            ", model said ",
            plain(_phrase(text, found.start, found.end), bold=True),
            often,
        ]
    said = label_name(found.label)
    return [where, "should be ", *label_name(gold.label), ", model said ", *said, often]


def _phrase(text: str, start: int, end: int) -> str:
    return f"“{shortened(text[start:end], 80)}”"


# advice


def _advice(run: Run, evaluation: Evaluation) -> list[Block]:
    """What would help most, each with the button that does it."""
    blocks: list[Block] = [_piece(words) for words in evaluation.advice]
    if evaluation.outlook:
        blocks.append(_piece(evaluation.outlook, _label_next(0)))
    for number, finding in enumerate(evaluation.findings):
        blocks.append(_finding(run, number, finding))
    if not blocks:
        return []
    return [line(plain("What would help most", bold=True)), *blocks[:_ADVICE]]


def _finding(run: Run, number: int, finding: Finding) -> Block:
    if finding.needs_more or not finding.sentences:
        return _piece(finding.words, _label_next(number + 1))
    count = len(finding.sentences)
    look = ButtonElement(
        text="Look at it" if count == 1 else f"Look at these {count}",
        action_id=f"{ids.LOOK_AT}.{number}",
        value=f"{run.id}:{number}",
    )
    return _piece(finding.words, look)


def _label_next(number: int) -> ButtonElement:
    return ButtonElement(
        text="Label the next", action_id=f"{ids.LABEL_FOR_MODEL}.{number}", value=str(number)
    )


def _piece(words: str, button: ButtonElement | None = None) -> Block:
    text = PlainTextObject(text=f"• {shortened(words, _WORDS)}", emoji=False)
    return SectionBlock(text=text, accessory=button)


def _method(evaluation: Evaluation) -> str:
    how = (
        "by cross-validation: each sentence was tagged by a model that had not seen it"
        if evaluation.method == "cross-validation"
        else "on sentences kept apart from the training"
    )
    together = " Sentences of one message were kept together." if evaluation.documents else ""
    return (
        f"Measured on {counted(evaluation.sentences, 'sentence')}, {how}.{together} "
        "An entity counts when start, end and label are right."
    )


# what is live


def _buttons(run: Run, end: RunEnd) -> list[Block]:
    if end.live == run.version:
        if end.undo_to is None:
            return []
        button = _asking(
            f"Undo: back to model {end.undo_to}",
            ids.UNDO_LIVE,
            run,
            asked=f"Model {end.undo_to} answers /ner again, model {run.version} stays in the list.",
        )
    elif end.usable:
        now = f"instead of model {end.live}" if end.live else "from now on"
        button = _asking(
            "Make it live",
            ids.MAKE_LIVE,
            run,
            asked=f"Model {run.version} answers /ner {now}. It can be undone.",
        )
    else:
        return []
    return [ActionsBlock(elements=[button])]


def _asking(text: str, action: str, run: Run, *, asked: str) -> ButtonElement:
    return ButtonElement(
        text=text,
        action_id=action,
        value=str(run.id),
        confirm=ConfirmObject(
            title="Change the live model?",
            text=PlainTextObject(text=asked),
            confirm="Do it",
            deny="Leave it",
        ),
    )
