"""The words for states, kinds and reasons, as they stand in tables, JSON and screens."""

from enum import StrEnum


class CaseStatus(StrEnum):
    """A case is open from entry until one of the close reasons ends it."""

    OPEN = "open"
    CLOSED = "closed"


class CloseReason(StrEnum):
    """Why a case ended."""

    CURED = "cured"
    WRITTEN_OFF = "written_off"
    EXEMPTED = "exempted"
    REPLACED = "replaced"
    EXHAUSTED = "exhausted"
    STOPPED = "stopped"
    PROMISE_KEPT = "promise_kept"
    JOINED_GROUP = "joined_group"
    AGREEMENTS_CLEARED = "agreements_cleared"


class AdjustmentStatus(StrEnum):
    """Where an adjustment stands that somebody requested."""

    WAITING = "waiting"
    POSTED = "posted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class AdjustmentDirection(StrEnum):
    """What an adjustment does: a credit lowers what is owed, a debit raises it."""

    CREDIT = "credit"
    DEBIT = "debit"


class DisputeOutcome(StrEnum):
    """What came of a dispute that somebody resolved."""

    REFUSED = "refused"
    GRANTED = "granted"
    PARTLY_GRANTED = "partly_granted"


class GroupRole(StrEnum):
    """What a bill unit is in its sharing group."""

    PARENT = "parent"
    MEMBER = "member"


class ActionStatus(StrEnum):
    """Where an action stands; pending, waiting and error are open (DESIGN section 9, ruling 7)."""

    PENDING = "pending"
    WAITING = "waiting"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    ERROR = "error"


OPEN_ACTIONS = (ActionStatus.PENDING, ActionStatus.WAITING, ActionStatus.ERROR)


class ActionType(StrEnum):
    """What an action does; each has its module in `dunwell.actions`."""

    MANUAL = "manual"
    LATE_FEE = "late_fee"
    FINANCE_CHARGE = "finance_charge"
    WRITE_OFF = "write_off"
    INACTIVATE = "inactivate"
    CLOSE = "close"
    REFER_TO_AGENCY = "refer_to_agency"
    COLLECT_PAYMENT = "collect_payment"
    CUSTOM = "custom"
    INVOICE_REMINDER = "invoice_reminder"
    DUNNING_LETTER = "dunning_letter"
    PROMISE = "promise"
    CUSTOMER_CONTACT = "customer_contact"
    AFFECT_RATING = "affect_rating"
    START_SEVERANCE = "start_severance"
    CANCEL_PAY_PLAN = "cancel_pay_plan"
    CANCEL_BUDGET = "cancel_budget"
    TO_DO_ENTRY = "to_do_entry"


class ActionTarget(StrEnum):
    """Which bill units of a sharing group an action reaches."""

    SELF = "self"
    ALL_MEMBERS = "all_members"
    ALL_MEMBERS_AND_PARENT = "all_members_and_parent"


class SeveranceStatus(StrEnum):
    """Where a severance process stands."""

    ACTIVE = "active"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class AgreementStatus(StrEnum):
    """Whether a service is supplied."""

    PENDING_START = "pending_start"
    ACTIVE = "active"
    STOPPED = "stopped"
    CLOSED = "closed"


class SeveranceEventStatus(StrEnum):
    """Where an event of a severance process stands. Sent: the field system or a person has it;
    executing: a field activity that was given free a moment ago.
    """

    WAITING = "waiting"
    PENDING = "pending"
    SENT = "sent"
    EXECUTING = "executing"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    ERROR = "error"


class SeveranceEventType(StrEnum):
    """What an event of a severance process does."""

    LETTER = "letter"
    CREDIT_RATING = "credit_rating"
    TO_DO = "to_do"
    FIELD_ACTIVITY = "field_activity"
    EXPIRE = "expire"
    GENERIC = "generic"


class FieldActivity(StrEnum):
    """What somebody does at the premise."""

    DISCONNECT_WARNING = "disconnect_warning"
    CUT = "cut"
    RECONNECT = "reconnect"


class CollectionStage(StrEnum):
    """The substatuses that there always are; the policy names further stages."""

    NEVER = "never_in_collections"
    EXITED = "exited"
    ENTERED = "entered"
    SUSPENDED = "suspended"


RESERVED_SUBSTATUSES = frozenset(CollectionStage)


class AlertStatus(StrEnum):
    """Where a credit alert stands."""

    OPEN = "open"
    CLOSED = "closed"


class AlertActivity(StrEnum):
    """What was done about a credit alert; a note says something and does nothing."""

    NOTE = "note"
    REMINDER_CALL = "reminder_call"
    LETTER = "letter"
    EMAIL = "email"
    DEMAND = "demand"
    REFERRAL = "referral"
    SUSPENSION = "suspension"
    CANCELLATION = "cancellation"


class DayUnit(StrEnum):
    """How a scenario counts the days of its offsets."""

    CALENDAR = "calendar"
    WORKING = "working"


class ItemKind(StrEnum):
    """Where an open item comes from."""

    BILL = "bill"
    CORRECTION = "correction"
    ADJUSTMENT = "adjustment"
    LATE_FEE = "late_fee"
    FINANCE_CHARGE = "finance_charge"
    WRITTEN_OFF = "written_off"


class LetterStatus(StrEnum):
    """Where a letter stands; the last four are final unless a person says otherwise."""

    READY = "ready"
    RENDERED = "rendered"
    SENDING = "sending"
    UNCERTAIN = "uncertain"
    SENT = "sent"
    WITHDRAWN = "withdrawn"
    ERROR = "error"


class ReminderStatus(StrEnum):
    """Where an invoice reminder stands: it waits for an invoice, then is claimed and confirmed."""

    READY = "ready"
    WAITING = "waiting"
    CLAIMED = "claimed"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"
    ERROR = "error"


class Channel(StrEnum):
    """How a letter goes out."""

    PRINT = "print"
    EMAIL = "email"


class TemplateKind(StrEnum):
    """What a template is for."""

    DUNNING = "dunning"
    INVOICE_REMINDER = "invoice_reminder"
    EMAIL_BODY = "email_body"


class Direction(StrEnum):
    """Who began a contact with a customer."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class ContactChannel(StrEnum):
    """How a customer was spoken or written with."""

    PHONE = "phone"
    EMAIL = "email"
    LETTER = "letter"
    TEXT_MESSAGE = "text_message"
    IN_PERSON = "in_person"
    WEB = "web"
    OTHER = "other"


class DemeritKind(StrEnum):
    """What a demerit counts towards."""

    CREDIT_RATING = "credit_rating"
    CASH_ONLY = "cash_only"
