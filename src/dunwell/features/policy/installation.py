"""What an empty database needs before any policy exists: the first command puts it there."""

import iso4217
import psycopg
from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb

from dunwell.features.policy import calendars, settings

PREDEFINED_ACTIONS = {
    "inactivate": "Inactivate bill unit",
    "refer_to_agency": "Refer to collections agency",
    "close": "Close bill unit",
    "write_off": "Write off balance",
}
"""Type and name of the actions that exist in every brand and can't be modified (manual: Branding
and Collections Configuration)."""

ACTIONS_BY_HAND = {"promise": "Promise to pay"}
"""The same for actions that people add to a case; a scenario's steps can't name them."""

DEFAULT_BUCKETS = (30, 60, 90)


def install(connection: psycopg.Connection[TupleRow]) -> None:
    """Currencies, a default brand with a calendar of working days only, debt class `standard`,
    the predefined actions, aging buckets and settings; does nothing the second time.
    """
    if connection.execute("select 1 from brand").fetchone():
        return
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into currency (code, digits) values (%s, %s)",
            [
                (currency.code, currency.exponent)
                for currency in iso4217.Currency
                if currency.exponent is not None
            ],
        )
        row = cursor.execute(
            "insert into calendar (name) values ('every day') returning id"
        ).fetchone()
        assert row is not None
        calendars.rebuild(connection, row[0])
        cursor.execute(
            "insert into brand (name, locale, time_zone, calendar_id, is_default)"
            " values ('default', 'en_US', 'UTC', %s, true)",
            row,
        )
        cursor.execute("insert into debt_class (name) values ('standard')")
        cursor.executemany(
            "insert into action_definition (name, type) values (%s, %s)",
            [(name, kind) for kind, name in (PREDEFINED_ACTIONS | ACTIONS_BY_HAND).items()],
        )
        cursor.executemany(
            "insert into aging_bucket (position, up_to_days) values (%s, %s)",
            list(enumerate(DEFAULT_BUCKETS, start=1)),
        )
    settings.write(connection, settings.PolicySettings())
    connection.execute(
        "insert into policy_version (applied_by, note, document, fingerprint)"
        " values ('dunwell', 'the empty policy of a new installation', %s, '')",
        [Jsonb({"templates": []})],
    )


def ensure_default_profiles(connection: psycopg.Connection[TupleRow]) -> None:
    """A default profile for each brand and currency that has bill units; the caller commits."""
    connection.execute(
        """
        insert into profile (brand_id, name, currency, description, is_default)
        select distinct account.brand_id, 'default ' || bill_unit.currency, bill_unit.currency,
            'Bill units in ' || bill_unit.currency || ' that no rule selects', true
        from bill_unit
        join account on account.id = bill_unit.account_id
        where not exists (
            select from profile
            where profile.brand_id = account.brand_id
                and profile.currency = bill_unit.currency
                and profile.is_default
                and profile.retired_version is null
        )
        """
    )
