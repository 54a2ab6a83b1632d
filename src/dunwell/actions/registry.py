"""The one place that knows all action types."""

from collections.abc import Mapping

from dunwell.actions import (
    affect_rating,
    cancel_budget,
    cancel_pay_plan,
    close,
    collect_payment,
    custom,
    customer_contact,
    dunning_letter,
    finance_charge,
    inactivate,
    invoice_reminder,
    late_fee,
    manual,
    promise,
    refer_to_agency,
    start_severance,
    to_do_entry,
    write_off,
)
from dunwell.actions.base import Handler
from dunwell.domain.statuses import ActionType

HANDLERS: Mapping[str, Handler] = {
    ActionType.MANUAL: manual.handler,
    ActionType.LATE_FEE: late_fee.handler,
    ActionType.FINANCE_CHARGE: finance_charge.handler,
    ActionType.WRITE_OFF: write_off.handler,
    ActionType.INACTIVATE: inactivate.handler,
    ActionType.CLOSE: close.handler,
    ActionType.REFER_TO_AGENCY: refer_to_agency.handler,
    ActionType.COLLECT_PAYMENT: collect_payment.handler,
    ActionType.CUSTOM: custom.handler,
    ActionType.INVOICE_REMINDER: invoice_reminder.handler,
    ActionType.DUNNING_LETTER: dunning_letter.handler,
    ActionType.PROMISE: promise.handler,
    ActionType.CUSTOMER_CONTACT: customer_contact.handler,
    ActionType.AFFECT_RATING: affect_rating.handler,
    ActionType.START_SEVERANCE: start_severance.handler,
    ActionType.CANCEL_PAY_PLAN: cancel_pay_plan.handler,
    ActionType.CANCEL_BUDGET: cancel_budget.handler,
    ActionType.TO_DO_ENTRY: to_do_entry.handler,
}

LOWERING_TYPES = [str(kind) for kind, handler in HANDLERS.items() if handler.lowers_balance]
