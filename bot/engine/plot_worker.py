"""``python -m bot.engine.plot_worker``: draws pictures, in a process of its own whose memory is given back.

Reads a JSON list of pictures from stdin, writes a JSON list of PNG files in base64 to stdout. A picture is drawn on a
white card with letters that can be read at 360 pixels' width, so that it stands on light and dark pages alike.
"""

import base64
import io
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import ScaledTranslation

from bot.domain.label_colours import colour_of

#: Inches and dots an inch: 1,040 pixels' width.
_WIDTH, _HEIGHT, _DPI = 5.2, 3.9, 200
_INK, _PALE, _BLUE, _ORANGE = "#1d1c1d", "#d9dee3", "#0b5cad", "#b35900"
_WRONG = "#e8872b"
_STYLE: Any = {
    "font.size": 13,
    "axes.edgecolor": _INK,
    "axes.labelcolor": _INK,
    "text.color": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.parse_math": False,
}
_ROWS_OF_WORDS = ("other borders", "not found")
_CHARACTERS = 14
#: Points: as high as a small letter.
_MARK = 9


def main() -> int:
    """Draw what stdin asks for."""
    pictures = json.load(sys.stdin)
    drawn = [base64.b64encode(draw(picture)).decode() for picture in pictures]
    sys.stdout.write(json.dumps(drawn))
    return 0


def draw(picture: Mapping[str, Any]) -> bytes:
    """One picture as a PNG file."""
    data = picture["data"]
    height = _HEIGHT
    if picture["kind"] == "confusion":
        height = max(_HEIGHT, 1.9 + 0.42 * len(data["rows"]))
    with rc_context(_STYLE):
        figure = Figure((_WIDTH, height), dpi=_DPI, layout="constrained", facecolor="white")
        axes = figure.add_subplot()
        figure.suptitle(picture["title"], x=0.02, ha="left", fontsize=14, fontweight="bold")
        _DRAW[picture["kind"]](axes, data)
        file = io.BytesIO()
        figure.savefig(file, format="png")
    return file.getvalue()


def _curve(axes: Axes, data: Mapping[str, Any]) -> None:
    sizes, f1, low, high = _columns(data["points"])
    axes.fill_between(sizes, low, high, color=_BLUE, alpha=0.15, linewidth=0)
    axes.plot(sizes, f1, color=_BLUE, marker="o", markersize=7, linewidth=2.5)
    _name_points(axes, sizes, f1, above=high)
    words = "sentences learned from\n● scored on a part of them (band: 95 % interval)"
    if score := data.get("score"):
        # The points compare with each other; the score of the training rests on more sentences.
        (at,), (whole,), (least,), (most,) = _columns([score])
        _headline(axes, (sizes[-1], f1[-1]), (at, whole, least, most))
        low, high = [*low, least], [*high, most]
        sizes = [*sizes, at] if at > 1.05 * sizes[-1] else sizes
        words += "\n◆ score of the training, measured on all of them"
    _share_axis(axes, low, high)
    axes.set_xlabel(words)
    axes.set_xticks(sizes, [f"{size:.0f}" for size in sizes])
    axes.margins(x=0.14)


def _headline(
    axes: Axes, last: tuple[float, float], score: tuple[float, float, float, float]
) -> None:
    """The score of the training itself, where the curve ends, or beside the last point of the curve."""
    at, f1, low, high = score
    left, right = axes.get_xlim()
    if at <= 1.05 * last[0]:
        at = last[0] + 0.06 * (right - left)  # the number of the last point stays free
    axes.plot([last[0], at], [last[1], f1], color=_BLUE, linestyle=":", linewidth=2)
    style: Any = {"color": _ORANGE, "ecolor": "#e9c29b", "elinewidth": 4, "marker": "D"}
    axes.errorbar([at], [f1], yerr=[[max(0, f1 - low)], [max(0, high - f1)]], markersize=9, **style)
    place: Any = {"xytext": (10, 0), "textcoords": "offset points", "va": "center"}
    axes.annotate(f"{f1:.0f}", (at, f1), color=_ORANGE, fontweight="bold", **place)


def _scores(axes: Axes, data: Mapping[str, Any]) -> None:
    versions, f1, low, high = _columns(data["points"])
    below = [max(0.0, value - edge) for value, edge in zip(f1, low, strict=True)]
    above = [max(0.0, edge - value) for value, edge in zip(f1, high, strict=True)]
    axes.errorbar(
        versions,
        f1,
        yerr=[below, above],
        color=_BLUE,
        ecolor="#9dbfe0",
        elinewidth=4,
        linewidth=2.5,
        marker="o",
        markersize=7,
    )
    if len(versions) <= 12:
        _name_points(axes, versions, f1, above=high)
    if data["live"] in versions:
        at = versions.index(data["live"])
        axes.plot([versions[at]], [f1[at]], marker="D", markersize=11, color=_ORANGE, zorder=5)
        live: Any = {"xytext": (0, -18), "textcoords": "offset points", "ha": "center"}
        axes.annotate("live", (versions[at], low[at]), color=_ORANGE, fontweight="bold", **live)
        low = [*low[:at], low[at] - 6, *low[at + 1 :]]
    _share_axis(axes, low, high)
    axes.set_xlabel("model (bars: 95 % interval)")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8))
    axes.margins(x=0.08)


