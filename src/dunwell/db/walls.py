"""The brand walls: row-level security under the application's own checks (DESIGN section 10).

Web and API transactions take one of two roles. `dunwell_member` sees the rows of the brands that
the setting `dunwell.brands` names, and none without it; `dunwell_everywhere` is for those who see
every brand. Neither owns a table or reads passwords and tokens. The night, the loader and the
command line stay who they are. Every migration ends by putting up what is missing here, so a new
table gets its wall by its columns: `account_id`, or `brand_id`.
"""

from collections.abc import Iterable

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from dunwell.db import locks
from dunwell.domain.errors import Unavailable

Connection = psycopg.Connection[TupleRow]

MEMBER = "dunwell_member"
EVERYWHERE = "dunwell_everywhere"
BRANDS = "dunwell.brands"

CLOSED = frozenset(
    {"person", "token", "failed_login", "idempotency_key", "alembic_version", "connector"}
)
"""Only the owner reads these: access itself is decided before a role is taken, and what other
systems tell is read by the worker."""

_MINE = f"any((select string_to_array(current_setting('{BRANDS}', true), ',')::int[])::int[])"

# a list of ids: of one's own brands only; what is for every brand is for who sees every brand
_BY_LIST = f"""
    case when jsonb_typeof(brands) = 'array' then
        jsonb_array_length(brands) > 0 and not exists (
            select from jsonb_array_elements_text(brands) as wanted (id)
            where (wanted.id::int = {_MINE}) is not true
        )
    else false end
"""

_OF_BRANDS = {
    "brand": f"id = {_MINE}",
    "subscription": _BY_LIST,
    "report_schedule": _BY_LIST,
    "delivery": "exists (select from subscription where subscription.id = subscription_id)",
    # payers and letters of all brands together
    "bank_statement": "false",
    "statement_entry": "false",
    "outgoing_file": "false",
    # of every brand's policy at once
    "policy_draft": "false",
    "template_text": "false",
}
"""The walls of tables that belong to brands without saying so in a column of their own."""

_DOING_AT_ONCE = (
    psycopg.errors.DuplicateObject,
    psycopg.errors.UniqueViolation,
    psycopg.errors.InternalError_,
)

_TABLES = """
select
    pg_class.relname,
    array_agg(pg_attribute.attname::text),
    bool_or(pg_attribute.attname in ('account_id', 'brand_id') and not pg_attribute.attnotnull),
    pg_class.relrowsecurity and exists (
        select from pg_policy
        where pg_policy.polrelid = pg_class.oid and pg_policy.polname = 'every_brand'
    ),
    has_table_privilege(%(member)s, pg_class.oid, 'insert')
        and has_table_privilege(%(everywhere)s, pg_class.oid, 'insert')
from pg_class
join pg_attribute
    on pg_attribute.attrelid = pg_class.oid
    and pg_attribute.attnum > 0
    and not pg_attribute.attisdropped
where pg_class.relnamespace = current_schema()::regnamespace
    and pg_class.relkind in ('r', 'p')
    and not pg_class.relispartition
group by pg_class.oid
order by pg_class.relname
"""


def put_up(connection: Connection) -> None:
    """Make the roles, and give every table its grants and its wall; what is there stays."""
    connection.execute("select pg_advisory_xact_lock(%s)", [locks.WALLS])
    for role in (MEMBER, EVERYWHERE):
        _ensure_role(connection, role)
    roles = {"member": MEMBER, "everywhere": EVERYWHERE}
    changed = False
    for table, columns, nullable, walled, granted in connection.execute(_TABLES, roles).fetchall():
        if table in CLOSED:
            continue
        if not granted:
            changed = True
            _grant(connection, table)
        if not walled and (rule := _rule(table, columns)):
            changed = True
            _wall(connection, table, rule, nullable=nullable)
    if changed:
        _grant_schema(connection)


def walled(connection: Connection) -> list[str]:
    """The tables that have a wall."""
    found = connection.execute(_TABLES, {"member": MEMBER, "everywhere": EVERYWHERE})
    return [table for table, _, _, is_walled, _ in found if is_walled]


