"""The words of the configuration: what the lists of a policy and the keys of its parts are called.
A list or key without a word here shows as the policy file writes it.
"""

from dataclasses import dataclass

from dunwell.features.policy.drafts import Kept
from dunwell.features.policy.parts import FORMS
from dunwell.features.policy.writing import counted
from dunwell.web import refusals
from dunwell.web.languages import N_, _

TITLES = {
    "name": N_("Name"),
    "brand": N_("Brand"),
    "description": N_("Description"),
    "currency": N_("Currency"),
    "default": N_("Default profile"),
    "rule": N_("Rule"),
    "criteria": N_("Further criteria"),
    "profile": N_("Profile"),
    "debt_class": N_("Debt class"),
    "entry_amount": N_("Entry amount"),
    "entry_days": N_("Entry days"),
    "exit_amount": N_("Exit amount"),
    "severity": N_("Severity"),
    "day_unit": N_("Days are"),
    "when_finished": N_("When all steps are done"),
    "steps": N_("Steps"),
    "day": N_("Day"),
    "action": N_("Action"),
    "mandatory": N_("Mandatory"),
    "type": N_("Type"),
    "target": N_("Target in a sharing group"),
    "amount": N_("Amount"),
    "terms": N_("Terms"),
    "percentage": N_("Percentage"),
    "combine": N_("Both together"),
    "cap": N_("Cap"),
    "template": N_("Template"),
    "engine": N_("Made with"),
    "format": N_("Makes"),
    "parameters": N_("Values of its own"),
    "country": N_("Country"),
    "subdivision": N_("State or province"),
    "weekend": N_("Days of the week not worked"),
    "days": N_("Days"),
    "date": N_("Date"),
    "working": N_("Worked"),
    "locale": N_("Language and country"),
    "time_zone": N_("Time zone"),
    "calendar": N_("Calendar"),
    "sender": N_("Sender of letters"),
    "address": N_("Address"),
    "phone": N_("Phone"),
    "email": N_("E-mail"),
    "website": N_("Website"),
    "bank": N_("Bank"),
    "account_holder": N_("Account holder"),
    "iban": N_("IBAN"),
    "bic": N_("BIC"),
    "payment_details": N_("Payment details"),
    "creditor_identifier": N_("Creditor identifier"),
    "legal": N_("Legal lines"),
    "source": N_("Field"),
    "values": N_("Values"),
    "category": N_("Category"),
    "code": N_("Code"),
    "labels": N_("Labels by locale"),
    "key": N_("Key"),
    "value": N_("Value"),
    "role": N_("Role"),
    "roles": N_("Roles"),
    "granted": N_("Permissions given besides"),
    "denied": N_("Permissions denied"),
    "brands": N_("Brands"),
    "agent": N_("Works as"),
    "supervisor": N_("Supervisor"),
    "source_currency": N_("One unit of"),
    "target_currency": N_("Is worth units of"),
    "valid_from": N_("Valid from"),
    "rate": N_("Rate"),
    "contact_class": N_("Contact class"),
    "contact_type": N_("Contact type"),
    "direction": N_("Direction"),
    "channel": N_("Channel"),
    "text": N_("Text"),
    "rating": N_("Rating"),
    "points": N_("Points"),
    "reason": N_("Reason"),
    "minimum_due": N_("Minimum due"),
    "pay_types": N_("Pay types that are considered"),
    "overdue_date": N_("Overdue date"),
    "entry_date": N_("Entry date"),
    "action_dependencies": N_("Actions wait for those before"),
    "run_everything_missed": N_("Run everything missed"),
    "installed_on": N_("Installed on"),
    "delivery": N_("Delivery of letters"),
    "email_option": N_("Letters in e-mails"),
    "email_body": N_("Words of an e-mail with a letter"),
    "days_to_pay": N_("Days to pay"),
    "payment_retries": N_("Days between payment retries"),
    "promise_grace_days": N_("Grace days of promises"),
    "collection_status": N_("Collection status for customer care"),
    "credit_alerts": N_("Credit alerts on entering"),
    "from_days": N_("From day"),
    "scenarios": N_("Scenarios"),
    "actions": N_("Actions"),
    "action_types": N_("Types of actions"),
    "adjustment_limits": N_("Limits of adjustments"),
    "bill_document_url": N_("Address of a bill's document"),
    "publish_run_details": N_("Publish run details"),
    "aging_buckets": N_("Upper ends in days overdue"),
    "activity": N_("Activity"),
    "after": N_("After"),
    "agreement_threshold": N_("Threshold of an agreement"),
    "agreement_types": N_("Types of agreements"),
    "alert_days": N_("Days of alerts"),
    "auto_cancel": N_("Ends by itself"),
    "broken_days": N_("Days until broken"),
    "broken_points": N_("Points for a broken plan"),
    "by_agreement": N_("Chased by agreement"),
    "cancel_amount": N_("Ends with"),
    "cancel_threshold": N_("Cancel threshold"),
    "cash_only_start": N_("Cash-only score to begin with"),
    "cash_only_threshold": N_("Cash-only from"),
    "challengers": N_("Challengers"),
    "champion": N_("Champion"),
    "condition": N_("Condition"),
    "costs": N_("Costs"),
    "credit_rating_start": N_("Credit rating to begin with"),
    "credit_rating_threshold": N_("Poor credit rating below"),
    "customer_class": N_("Customer class"),
    "debt_classes": N_("Debt classes"),
    "ends_on": N_("Ends on"),
    "event": N_("Event"),
    "events": N_("Events"),
    "first_day": N_("First day"),
    "grace_days": N_("Grace days"),
    "jurisdiction": N_("Jurisdiction"),
    "last_day": N_("Last day"),
    "lasts_days": N_("Lasts for days"),
    "leads_to": N_("Leads to"),
    "message": N_("Message"),
    "nominate": N_("Which agreement"),
    "notices": N_("Notices"),
    "only_with": N_("Only with"),
    "only_without": N_("Only without"),
    "priority": N_("Priority"),
    "purpose": N_("Purpose"),
    "reconnect": N_("Reconnect template"),
    "scenario": N_("Scenario"),
    "share": N_("Share"),
    "starts_on": N_("Starts on"),
    "third_party": N_("Third party"),
    "to_do_type": N_("To-do type"),
    "type_order": N_("Order of types"),
    "when": N_("When"),
    "write_off": N_("For what is written off"),
}

