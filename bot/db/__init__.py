"""The database: transactions, tables and what several features keep there."""
