"""The names by which Slack gives our buttons back to us."""

import re

FINISH = "label.finish"
UNDO = "label.undo"
NEXT = "label.next"
NONE = "label.none"
SKIP = "label.skip"
CHOICE = "label.choice"
"""One button of a question: `label.choice.0`, `label.choice.1`, …, since ids in a block differ."""
CANCEL_RUN = "train.cancel"

MAKE_LIVE = "models.live"
UNDO_LIVE = "models.undo"
ROLL_BACK = "models.rollback"
MODELS_NEWEST = "models.newest"
MODELS_OLDER = "models.older"
SCORES_PICTURE = "models.picture"
LABEL_NEXT = "models.label_next"
LOOK_AT = "models.look_at"
"""Beside one finding of a run: `models.look_at.0`, …"""
OPEN_SENTENCE = "models.open"
"""One sentence of a list: `models.open.0`, …"""

BUTTON_TEXT = 75
"""Slack's limit for the words on a button."""

CONFIRM = "nerbot.confirm"
DECLINE = "nerbot.decline"
UNDO_STEP = "nerbot.undo"
UNDO_EVENT = "nerbot.undo_event"
"""One line of the history: `nerbot.undo_event.12`."""
HISTORY_NEWER = "nerbot.history_newer"
HISTORY_OLDER = "nerbot.history_older"
REVIEW_TAKE = "nerbot.review_take"
"""One version of a disagreement: `nerbot.review_take.0`, …"""
REVIEW_MYSELF = "nerbot.review_myself"
REVIEW_NEXT = "nerbot.review_next"


def one_of(action: str) -> re.Pattern[str]:
    """The ids of buttons that differ by a number at the end."""
    return re.compile(rf"^{re.escape(action)}\.\d+$")