NOUNS = {
    "profiles": (N_("Profiles"), N_("profile")),
    "criteria": (N_("Criteria"), N_("criterion")),
    "scenarios": (N_("Scenarios"), N_("scenario")),
    "actions": (N_("Actions"), N_("action")),
    "contact_types": (N_("Contact types"), N_("contact type")),
    "collection_substatuses": (N_("Collection substatuses"), N_("collection substatus")),
    "templates": (N_("Templates"), N_("template")),
    "reason_codes": (N_("Reason codes"), N_("reason code")),
    "aging_buckets": (N_("Aging buckets"), N_("aging buckets")),
    "calendars": (N_("Calendars"), N_("calendar")),
    "brands": (N_("Brands"), N_("brand")),
    "debt_classes": (N_("Debt classes"), N_("debt class")),
    "agencies": (N_("Agencies"), N_("agency")),
    "agents": (N_("Agents"), N_("agent")),
    "exchange_rates": (N_("Exchange rates"), N_("exchange rate")),
    "settings": (N_("Settings"), N_("settings")),
    "severance_templates": (N_("Severance templates"), N_("severance template")),
    "moratoria": (N_("Moratoria"), N_("moratorium")),
    "eligibility": (N_("Eligibility"), N_("eligibility")),
    "experiments": (N_("Experiments"), N_("experiment")),
    "pay_plan_types": (N_("Pay plan types"), N_("pay plan type")),
    "to_do_types": (N_("To-do types"), N_("to-do type")),
}

