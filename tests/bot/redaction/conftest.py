from tests.bot.api.conftest import served, taught
from tests.bot.watching.conftest import ward

__all__ = ["served", "taught", "ward"]
