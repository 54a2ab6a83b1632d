"""The policy's reasons for what is done by hand, as people read them."""

from dunwell.features.access.actor import Operation
from dunwell.features.policy import queries as policy
from dunwell.web.languages import locale


def reason_codes(operation: Operation, *categories: str) -> list[tuple[str, str]]:
    """The policy's reasons for verbs, each with its label in the person's language; none: any words
    do. Those of other brands aren't seen, unless one sees every brand.
    """
    found = policy.objects(operation.connection, "reason_code", operation.actor.sees)
    return list(
        dict.fromkeys(
            (each.name, _label(each.values["labels"], each.name))
            for each in found
            if each.category in categories
        )
    )


def _label(labels: dict[str, str], code: str) -> str:
    """The label in the language that is spoken here, else in any."""
    language = locale().language
    spoken = [text for tag, text in sorted(labels.items()) if tag.split("_")[0] == language]
    return (spoken or list(labels.values()) or [code])[0]