MEANINGS = {
    "profiles": N_(
        "Groups of bill units that are treated alike. They are asked in this order; the first whose"
        " rule holds is taken, the default of a brand and currency takes the rest."
    ),
    "criteria": N_("Names for fields that rules and scenarios ask about."),
    "scenarios": N_(
        "For one profile and one debt class: who enters, what happens on which day, who leaves."
        " Cases that are open keep the version that they entered under."
    ),
    "actions": N_("What steps of scenarios do. One action can be in many scenarios."),
    "templates": N_(
        "The letters and messages that actions send. One of your own replaces one of the same name"
        " that comes with Dunwell; what was sent stays as it was sent."
    ),
    "contact_types": N_("The kinds of contact that people may record; with none, any."),
    "collection_substatuses": N_(
        "Stages that customer care is shown; of those that hold, the most severe."
    ),
    "reason_codes": N_("What people choose from when they change something by hand."),
    "aging_buckets": N_("How debt is shown by age, at most ten buckets, for everybody alike."),
    "calendars": N_("Which days are worked: a country's holidays, and days of your own."),
    "brands": N_("Configuration and customers that are kept apart, each with its own letters."),
    "debt_classes": N_("Kinds of debt that are chased separately."),
    "agencies": N_("Debt collections agencies that cases are referred to."),
    "agents": N_("Who works on cases, and who oversees them."),
    "exchange_rates": N_("For fees that are defined in another currency than the debt."),
    "settings": N_("System-wide switches, each with the name that the manual has for it."),
    "severance_templates": N_(
        "What is done, and after how many days, until the supply of an agreement is cut; and how"
        " it is reconnected."
    ),
    "moratoria": N_("Days on which nobody is cut off."),
    "eligibility": N_("For whom which scenarios are tried."),
    "experiments": N_("Scenarios that are compared on a share of those who enter."),
    "pay_plan_types": N_("What kinds of pay plans may be agreed."),
    "to_do_types": N_(
        "What people are asked to do, which role does it, and when the night asks by itself."
    ),
}

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (N_("Who is chased"), ("profiles", "scenarios", "criteria", "debt_classes")),
    (
        N_("What happens"),
        (
            *("actions", "templates", "reason_codes", "contact_types"),
            *("collection_substatuses", "to_do_types", "pay_plan_types"),
        ),
    ),
    (N_("Who is treated how"), ("eligibility", "experiments")),
    (N_("Cutting supply"), ("severance_templates", "moratoria")),
    (N_("When and where"), ("calendars", "brands", "aging_buckets", "exchange_rates", "settings")),
    (N_("People"), ("agents", "agencies")),
)

CHOICES = {
    "dunning": N_("dunning letter"),
    "invoice_reminder": N_("invoice reminder"),
    "email_body": N_("e-mail with a letter"),
    "calendar": N_("calendar days"),
    "working": N_("working days"),
    "stay": N_("the case stays open"),
    "close": N_("the case closes as exhausted"),
    "self": N_("this bill unit alone"),
    "all_members": N_("all members"),
    "all_members_and_parent": N_("all members and the parent"),
    "sum": N_("their sum"),
    "minimum": N_("the smaller one"),
    "maximum": N_("the larger one"),
    "agent": N_("agent"),
    "manager": N_("manager"),
    "monday": N_("Monday"),
    "tuesday": N_("Tuesday"),
    "wednesday": N_("Wednesday"),
    "thursday": N_("Thursday"),
    "friday": N_("Friday"),
    "saturday": N_("Saturday"),
    "sunday": N_("Sunday"),
    "string": N_("text"),
    "integer": N_("whole number"),
    "enum": N_("one of several values"),
    "decimal": N_("number"),
    "timestamp": N_("date"),
    "latest": N_("of the latest ripe item, frozen"),
    "earliest": N_("of the earliest overdue item"),
    "computed": N_("overdue date plus entry days"),
    "processing": N_("day of processing"),
    "print": N_("on paper"),
    "email": N_("by e-mail"),
    "body": N_("in the body"),
    "attachment": N_("attached"),
    "account": N_("the account"),
    "administrator": N_("administrator"),
    "all": N_("all of them"),
    "always": N_("always"),
    "bill_unit": N_("the bill unit"),
    "billed_for_others": N_("a third party's service is billed"),
    "broken_pay_plan": N_("a pay plan was broken"),
    "case": N_("the case"),
    "cash_only": N_("pays in cash only"),
    "contacts": N_("the contacts"),
    "credit_rating": N_("credit rating"),
    "cut": N_("the cut"),
    "disconnect_warning": N_("warning of the cut"),
    "expire": N_("the agreement ends"),
    "field_activity": N_("field activity"),
    "generic": N_("a plug-in"),
    "highest_arrears": N_("the highest arrears"),
    "in_person": N_("in person"),
    "inbound": N_("incoming"),
    "letter": N_("letter"),
    "life_support": N_("life support"),
    "low_credit_rating": N_("poor credit rating"),
    "master_meter": N_("master meter"),
    "oldest": N_("the oldest debt"),
    "on_budget": N_("a budget is active"),
    "operator": N_("operator"),
    "other": N_("other"),
    "outbound": N_("outgoing"),
    "pay_plan": N_("the pay plan"),
    "payments": N_("the payments"),
    "phone": N_("telephone"),
    "policy_owner": N_("policy owner"),
    "reconnect": N_("reconnection"),
    "sensitive_load": N_("sensitive load"),
    "service_rep": N_("customer-service representative"),
    "sever": N_("cut"),
    "system": N_("system"),
    "text_message": N_("text message"),
    "third_party": N_("third party"),
    "to_do": N_("to-do"),
    "type_order": N_("by the order of types"),
    "web": N_("web"),
}
"""What values that can be chosen are called."""

