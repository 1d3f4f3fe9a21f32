"""The team's numbers, small enough for a phone."""

from collections.abc import Sequence
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    RawNumberObject,
    RawTextObject,
    RichTextBlock,
    RichTextElement,
    RichTextSectionElement,
    TableBlock,
    TableBlockColumnSettings,
)

from bot.slack.text import (
    Line,
    View,
    as_text,
    counted,
    label_name,
    line,
    named,
    percent,
    person,
    plain,
    said,
    small,
)
from bot.team.values.stats import Agreement, PersonStats, TeamStats

Cell = dict[str, Any] | RawTextObject | RawNumberObject | RichTextBlock

#: Slack takes 100 rows; so many are read.
_PEOPLE = 30
_LABELS = 40
_PAIRS = 5


def stats_view(stats: TeamStats) -> View:
    """Finished sentences, people, labels, agreement."""
    lines: list[Line] = [
        [
            plain(f"{stats.project}: {counted(stats.finished, 'finished sentence')}", bold=True),
            f" · {stats.today:,} today · {stats.week:,} this week · {stats.waiting:,} to go"
            + (
                f" · people disagree on {stats.disputed:,} more: /nerbot review"
                if stats.disputed
                else ""
            ),
        ]
    ]
    blocks: list[Block] = []
    texts: list[str] = []
    if stats.people:
        blocks.append(_people_table(stats))
        texts += [as_text(_person_line(each)) for each in stats.people[:_PEOPLE]]
        blocks.append(
            small(
                "Seconds: the median from one sentence to the next; gaps of over 10 minutes are left out."
            )
        )
    rest = [_labels_line(stats)] if stats.per_label else []
    rest += _agreement_lines(stats.agreement) if stats.agreement else []
    blocks += [line(*each) for each in rest]
    view = said(*lines, blocks=blocks)
    return View("\n".join([view.text, *texts, *map(as_text, rest)]), view.blocks)


def _people_table(stats: TeamStats) -> TableBlock:
    head: list[Cell] = [
        RawTextObject(text=word) for word in ("Who", "Today", "Week", "All", "Seconds")
    ]
    right = TableBlockColumnSettings(align="right")
    rows: list[list[Cell]] = [
        [
            RichTextBlock(elements=[RichTextSectionElement(elements=[person(each.person)])]),
            RawTextObject(text=f"{each.today:,}"),
            RawTextObject(text=f"{each.week:,}"),
            RawTextObject(text=f"{each.all:,}"),
            RawTextObject(text=_seconds(each.seconds)),
        ]
        for each in stats.people[:_PEOPLE]
    ]
    return TableBlock(
        rows=[head, *rows],
        column_settings=[TableBlockColumnSettings(align="left"), right, right, right, right],
    )


def _seconds(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    return "<1" if seconds < 1 else f"{seconds:.0f}"


def _person_line(each: PersonStats) -> Line:
    took = "" if each.seconds is None else f", {_seconds(each.seconds)} seconds a sentence"
    return [
        person(each.person),
        f": {each.today:,} today, {each.week:,} this week, {each.all:,} in all{took}",
    ]


def _labels_line(stats: TeamStats) -> Line:
    shown = _beside_labels([(name, f"{number:,}") for name, number in stats.per_label[:_LABELS]])
    more = len(stats.per_label) - _LABELS
    return [plain("Labels: ", bold=True), *shown, *([f" · {more} more"] if more > 0 else [])]


def _beside_labels(numbers: Sequence[tuple[str, str]]) -> Line:
    """Each label in its colour with its number."""
    pieces: list[str | RichTextElement] = []
    for name, number in numbers:
        pieces += [*([" · "] if pieces else []), *label_name(name), f" {number}"]
    return pieces


def _agreement_lines(agreement: Agreement) -> list[Line]:
    first: Line = [
        plain(f"Agreement: {percent(agreement.f1)} %", bold=True),
        (
            f" of span F1 on {counted(agreement.sentences, 'sentence')} that several people finished "
            f"{'blind' if agreement.blind else 'with suggestions'} "
            f"({percent(agreement.lenient)} % where an overlap with the same label is enough)"
        ),
    ]
    lines = [first]
    if not agreement.blind:
        lines.append(
            ["People who were shown the same suggestion agree more than they would alone."]
        )
    if agreement.with_suggestions is not None:
        f1, sentences = agreement.with_suggestions
        lines.append(
            [
                (
                    f"With suggestions: {percent(f1)} % on {counted(sentences, 'more sentence')}; "
                    "this measures the suggestions as well"
                )
            ]
        )
    if agreement.per_label:
        by_label = sorted(agreement.per_label, key=lambda label: label.f1)[:_LABELS]
        lines.append(
            _beside_labels([(label.label, f"{percent(label.f1)} %") for label in by_label])
        )
    if len(agreement.pairs) > 1:
        weakest = sorted(agreement.pairs, key=lambda pair: pair[2])[:_PAIRS]
        lines += [[*named(pair[:2]), f": {percent(pair[2])} %"] for pair in weakest]
    return lines
