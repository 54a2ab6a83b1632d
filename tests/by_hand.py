"""A person at work on a date, for scenario tests: every verb of the services in a line, each in a
transaction of its own, as a page or the API would do it.
"""

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from dunwell.domain.errors import NotFound
from dunwell.domain.statuses import DemeritKind
from dunwell.engine import executing, placing, relief
from dunwell.features.access.actor import Actor, Operation
from dunwell.features.cases import assigning, closing, scheduling, sparing, stopping
from dunwell.features.pay_plans import service as pay_plans
from dunwell.features.pay_plans.rules import ScheduledPayment
from dunwell.features.promises import instalments
from dunwell.features.promises import service as promises
from dunwell.features.promises.rules import Terms
from dunwell.features.ratings import service as ratings
from dunwell.features.sharing import service as sharing

if TYPE_CHECKING:
    from tests.world import World


def day(text: str | dt.date) -> dt.date:
    return dt.date.fromisoformat(text) if isinstance(text, str) else text


class ByHand:
    """A person at work on a date."""

    def __init__(self, world: "World", date: dt.date, actor: Actor) -> None:
        self._world = world
        self._date = date
        self._actor = actor

    def do(self, verb: Any, *given: Any, **options: Any) -> Any:
        """Carry out a service's verb and commit."""
        with self._world.database.connect() as connection:
            operation = self.operation(connection)
            result = verb(operation, *given, **options)
            relief.relieve(operation)
            return result

    def operation(self, connection: Any) -> Operation:
        return Operation(connection, self._actor, self._date, hooks=self._world.plugins.hook)

    def _do(self, verb: Any, *given: Any, **options: Any) -> Any:
        return self.do(verb, *given, **{"reason": "a test", **options})

    def complete(self, step: int, bill_unit_no: str = "B1", **options: Any) -> Any:
        return self._do(closing.complete_action, self._step(bill_unit_no, step), **options)

    def cancel(self, step: int, bill_unit_no: str = "B1", **options: Any) -> Any:
        return self._do(closing.cancel_action, self._step(bill_unit_no, step), **options)

    def retry(self, step: int, bill_unit_no: str = "B1", **options: Any) -> Any:
        return self._do(closing.retry_action, self._step(bill_unit_no, step), **options)

    def execute(self, step: int, bill_unit_no: str = "B1", **options: Any) -> Any:
        return self._do(executing.execute_action, self._step(bill_unit_no, step), **options)

    def reschedule(self, step: int, due: str, bill_unit_no: str = "B1", **options: Any) -> Any:
        return self._do(
            scheduling.reschedule_action, self._step(bill_unit_no, step), day(due), **options
        )

    def add(self, action: str, due: str, bill_unit_no: str = "B1", **options: Any) -> Any:
        return self._do(
            scheduling.add_action, self._case(bill_unit_no), action, day(due), **options
        )

    def exempt(self, reason: str, bill_unit_no: str = "B1", **options: Any) -> Any:
        dates = {name: day(options.pop(name)) for name in ("since", "until") if name in options}
        return self.do(sparing.exempt, bill_unit_no, reason, **dates, **options)

    def lift_exemption(self, bill_unit_no: str = "B1", **options: Any) -> Any:
        return self._do(sparing.lift_exemption, bill_unit_no, **options)

    def hold(self, until: str, bill_unit_no: str = "B1", **options: Any) -> Any:
        return self._do(sparing.hold, bill_unit_no, day(until), **options)

    def lift_hold(self, bill_unit_no: str = "B1", **options: Any) -> Any:
        return self._do(sparing.lift_hold, bill_unit_no, **options)

    def stop(self, bill_unit_no: str = "B1", **options: Any) -> Any:
        return self._do(stopping.stop_case, self._case(bill_unit_no), **options)

    def replace(self, scenario: str | None = None, bill_unit_no: str = "B1", **options: Any) -> Any:
        return self._do(placing.replace_scenario, self._case(bill_unit_no), scenario, **options)

    def place(self, scenario: str, bill_unit_no: str = "B1", **options: Any) -> Any:
        return self._do(placing.place_in_scenario, bill_unit_no, scenario, **options)

    def assign(self, agent: str | None, *bill_unit_nos: str, **options: Any) -> Any:
        return self._do(assigning.assign, bill_unit_nos or ("B1",), agent, **options)

    def _case(self, bill_unit_no: str) -> str:
        case = self._world.case(bill_unit_no)
        if case is None:
            raise NotFound(f"The bill unit {bill_unit_no!r} has no open case.")
        return str(case["handle"])

    def _step(self, bill_unit_no: str, step: int) -> str:
        """The handle of a step of the bill unit's open case."""
        case = self._world.case(bill_unit_no) or {"actions": []}
        for action in case["actions"]:
            if action["step"] == step:
                return str(action["handle"])
        raise NotFound(f"The bill unit {bill_unit_no!r} has no open case with a step {step}.")

    def promise(self, bill_unit_no: str = "B1", **terms: Any) -> None:
        """In so many instalments (`number`) of so much (`amount`), …; `first_on` may be text."""
        options = {
            name: terms.pop(name)
            for name in ("payment_method_id", "debt_class", "reason")
            if name in terms
        }
        if "first_on" in terms:
            terms["first_on"] = day(terms["first_on"])
        self._do(promises.make, bill_unit_no, Terms(**terms), **options)

    def revoke_promise(self, bill_unit_no: str = "B1", **more: Any) -> None:
        self._do(promises.revoke, bill_unit_no, **more)

    def change_promise(self, verb: str, *given: Any, bill_unit_no: str = "B1", **more: Any) -> None:
        """A verb of the active promise's instalments, by its name."""
        self._do(getattr(instalments, verb), bill_unit_no, *given, **more)

    def demerit(
        self, points: int, *, kind: str = "credit_rating", bill_unit_no: str = "B1", **more: Any
    ) -> Any:
        """Points added to a rating; `since` and `until` may be text."""
        dates = {name: day(more.pop(name)) for name in ("since", "until") if more.get(name)}
        given = {"reason": "a test", **more, **dates}
        return self.do(ratings.add_demerit, bill_unit_no, DemeritKind(kind), points, **given)

    def pay_plan(
        self,
        *payments: tuple[str, str],
        kind: str = "usual",
        bill_unit_no: str = "B1",
        **more: Any,
    ) -> str:
        """A pay plan of amounts and days: `("25.00", "2026-07-01"), …`; its handle."""
        scheduled = [ScheduledPayment(day(on), Decimal(amount)) for amount, on in payments]
        return str(self._do(pay_plans.make, bill_unit_no, kind, scheduled, **more))

    def change_pay_plan(
        self, *payments: tuple[str, str], bill_unit_no: str = "B1", **more: Any
    ) -> None:
        """The active plan's open payments give way to these."""
        scheduled = [ScheduledPayment(day(on), Decimal(amount)) for amount, on in payments]
        plan = str(self._world.pay_plans(bill_unit_no)[0].handle)
        self._do(pay_plans.change, bill_unit_no, plan, scheduled, **more)

    def cancel_pay_plan(self, bill_unit_no: str = "B1", **more: Any) -> None:
        plan = str(self._world.pay_plans(bill_unit_no)[0].handle)
        self._do(pay_plans.cancel, bill_unit_no, plan, **more)

    def group(self, name: str, parent: str, *members: str) -> None:
        self._do(sharing.create, name, parent, members)

    def change_group(self, verb: str, name: str, /, *given: Any, **more: Any) -> None:
        """Any other verb of the groups' service, by its name."""
        ((group_id,),) = self._world.rows(
            "select id from sharing_group where name = %s and deleted_on is null", name
        )
        self._do(getattr(sharing, verb), group_id, *given, **more)
