"""Housekeeping: vacuum and fresh statistics after a load or a night, where enough has changed.

Measuring reads indexes alone, which works only on vacuumed pages, and a replay of many nights runs
faster than the server's own autovacuum looks around (DESIGN section 10, point 5).
"""

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

_CHANGED = """
select relname
from pg_stat_user_tables
where schemaname = current_schema()
    and (
        n_dead_tup > 10000 + 0.05 * n_live_tup
        or n_ins_since_vacuum > 20000 + 0.1 * n_live_tup
        or n_mod_since_analyze > 5000 + 0.1 * n_live_tup
    )
order by relname
"""


def tidy(connection: psycopg.Connection[TupleRow]) -> None:
    """Vacuum and analyze the tables that changed much; the connection must be in autocommit."""
    for (table,) in connection.execute(_CHANGED).fetchall():
        connection.execute(sql.SQL("vacuum (analyze) {}").format(sql.Identifier(table)))
