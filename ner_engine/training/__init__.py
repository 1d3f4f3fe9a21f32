"""From annotated texts to a trained, scored and saved model."""