MOVES = {
    "enters": N_("enter"),
    "not_chased": N_("are no longer chased"),
    "other_scenario": N_("come into another scenario"),
    "leaves": N_("leave"),
    "stays": N_("stay, and would have left"),
    "replaced": N_("change their scenario"),
    "profile": N_("change their profile"),
}

CHANGES = {
    "added": N_("added"),
    "changed": N_("changed"),
    "retired": N_("taken out; open cases keep it"),
    "deleted": N_("taken out"),
}


@dataclass(frozen=True, slots=True)
class Group:
    """Lists of the policy that belong together."""

    title: str
    nouns: tuple[str, ...]


def title(key: str) -> str:
    """What a key is called, in the request's language."""
    known = TITLES.get(key)
    return _(known) if known else key.replace("_", " ").capitalize()


def choice(value: str) -> str:
    """What a value that can be chosen is called."""
    known = CHOICES.get(value)
    return _(known) if known else value.replace("_", " ")


def noun(name: str) -> str:
    """What a list is called."""
    known = NOUNS.get(name)
    return _(known[0]) if known else name.replace("_", " ").capitalize()


def one(name: str) -> str:
    """What a part of a list is called."""
    known = NOUNS.get(name)
    return _(known[1]) if known else name.replace("_", " ").removesuffix("s")


def row(name: str) -> str:
    """What a part is called where versions are compared."""
    return _(N_("setting")) if name == "setting" else _(name)


def meaning(name: str) -> str:
    """What a list is for, in a sentence; nothing for one without."""
    known = MEANINGS.get(name)
    return _(known) if known else ""


def groups() -> list[Group]:
    """The lists in their groups; those that have no group yet come last."""
    grouped = {name for _title, names in GROUPS for name in names}
    rest = tuple(name for name in FORMS if name not in grouped)
    found = [Group(_(title), names) for title, names in GROUPS]
    return [*found, Group(_("Further"), rest)] if rest else found


SHOWN_USERS = 3


def kept(why: Kept | None) -> str | None:
    """Why a part can't be taken out of the policy."""
    if why is None:
        return None
    if why.users:
        names = ", ".join(each.name for each in why.users[:SHOWN_USERS])
        more = len(why.users) - SHOWN_USERS
        if more > 0:
            return _("used by %(names)s and %(count)s more") % {"names": names, "count": more}
        return _("used by %(names)s") % {"names": names}
    return _("in use (%(counts)s)") % {"counts": refusals.in_words(counted(why.counts))}


def move(kind: str) -> str:
    """What happens to bill units that a draft moves."""
    return _(MOVES[kind])


PERSON_STEPS = {
    "person_added": N_("may come in"),
    "person_changed": N_("has other rights"),
    "person_disabled": N_("is kept out"),
    "person_enabled": N_("may come in again"),
    "password_set": N_("has another password"),
}


def person_step(kind: str) -> str:
    """What was done to a person."""
    return _(PERSON_STEPS[kind])


def change(kind: str) -> str:
    """What happens to a part."""
    return _(CHANGES[kind])
