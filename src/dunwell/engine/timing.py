"""When a night is due: pure rules over clocks and dates.

A night belongs to a business date and an hour where the default brand is. On a night when clocks
change an hour may come twice or never: the first of the two counts, and an hour that is skipped is
the moment at which it is skipped to.
"""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

PAUSES = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 30))
LONGEST_PAUSE = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Timetable:
    """The hour of the night, where it is meant, and how long it may take until it is late."""

    at: dt.time
    zone: ZoneInfo
    grace: dt.timedelta

    def due_at(self, day: dt.date) -> dt.datetime:
        """The moment at which the night of a business date begins, in UTC."""
        return dt.datetime.combine(day, self.at, self.zone).astimezone(dt.UTC)

    def newest(self, now: dt.datetime) -> dt.date:
        """The last business date whose night has begun by now."""
        today = now.astimezone(self.zone).date()
        return today if now >= self.due_at(today) else today - dt.timedelta(days=1)

    def due(
        self, now: dt.datetime, last_night: dt.date | None, since: dt.datetime
    ) -> dt.date | None:
        """The business date whose night is to be run; none while there is nothing to do.

        Where no night was ever run, the first one is that which falls due `since` we watch.
        """
        day = self.newest(now)
        if last_night is None:
            return day if self.due_at(day) >= since else None
        return day if day > last_night else None

    def is_late(self, day: dt.date, now: dt.datetime) -> bool:
        """Whether a night that isn't completed should have been."""
        return now >= self.due_at(day) + self.grace


def pause(attempts: int) -> dt.timedelta:
    """How long to wait after the n-th failure of a night."""
    return PAUSES[attempts - 1] if attempts <= len(PAUSES) else LONGEST_PAUSE