def _columns(points: Sequence[Sequence[float]]) -> list[list[float]]:
    """Where each point is, then F1 and its interval in per cent."""
    places, *shares = ([point[i] for point in points] for i in range(4))
    return [places, *([100 * share for share in column] for column in shares)]


def _name_points(
    axes: Axes, places: Sequence[float], values: Sequence[float], *, above: Sequence[float]
) -> None:
    """Each value in numbers, above what is drawn there."""
    for place, value, top in zip(places, values, above, strict=True):
        axes.annotate(
            f"{value:.0f}",
            (place, top),
            xytext=(0, 9 if top == value else 4),
            textcoords="offset points",
            ha="center",
            fontweight="bold",
        )


def _share_axis(axes: Axes, low: Sequence[float], high: Sequence[float]) -> None:
    bottom = max(0.0, min(low) - 5)
    axes.set_ylim(bottom, max(high) + 9)
    axes.set_yticks([tick for tick in range(0, 101, 20) if tick >= bottom])
    axes.set_ylabel("F1, per cent")
    axes.grid(axis="y", color=_PALE)
    axes.set_axisbelow(True)


def _confusion(axes: Axes, data: Mapping[str, Any]) -> None:
    rows: list[list[int]] = data["rows"]
    names = [_short(name) for name in data["labels"]]
    axes.imshow(_colours(rows), aspect="auto")
    for at, row in enumerate(rows):
        for column, count in enumerate(row):
            if count:
                deep = at == column and count > 0.6 * sum(row)
                colour = "white" if deep else _INK
                weight = "bold" if at == column else "normal"
                style: Any = {"color": colour, "fontweight": weight, "ha": "center", "va": "center"}
                axes.text(column, at, str(count), **style)
    columns = [*names, *_ROWS_OF_WORDS]
    axes.set_xticks(range(len(columns)), columns, rotation=40, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(len(rows)), [*names, "nothing"])
    axes.set_xlabel("what the model said")
    axes.set_ylabel("what is there")
    axes.tick_params(length=0)
    _mark_labels(axes, data["labels"])
    for edge in axes.spines.values():
        edge.set_visible(False)
    axes.set_xticks([x - 0.5 for x in range(1, len(columns))], minor=True)
    axes.set_yticks([y - 0.5 for y in range(1, len(rows))], minor=True)
    axes.grid(which="minor", color="white", linewidth=3)
    axes.tick_params(which="minor", length=0)


def _mark_labels(axes: Axes, labels: Sequence[str]) -> None:
    """The square or circle that each label has in Slack, between its name and its row and column."""
    axes.tick_params(pad=_MARK + 8)
    figure = axes.get_figure(root=True)
    assert figure is not None
    outwards = -(_MARK / 2 + 4) / 72
    inches = figure.dpi_scale_trans
    left = axes.get_yaxis_transform() + ScaledTranslation(outwards, 0, inches)
    below = axes.get_xaxis_transform() + ScaledTranslation(0, outwards, inches)
    for at, label in enumerate(labels):
        colour = colour_of(label)
        style: Any = {
            "marker": "o" if colour.is_round else "s",
            "markersize": _MARK,
            "color": colour.hue,
            "clip_on": False,
        }
        axes.plot([0], [at], transform=left, scalex=False, scaley=False, **style)
        axes.plot([at], [0], transform=below, scalex=False, scaley=False, **style)


def _colours(rows: Sequence[Sequence[int]]) -> list[list[tuple[float, float, float]]]:
    """Blue where it is right, orange where it is wrong, deeper with its share of the row; what is said in numbers
    does not need the colours."""
    return [
        [
            _mixed(_BLUE if at == column < len(rows) - 1 else _WRONG, count / max(sum(row), 1))
            for column, count in enumerate(row)
        ]
        for at, row in enumerate(rows)
    ]


def _mixed(colour: str, share: float) -> tuple[float, float, float]:
    red, green, blue = to_rgb(colour)
    much = 0.07 + 0.93 * share
    return 1 - much * (1 - red), 1 - much * (1 - green), 1 - much * (1 - blue)


def _short(name: str) -> str:
    return name if len(name) <= _CHARACTERS else name[: _CHARACTERS - 1] + "…"


_DRAW: Mapping[str, Callable[[Axes, Mapping[str, Any]], None]] = {
    "curve": _curve,
    "confusion": _confusion,
    "scores": _scores,
}

if __name__ == "__main__":
    sys.exit(main())
