"""The only SQL: SQLAlchemy 2 async Core on SQLite or PostgreSQL."""
