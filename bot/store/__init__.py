"""The only SQL: one code path over SQLite and PostgreSQL. Opened in `database`, asked through
`store`."""