def enter(connection: Connection, brands: Iterable[int] | None) -> None:
    """Go behind the walls until the transaction ends; without brands: see every brand's rows."""
    role = EVERYWHERE if brands is None else MEMBER
    named = ",".join(map(str, sorted(brands or ())))
    connection.execute(
        "select set_config('role', %s, true), set_config(%s, %s, true)", [role, BRANDS, named]
    )


def leave(connection: Connection) -> None:
    """Be the owner again, in the same transaction."""
    connection.execute(
        "select set_config('role', 'none', true), set_config(%s, '', true)", [BRANDS]
    )


def share_temporary_tables(connection: Connection) -> None:
    """Let both roles use the temporary tables that the connection has made as itself."""
    (schema,) = connection.execute("select pg_my_temp_schema()::regnamespace::text").fetchall()[0]
    connection.execute(
        sql.SQL("grant all on all tables in schema {} to {}, {}").format(
            *map(sql.Identifier, (schema, MEMBER, EVERYWHERE))
        )
    )


def _rule(table: str, columns: list[str]) -> str | None:
    """Which rows are behind whose wall; none for a table that belongs to the installation."""
    if table in _OF_BRANDS:
        return _OF_BRANDS[table]
    if "brand_id" in columns:
        return f"brand_id = {_MINE}"
    if "account_id" in columns:
        return f"exists (select from account where account.id = {table}.account_id)"
    return None


def _wall(connection: Connection, table: str, rule: str, *, nullable: bool) -> None:
    name = sql.Identifier(table)
    see = allow = sql.SQL(rule)  # from the catalog's own names
    if nullable and "account_id" in rule:
        # what belongs to no account (a night's report, a denial) may be written, not read
        allow = sql.SQL("account_id is null or {}").format(allow)  # type: ignore[assignment]
    elif nullable:
        # what belongs to every brand may be read, not written
        see = sql.SQL("brand_id is null or {}").format(see)  # type: ignore[assignment]
    everybody, member = sql.Identifier(EVERYWHERE), sql.Identifier(MEMBER)
    connection.execute(sql.SQL("alter table {} enable row level security").format(name))
    connection.execute(
        sql.SQL("create policy brand_wall on {} to {} using ({}) with check ({})").format(
            name, member, see, allow
        )
    )
    connection.execute(
        sql.SQL("create policy every_brand on {} to {} using (true)").format(name, everybody)
    )


def _grant(connection: Connection, table: str) -> None:
    connection.execute(
        sql.SQL("grant select, insert, update, delete on {} to {}, {}").format(
            *map(sql.Identifier, (table, MEMBER, EVERYWHERE))
        )
    )


def _grant_schema(connection: Connection) -> None:
    (schema,) = connection.execute("select current_schema()").fetchall()[0]
    for grant in ("usage on schema {}", "usage on all sequences in schema {}"):
        connection.execute(
            sql.SQL("grant " + grant + " to {}, {}").format(
                *map(sql.Identifier, (schema, MEMBER, EVERYWHERE))
            )
        )


def _ensure_role(connection: Connection, role: str) -> None:
    """The role, with us as its member. Databases of one server share roles, and others may be
    making them at this moment.
    """
    name = sql.Identifier(role)
    for what, exists in (
        ("create role {} nologin", "select 1 from pg_roles where rolname = %(role)s"),
        ("grant {} to current_user", _CAN_TAKE[connection.info.server_version >= _SET_OPTION]),
    ):
        if connection.execute(exists, {"role": role}).fetchone():
            continue
        try:
            with connection.transaction():
                connection.execute(sql.SQL(what).format(name))
        except _DOING_AT_ONCE:
            continue
        except psycopg.errors.InsufficientPrivilege as failure:
            (user,) = connection.execute("select current_user").fetchall()[0]
            raise Unavailable(
                f"The database role {user!r} may not make the roles behind which Dunwell's web and"
                f" API work. Have the server's administrator run: create role {MEMBER} nologin;"
                f" create role {EVERYWHERE} nologin; grant {MEMBER}, {EVERYWHERE} to"
                f' "{user}"; -- then repeat the command.'
            ) from failure


_SET_OPTION = 160_000
_CAN_TAKE = {
    True: "select 1 where pg_has_role(current_user, %(role)s, 'set')",
    False: "select 1 where pg_has_role(current_user, %(role)s, 'member')",
}
