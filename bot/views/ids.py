"""The names by which Slack gives our buttons back to us."""

FINISH = "label.finish"
UNDO = "label.undo"
UNDO_TOGETHER = "label.undo_together"
NEXT = "label.next"
NONE = "label.none"
SKIP = "label.skip"
CHOICE = "label.choice"
"""One button of a question: `label.choice.0`, `label.choice.1`, …, since ids in a block differ."""
PIECE = "label.piece"
"""[Label] beside one sentence of a message: `label.piece.0`, …; the list stays as it is."""
LABEL_MESSAGE = "label_message"
LABEL_NEXT = "label_next"
"""The shortcuts of manifest.yml."""
CANCEL_RUN = "train.cancel"

BUTTON_TEXT = 75
"""Slack's limit for the words on a button."""
