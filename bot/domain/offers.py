"""What is kept under an opaque id for the one person it was shown to."""

from bot.domain.editing import Draft
from bot.domain.labelling import Question, Suggestion
from bot.domain.recognition import Answer

Offer = Question | Suggestion | Draft | Answer
