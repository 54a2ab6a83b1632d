"""The table of opcodes leaves none out, and what it names is there."""

from pathlib import Path

from tests.api.conftest import Desk

from dunwell.api import opcodes
from dunwell.plugins.reference import hooks

ROOT = Path(__file__).parents[2]

COLLECTIONS = """
ADD_ACTION ASSIGN_AGENT CALC_AGING_BUCKETS CONFIG_DELETE_ACTION CONFIG_DELETE_PROFILE
CONFIG_DELETE_SCENARIO CONFIG_GET_ACTIONS CONFIG_GET_PROFILES CONFIG_GET_SCENARIOS
CONFIG_GET_SCENARIO_DETAIL CONFIG_GET_TEMPLATES CONFIG_SET_ACTION CONFIG_SET_PROFILE EXEMPT_BILLINFO
GET_ACTION_HISTORY GET_AGENTS_ACTIONS GET_BILLINFOS GET_DUNNING_LETTER GET_SCENARIO_DETAIL
GET_VALID_SCENARIOS GROUP_ADD_MEMBER GROUP_CREATE GROUP_DELETE GROUP_DELETE_MEMBER
GROUP_GET_BILLINFO GROUP_MODIFY GROUP_SET_PARENT INVOKE_PROMISE_TO_PAY PROCESS_BILLINFO
PUBLISH_EVENT REPLACE_SCENARIO RESCHEDULE_ACTION REVOKE_PROMISE_TO_PAY SET_ACTION_STATUS
SET_DUNNING_LETTER SET_INVOICE_REMINDER TAKE_ACTION UPDATE_ACTION_PAYMENT_DETAILS
POL_APPLY_FINANCE_CHARGES POL_APPLY_LATE_FEES POL_ASSIGN_AGENT POL_ASSIGN_DCA POL_EXEC_POLICY_ACTION
POL_EXIT_SCENARIO POL_GET_GROUP_TARGET_ACTIONS POL_GET_VALID_SCENARIOS POL_INVOKE_PROMISE_TO_PAY
POL_PREP_DUNNING_DATA POL_PUBLISH_EVENT POL_SELECT_PROFILE
"""
OTHERS = """
GROUP_ADD_MEMBER GROUP_CREATE_GROUP GROUP_DELETE_GROUP GROUP_SET_PARENT INV_FORMAT_INVOICE
INV_POL_PREP_INVOICE UMS_SET_MESSAGE
"""
"""All that the manual names."""

OPCODES = {f"PCM_OP_COLLECTIONS_{name}" for name in COLLECTIONS.split()} | {
    f"PCM_OP_{name}" for name in OTHERS.split()
}


def test_no_opcode_is_missing():
    named = [opcode.name for opcode in opcodes.table()]
    assert len(named) == len(set(named))
    assert set(named) == OPCODES


def test_every_endpoint_and_hook_that_is_named_exists(desk: Desk):
    paths = desk.client.get("/api/v1/openapi.json").json()["paths"]
    there = {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, operations in paths.items()
        for method in operations
    }
    known = {name for name, _ in hooks()}
    for opcode in opcodes.table():
        assert opcode.endpoints or opcode.hooks, opcode
        assert set(opcode.endpoints) <= there, opcode
        assert set(opcode.hooks) <= known, opcode
        assert (not opcode.endpoints) == ("_COLLECTIONS_POL_" in opcode.name), opcode


def test_the_page_is_what_the_table_says():
    assert (ROOT / "docs/reference/opcodes.md").read_text("utf-8") == opcodes.reference()
