"""The database: the embedded server, connections, migrations and named SQL statements."""
