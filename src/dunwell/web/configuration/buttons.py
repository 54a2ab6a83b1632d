"""What the buttons within a form do to it before it is saved: rows more or fewer, up and down, and
the parts of a condition.
"""

from dunwell.web.configuration import conditions
from dunwell.web.configuration.kinds import SHOWN, Raw, rows_shown
from dunwell.web.configuration.reading import rows


def act(raw: Raw, command: str) -> str:
    """Carry out a button of the form: `steps.add`, `steps.2.up` or `rule.group`. The answer is the
    button where whoever works by keyboard goes on.
    """
    path, _, verb = command.rpartition(".")
    if conditions.act(raw, path, verb):
        return command
    if verb == "add":
        table = _at(raw, path)
        table[SHOWN] = str(rows_shown(table) + 1)
        return command
    holder, _, number = path.rpartition(".")
    table = _at(raw, holder)
    order = [key for key, _ in rows(table)]
    if number not in order:
        return command
    index = order.index(number)
    if verb == "remove":
        del table[number]
        return f"{holder}.add"
    if verb in {"up", "down"}:
        other = index - 1 if verb == "up" else index + 1
        if 0 <= other < len(order):
            first, second = table[order[other]], table[number]
            table[order[other]], table[number] = second, first
            # a step that moves past another day takes that day
            if "day" in first:
                second["day"] = first["day"]
            # the first can't go further up, and the last not down
            onward = verb if 0 < other < len(order) - 1 else {"up": "down", "down": "up"}[verb]
            return f"{holder}.{order[other]}.{onward}"
    return command


def _at(raw: Raw, path: str) -> Raw:
    node = raw
    for step in path.split(".") if path else ():
        below = node.setdefault(step, {})
        if not isinstance(below, dict):
            below = node[step] = {}
        node = below
    return node
