"""The modal in which a sentence's spans are changed."""
