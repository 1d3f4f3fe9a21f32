"""What is kept under an opaque id for the one person it was shown to."""

from bot.editor.commands import Draft
from bot.labelling.values.cards import Question, Suggestion
from bot.recognition.values import Answer

Offer = Question | Suggestion | Draft | Answer
