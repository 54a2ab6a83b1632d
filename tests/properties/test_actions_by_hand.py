"""The action state machine: whatever people and nights do to a case's actions, in whatever order,
the database agrees with a small model of the rules, and its invariants hold.
"""

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from dunwell.domain.errors import DunwellError
from tests import histories
from tests.policies import policy, scenario
from tests.properties.conftest import Worlds
from tests.world import World

ENTERED = date(2026, 3, 11)
OPEN = ("pending", "waiting")


@dataclass
class Model:
    """What the rules say of one action."""

    kind: str
    mandatory: bool
    due: date
    status: str = "pending"
    closed: date | None = None
    date_no: float = 0
    """Actions with the same number form a date."""
    interval: int = 0
    """Days after the date before."""

    @property
    def is_open(self) -> bool:
        return self.status in OPEN


class Case:
    """A case as the rules see it: its dates in order, and what may be done."""

    def __init__(self, steps: list[tuple[int, str, bool]], *, dependencies: bool) -> None:
        self.dependencies = dependencies
        self.today = ENTERED
        self.actions = [
            Model(kind, mandatory, ENTERED + timedelta(day), date_no=day)
            for day, kind, mandatory in steps
        ]
        self._measure(range(1, 1000))
        self._order()

    def dates(self, *, only_open: bool = True) -> list[float]:
        return sorted({each.date_no for each in self.actions if each.is_open or not only_open})

    def of(self, date_no: float, *, only_open: bool = True) -> list[Model]:
        return [
            each
            for each in self.actions
            if each.date_no == date_no and (each.is_open or not only_open)
        ]

    def may_close(self, action: Model, status: str) -> bool:
        if not action.is_open:
            return False
        if not self.dependencies:
            return True
        if action.status == "waiting":
            return False
        system = action.kind != "manual"
        return not (action.mandatory and (status == "cancelled" or system))

    def may_be_due(self, due: date, moved: Model | None) -> bool:
        if due < self.today:
            return False
        others = [each for each in self.actions if each is not moved]
        if not self.dependencies or due in {e.due for e in others if e.status == "pending"}:
            return True
        closed = [
            each.closed if each.status == "completed" else each.due
            for each in others
            if each.closed is not None
        ]
        return all(day is not None and due > day for day in closed)

    def close(
        self, action: Model, status: str, *, following: bool = False, moves: bool = True
    ) -> None:
        behind = [each for each in self.actions if each.is_open and each.date_no > action.date_no]
        for each in [action, *(behind if following else [])]:
            each.status, each.closed = status, self.today
        self.release(moves=moves)

    def release(self, *, moves: bool = True) -> None:
        """The next date comes into reach; what remains keeps its distance to what was done."""
        if not self.dependencies or any(e.status == "pending" for e in self.actions):
            return
        waiting = self.dates()
        if not waiting:
            return
        before = [no for no in self.dates(only_open=False) if no < waiting[0]]
        done = self.of(before[-1], only_open=False)
        late = max(e.closed for e in done if e.closed) - max(e.due for e in done)
        day = self.of(waiting[0])[0].due + (late if moves else timedelta(0))
        for number, no in enumerate(waiting):
            for each in self.of(no):
                if number == 0:
                    each.status, each.due = "pending", day
                elif moves and late:
                    each.due = day + timedelta(each.interval)
            day = self.of(no)[0].due

    def put(self, action: Model, due: date, followers: int, behind: list[Model] | None) -> None:
        """The action has a new day; it takes its place among the open dates."""
        action.due = due
        self._place(action)
        if behind is None:
            behind = [e for e in self.actions if e.is_open and e.date_no > action.date_no]
        for each in behind:
            if followers < 0:
                each.status, each.closed = "cancelled", self.today
            elif followers:
                each.due += timedelta(followers)
        if followers > 0 and behind:
            self._place(action)
        self._measure(range(0))
        self._order()

    def _place(self, action: Model) -> None:
        others = [each for each in self.actions if each is not action]
        same = [e.date_no for e in others if e.is_open and e.due == action.due]
        later = min((e.date_no for e in others if e.is_open and e.due > action.due), default=None)
        before = max((e.date_no for e in others if later is None or e.date_no < later), default=0)
        if same:
            action.date_no = min(same)
        else:
            action.date_no = before + 1 if later is None else (before + later) / 2

    def _measure(self, _all: range) -> None:
        numbers = self.dates(only_open=False)
        for before, no in zip([None, *numbers], numbers, strict=False):
            if not self.of(no):
                continue
            due = max(e.due for e in self.of(no, only_open=False))
            start = (
                ENTERED if before is None else max(e.due for e in self.of(before, only_open=False))
            )
            for each in self.of(no):
                each.interval = max((due - start).days, 1)

    def _order(self) -> None:
        if not self.dependencies:
            return
        numbers = self.dates()
        for each in self.actions:
            if each.is_open:
                each.status = "pending" if each.date_no == numbers[0] else "waiting"


