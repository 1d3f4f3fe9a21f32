"""The names by which Slack gives our buttons back to us."""

FINISH = "label.finish"
UNDO = "label.undo"
NEXT = "label.next"
NONE = "label.none"
SKIP = "label.skip"
CHOICE = "label.choice"
"""One button of a question: `label.choice.0`, `label.choice.1`, …, since ids in a block differ."""
CANCEL_RUN = "train.cancel"
OLDER_RUNS = "train.older"
DIGEST_OFF = "train.digest_off"
NEWER_RUNS = "train.newer"

BUTTON_TEXT = 75
"""Slack's limit for the words on a button."""
