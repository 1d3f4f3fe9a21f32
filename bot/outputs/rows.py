"""A change as a flat row: what files, tables, lists and webhooks have of it."""

from bot.domain.entities import COLUMNS, row_of

__all__ = ["COLUMNS", "row_of"]
