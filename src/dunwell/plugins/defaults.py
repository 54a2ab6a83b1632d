"""The default policies: the manual's own behaviour, registered through the hooks like any other.

They decide in SQL, in the batch's temporary table, and so return nothing.
"""

from dunwell.db import statements
from dunwell.plugins.batch import Batch
from dunwell.plugins.specs import hookimpl

_DEFAULT = statements.load(__package__, "defaults.sql")


@hookimpl(tryfirst=True)
def select_profile(batch: Batch) -> None:
    """The policy's ordered rules, compiled to SQL."""
    batch.execute(_DEFAULT["select_profile"])


@hookimpl(tryfirst=True)
def valid_scenarios(batch: Batch) -> None:
    """The extra criteria of the scenarios, compiled to SQL."""
    if batch.fragments["criteria_expression"] != "true":
        batch.execute(_DEFAULT["valid_scenarios"])


@hookimpl(tryfirst=True)
def target_bill_units(batch: Batch) -> None:
    """The members of the sharing group, with or without its parent."""
    batch.execute(_DEFAULT["group_targets"])


@hookimpl(tryfirst=True)
def apply_late_fee(batch: Batch) -> None:
    """Amount and percentage of the definition, combined, converted, capped and rounded."""
    batch.execute(_DEFAULT["late_fee"])


@hookimpl(tryfirst=True)
def apply_finance_charge(batch: Batch) -> None:
    """The definition's percentage of the overdue balance."""
    batch.execute(_DEFAULT["finance_charge"])


@hookimpl(tryfirst=True)
def prepare_dunning_data(batch: Batch) -> None:
    """What typical dunning letters need."""
    batch.execute(_DEFAULT["letter_data"])


@hookimpl(tryfirst=True)
def prepare_invoice_reminder(batch: Batch) -> None:
    """The same as for a dunning letter."""
    batch.execute(_DEFAULT["letter_data"])


@hookimpl(tryfirst=True)
def assign_agency(batch: Batch) -> None:
    """The brand's agency that had the least open debt when the night began."""
    batch.execute(_DEFAULT["agency"])


@hookimpl(tryfirst=True)
def publish_event(batch: Batch) -> None:
    """What the manual's notification carries: bill unit, case, amounts, bills, and the actions."""
    batch.execute(_DEFAULT["publish_event"])
    batch.execute(_DEFAULT["publish_actions"])
