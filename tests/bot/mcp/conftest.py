from tests.bot.api.conftest import served, taught

__all__ = ["served", "taught"]
