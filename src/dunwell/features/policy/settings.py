"""The switches of the collections process: readable names, the manual's defaults.

Each field says which entry of the manual's configuration files it stands for.
"""

from datetime import date
from typing import Annotated, Any, Literal

import psycopg
from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb
from pydantic import BaseModel, ConfigDict, Field

from dunwell.features.policy.values import Amount, CurrencyCode, Name


class AdjustmentLimit(BaseModel):
    """Up to how much somebody of a role adjusts alone."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    role: Literal[
        "agent", "manager", "policy_owner", "service_rep", "operator", "administrator", "system"
    ] = Field(description="A role of people; `system` is a key of the API.")
    currency: CurrencyCode = Field(description="Of the amount: each currency has its own limits.")
    amount: Amount = Field(description="The largest adjustment that needs nobody else.")


class PolicySettings(BaseModel):
    """System-wide switches, written under `[settings]` in the policy file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    minimum_due: dict[CurrencyCode, Amount] = Field(
        default_factory=dict,
        description="Smallest overdue balance that is considered, by currency; reaching it is"
        " enough. 0 where none is given. Manual: minimum_due.",
    )
    pay_types: list[Name] = Field(
        default=["invoice", "card", "direct_debit", "cash", "check"],
        description="Bill units with another pay type never enter. Manual: pay_type.",
    )
    overdue_date: Literal["latest", "earliest"] = Field(
        default="latest",
        description="latest: the due date of the latest item that was ripe at entry, then frozen;"
        " earliest: of the earliest overdue item, kept up to date. Manual: old_overdue_behavior.",
    )
    entry_date: Literal["computed", "processing"] = Field(
        default="computed",
        description="computed: overdue date plus entry days, following the overdue date;"
        " processing: the day of the night that opened the case. Manual: use_current_time.",
    )
    action_dependencies: bool = Field(
        default=False,
        description="Actions wait until those of the date before are completed or cancelled."
        " Manual: collections_action_dependency.",
    )
    run_everything_missed: bool = Field(
        default=False,
        description="Also run actions that were due on or before the installation date; otherwise"
        " they are shown as skipped. Manual: execute_all_actions.",
    )
    installed_on: date | None = Field(
        default=None,
        description="The installation date that run_everything_missed compares with.",
    )
    delivery: Literal["print", "email"] = Field(
        default="print",
        description="How letters go out to bill units that aren't paid by invoice; those that are"
        " have their own `delivery`. Manual: delivery_preference.",
    )
    email_option: Literal["body", "attachment"] = Field(
        default="body",
        description="Whether an e-mail has the letter in its body or attached; a PDF is always"
        " attached. Manual: pin_collections_send_dunning_email_option.",
    )
    email_body: Name = Field(
        default="letter-attached",
        description="The template (of kind email_body) of the words that go with an attached"
        " letter. Manual: pin_collections_send_dunning_email_body.",
    )
    days_to_pay: int = Field(
        default=10,
        ge=1,
        le=365,
        description="How many days after its date a letter asks to be paid by; never later than"
        " the day before the case's next action.",
    )
    payment_retries: list[Annotated[int, Field(ge=1, le=365)]] = Field(
        default=[1, 3, 7],
        max_length=10,
        description="After how many days a payment that was declined for now is tried again: the"
        " first number after the first refusal, and so on. A hard decline isn't tried again.",
    )
    promise_grace_days: int = Field(
        default=0,
        ge=0,
        le=365,
        description="How many days after its due date an instalment may still be paid before the"
        " promise to pay is broken. No entry of the manual's: it leaves open when a promise is"
        " broken.",
    )
    credit_rating_start: int = Field(
        default=700,
        ge=0,
        le=1_000_000,
        description="The credit rating of an account without demerits; `account.credit_rating` is"
        " this plus the points of those in effect.",
    )
    credit_rating_threshold: int = Field(
        default=600,
        ge=0,
        le=1_000_000,
        description="A credit rating below this is poor: alerts and screens say so.",
    )
    cash_only_start: int = Field(
        default=0,
        ge=0,
        le=1_000_000,
        description="The cash-only score of an account without demerits;"
        " `account.cash_only_score` is this plus the points of those in effect.",
    )
    cash_only_threshold: int = Field(
        default=100,
        ge=0,
        le=1_000_000,
        description="From this cash-only score on, an account pays in cash only.",
    )
    collection_status: bool = Field(
        default=False,
        description="Keep each bill unit's collection status for customer care and its CRM: green,"
        " yellow while it is in collections, red while its service is suspended.",
    )
    credit_alerts: bool = Field(
        default=False,
        description="Raise a credit alert when a bill unit enters collections; needs"
        " collection_status.",
    )
    alert_days: int = Field(
        default=365,
        ge=1,
        le=36_500,
        description="For how many days alerts tell of broken, kept and denied pay plans and of"
        " bills that were written off.",
    )
    adjustment_limits: list[AdjustmentLimit] = Field(
        default_factory=list,
        description="Up to how much somebody of a role adjusts alone, by currency; of several roles"
        " the highest limit counts. Above it, and where no limit is given, a second person has to"
        " approve.",
    )
    bill_document_url: str | None = Field(
        default=None,
        max_length=500,
        pattern=r"^https?://[!-~]+$",
        description="Where the document of a bill is to be seen, `{bill_no}` and `{brand}` in it"
        " standing for the bill's number and the brand. The customer's page links there.",
    )
    publish_run_details: bool = Field(
        default=False,
        description="Write an event with the night's report after each run."
        " Manual: publish_run_details.",
    )


def read(connection: psycopg.Connection[TupleRow]) -> PolicySettings:
    """The settings in force."""
    rows = connection.execute("select name, value from setting").fetchall()
    return PolicySettings.model_validate(dict(rows))


def write(connection: psycopg.Connection[TupleRow], settings: PolicySettings) -> None:
    """Put the settings in force; the caller commits."""
    values: dict[str, Any] = settings.model_dump(mode="json")
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into setting (name, value) values (%s, %s)"
            " on conflict (name) do update set value = excluded.value",
            [(name, Jsonb(value)) for name, value in values.items()],
        )
