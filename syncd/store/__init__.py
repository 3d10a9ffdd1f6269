"""The database: tables, units of work, set-based queries and migrations. SQLite and PostgreSQL, one history."""
