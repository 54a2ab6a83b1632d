"""Alembic's entry: runs the revisions over the engine that it is handed."""

from alembic import context

from dunwell.tables import metadata

with context.config.attributes["engine"].connect() as connection:
    # two first commands at the same moment: the second waits, then finds nothing to do
    connection.exec_driver_sql("select pg_advisory_lock(68001)")
    connection.commit()
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()
    connection.exec_driver_sql("select pg_advisory_unlock(68001)")
    connection.commit()