steps = st.lists(
    st.tuples(st.integers(1, 12), st.sampled_from(["manual", "custom"]), st.booleans()),
    min_size=1,
    max_size=5,
).map(lambda found: sorted(found, key=lambda step: step[0]))
choice = st.integers(0, 9)
NAMES = {"manual": "call", "custom": "visit"}


def machine(worlds: Worlds) -> type[RuleBasedStateMachine]:  # noqa: C901 - one method, one rule
    class ActionsByHand(RuleBasedStateMachine):
        """Manual and custom actions, which no night ends by itself."""

        def __init__(self) -> None:
            super().__init__()
            self.stack = ExitStack()
            folder = Path(self.stack.enter_context(TemporaryDirectory()))
            self.world = World(self.stack.enter_context(worlds()), folder)

        def teardown(self) -> None:
            self.stack.close()

        @initialize(steps=steps, dependencies=st.booleans())
        def enter(self, steps: list[tuple[int, str, bool]], dependencies: bool) -> None:
            text = ", ".join(
                f"{day} {NAMES[kind]}{'' if mandatory else '?'}" for day, kind, mandatory in steps
            )
            self.world.customer()
            switch = {"action_dependencies": str(dependencies).lower()}
            self.world.policy(policy(scenario(steps=text), settings=switch))
            self.world.bill("80.00", ENTERED - timedelta(10))
            self.world.night(ENTERED)
            self.model = Case(steps, dependencies=dependencies)

        def _try(self, allowed: bool, do: Any) -> None:
            if allowed:
                do()
            else:
                with pytest.raises(DunwellError):
                    do()

        def _pick(self, number: int) -> tuple[int, Model]:
            index = number % len(self.model.actions)
            return index + 1, self.model.actions[index]

        @rule(days=st.integers(1, 4))
        def days_pass(self, days: int) -> None:
            self.model.today += timedelta(days)
            self.world.night(self.model.today)

        @rule(number=choice, moves=st.booleans())
        def complete(self, number: int, moves: bool) -> None:
            step, action = self._pick(number)
            allowed = self.model.may_close(action, "completed")
            hand = self.world.by_hand(self.model.today)
            self._try(allowed, lambda: hand.complete(step, reschedule=moves))
            if allowed:
                self.model.close(action, "completed", moves=moves)

        @rule(number=choice, moves=st.booleans(), following=st.booleans())
        def cancel(self, number: int, moves: bool, following: bool) -> None:
            step, action = self._pick(number)
            allowed = self.model.may_close(action, "cancelled")
            hand = self.world.by_hand(self.model.today)
            self._try(
                allowed, lambda: hand.cancel(step, reschedule=moves, with_following=following)
            )
            if allowed:
                self.model.close(action, "cancelled", following=following, moves=moves)

        @rule(number=choice, days=st.integers(-1, 9), followers=st.integers(-1, 4))
        def reschedule(self, number: int, days: int, followers: int) -> None:
            step, action = self._pick(number)
            due = self.model.today + timedelta(days)
            allowed = action.is_open and self.model.may_be_due(due, action)
            hand = self.world.by_hand(self.model.today)
            self._try(allowed, lambda: hand.reschedule(step, due.isoformat(), followers=followers))
            if allowed:
                behind = [e for e in self.model.actions if e.is_open and e.date_no > action.date_no]
                self.model.put(action, due, followers, behind)

        @rule(
            kind=st.sampled_from(["manual", "custom"]),
            days=st.integers(-1, 9),
            followers=st.integers(-1, 4),
            mandatory=st.booleans(),
        )
        def add(self, kind: str, days: int, followers: int, mandatory: bool) -> None:
            due = self.model.today + timedelta(days)
            allowed = self.model.may_be_due(due, None)
            hand = self.world.by_hand(self.model.today)
            self._try(
                allowed,
                lambda: hand.add(
                    NAMES[kind], due.isoformat(), followers=followers, mandatory=mandatory
                ),
            )
            if allowed:
                action = Model(kind, mandatory, due)
                self.model.actions.append(action)
                self.model.put(action, due, followers, None)

        @invariant()
        def the_database_agrees(self) -> None:
            if not hasattr(self, "model"):
                return
            found = sorted(
                (each["step"], each["status"], each["due_on"])
                for each in self.world.newest_case()["actions"]
            )
            expected = [
                (step, each.status, each.due.isoformat())
                for step, each in enumerate(self.model.actions, start=1)
            ]
            assert found == expected
            self.world.check()

    return ActionsByHand


def test_actions_by_hand_follow_the_rules(worlds: Worlds):
    run_state_machine_as_test(
        machine(worlds),
        settings=settings(histories.at_length, stateful_step_count=10),
    )
