"""What every page of the configuration shows around its own: the draft of whoever asks, what it
lacks, and what it changes. Who may see these pages stands here, too.
"""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Path, Response

from dunwell.features.access.actor import Operation, Permission
from dunwell.features.policy import drafts, editing, parts, versions
from dunwell.features.policy.drafts import Draft
from dunwell.features.policy.editing import Finding
from dunwell.features.policy.model import Policy
from dunwell.features.policy.problems import Severity
from dunwell.web.caller import Caller, may
from dunwell.web.configuration import words as told

Owner = Annotated[Caller, may(Permission.CHANGE_POLICY, everywhere=True)]
Noun = Annotated[str, Path(pattern="^[a-z_]{1,40}$")]
PartId = Annotated[str, Path(pattern="^[0-9a-f]{12}$")]


@dataclass(frozen=True, slots=True)
class Desk:
    """What every page of the configuration shows around its own: the draft and what it lacks."""

    policy: Policy
    in_force: Policy
    draft: Draft | None
    findings: list[Finding]
    changed: list[tuple[str, str, str]]

    @property
    def errors(self) -> int:
        """How many errors keep the draft from being applied."""
        return sum(each.severity is Severity.ERROR for each in self.findings)

    def problems(self, noun: str, part_id: str = "") -> int:
        """How many errors a list or a part has."""
        return sum(
            each.noun == noun and part_id in ("", each.id) and each.severity is Severity.ERROR
            for each in self.findings
        )

    def changes(self, noun: str) -> int:
        """How many parts of a list the draft changes."""
        return sum(each[0] == noun for each in self.changed)

    def is_changed(self, noun: str, part_id: str) -> bool:
        """Whether the draft changes a part."""
        return any(each[:2] == (noun, part_id) for each in self.changed)

    def count(self, noun: str) -> int | None:
        """How many parts a list has; none for what there is one of."""
        found = None if noun in parts.SINGLE else len(getattr(self.policy, noun))
        # those that come with Dunwell are no part of it
        return None if noun == "templates" and not found else found


def desk_of(operation: Operation) -> Desk:
    """The draft of whoever asks, or the policy in force."""
    draft = drafts.find(operation)
    in_force = versions.read(operation.connection).policy
    policy = draft.policy if draft else in_force
    # a policy in force has no errors
    findings = editing.findings(policy) if draft else []
    changed = parts.changed_parts(drafts.base(operation, draft), policy) if draft else []
    return Desk(policy, in_force, draft, findings, changed)


def page(
    caller: Caller, template: str, desk: Desk, noun: str = "", *, status: int = 200, **values: Any
) -> Response:
    """A page of the configuration; `block` among the values is what htmx asks for."""
    return caller.page(
        f"configuration/{template}.html",
        status=status,
        desk=desk,
        noun=noun,
        told=told,
        singles=parts.SINGLE,
        **values,
    )
