"""The rules of letters, pure: which locale, which channel, how long to wait before another try."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping

from dunwell.domain.statuses import Channel

LAST_RESORT = "en_US"

WANTED_OF: Mapping[str, Mapping[str, str]] = {
    "letter": {
        "table": "letter",
        # how the process stands whose letter it is; none: an action made it
        "severance_status": "(select severance.status from severance_event join severance"
        " on severance.account_id = severance_event.account_id"
        " and severance.id = severance_event.severance_id"
        " where severance_event.account_id = message.account_id"
        " and severance_event.id = message.severance_event_id)",
    },
    "reminder_message": {"table": "reminder_message", "severance_status": "null::text"},
}
"""What of `wanted.sql` differs between letters and reminders."""

MOST_ATTEMPTS = 12
"""After so many refusals of one letter a person has to look at it."""


def locales(account: str | None, brand: str) -> list[str]:
    """In which order a template's locales are tried: the account's, its language in any country
    (`de`), the brand's, its language, and English as the last resort.
    """
    order: list[str] = []
    for locale in (account, brand, LAST_RESORT):
        if locale:
            order += [locale, locale.partition("_")[0]]
    return list(dict.fromkeys(order))


def best_locale(wanted: Iterable[str], offered: Iterable[str]) -> str | None:
    """The first wanted locale that is offered; a bare language takes any country's, by name."""
    known = sorted(offered)
    for locale in wanted:
        if locale in known:
            return locale
        if "_" not in locale:
            for each in known:
                if each.partition("_")[0] == locale:
                    return each
    return None


def channel(*, pay_type: str, preference: str | None, email: str | None, setting: str) -> Channel:
    """How a letter goes out (manual: Setting Dunning Letter Delivery Preferences): who pays by
    invoice chose it, for others the setting decides; without an address it is printed.
    """
    wanted = (preference or "postal") if pay_type == "invoice" else setting
    return Channel.EMAIL if wanted == "email" and (email or "").strip() else Channel.PRINT


def pause(attempts: int) -> dt.timedelta:
    """How long to wait after so many failed attempts: 1, 4, 16, 64 minutes, … at most six hours."""
    return dt.timedelta(minutes=min(4 ** min(attempts - 1, 6), 360))


def email_address(text: str) -> str | None:
    """The address as a mail server takes it (its domain in ASCII); none if it isn't one."""
    found = re.fullmatch(
        r"([A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64})@([^\s@<>\"(),:;\[\]\\]+)", text.strip()
    )
    if found is None:
        return None
    try:
        domain = found[2].encode("idna").decode("ascii")
    except UnicodeError:
        return None
    return f"{found[1]}@{domain}" if re.fullmatch(r"[A-Za-z0-9.-]{1,253}", domain) else None
