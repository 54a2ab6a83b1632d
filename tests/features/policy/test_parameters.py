"""The manual's scenario parameters become criteria; what comes from elsewhere is not trusted."""

import pytest

from dunwell.domain.conditions import ValueType
from dunwell.domain.errors import BadFile, BadPolicy
from dunwell.features.policy import file, parameters

MANUAL = """\
<?xml version="1.0"?>
<CollectionsScenarioParams xmlns="http://www.example.com/schema">
<PARAMS elem="0">
  <PARAM_NAME>Payment Method</PARAM_NAME>
  <STRING_ID>1</STRING_ID>
  <STR_VERSION>1</STR_VERSION>
  <TYPE>3</TYPE>
  <CLASS_NAME>/billinfo</CLASS_NAME>
  <FIELD_NAME>pay_type</FIELD_NAME>
  <VALUES elem="0"><NAME>CC</NAME><VALUE>10003</VALUE><STRING_ID>100</STRING_ID></VALUES>
  <VALUES elem="1"><NAME>DD</NAME><VALUE>10005</VALUE></VALUES>
  <VALUES elem="2"><NAME>CASH</NAME><VALUE>10011</VALUE></VALUES>
  <VALUES elem="3"><NAME>OTHER</NAME><VALUE>10099</VALUE></VALUES>
</PARAMS>
<PARAMS elem="3">
  <PARAM_NAME>Credit Profile</PARAM_NAME>
  <TYPE>2</TYPE>
  <CLASS_NAME>/profile/collections_params</CLASS_NAME>
  <FIELD_NAME>PIN_FLD_COLLECTIONS_PARAMS.PIN_FLD_CREDIT_PROFILE</FIELD_NAME>
</PARAMS>
<PARAMS elem="4">
  <PARAM_NAME>Account Type</PARAM_NAME>
  <TYPE>1</TYPE>
  <CLASS_NAME>/account</CLASS_NAME>
  <FIELD_NAME>PIN_FLD_ACCOUNT_TYPE</FIELD_NAME>
</PARAMS>
<PARAMS elem="5">
  <PARAM_NAME>Joined</PARAM_NAME>
  <TYPE>5</TYPE>
  <CLASS_NAME>/account</CLASS_NAME>
  <FIELD_NAME>PIN_FLD_CREATED_T</FIELD_NAME>
</PARAMS>
</CollectionsScenarioParams>
"""


def imported(tmp_path, text: str):
    path = tmp_path / "params.xml"
    path.write_text(text, encoding="utf-8")
    return parameters.import_params(path)


def test_the_parameters_of_the_manual_become_criteria(tmp_path):
    found = imported(tmp_path, MANUAL)
    assert [(each.name, each.type, each.source) for each in found] == [
        ("Payment Method", ValueType.ENUM, "bill_unit.pay_type"),
        ("Credit Profile", ValueType.INTEGER, "bill_unit.attr.credit_profile"),
        ("Account Type", ValueType.STRING, "account.account_type"),
        ("Joined", ValueType.TIMESTAMP, "account.attr.created_t"),
    ]


def test_codes_of_pay_types_become_the_words_of_the_data_and_others_stay(tmp_path):
    (payment, *_) = imported(tmp_path, MANUAL)
    assert payment.values == {
        "CC": "card",
        "DD": "direct_debit",
        "CASH": "cash",
        "OTHER": "10099",
    }


def test_the_toml_can_be_pasted_into_a_policy(tmp_path):
    found = imported(tmp_path, MANUAL)
    assert file.parse(parameters.as_toml(found)).criteria == found


def test_a_document_type_is_refused_before_its_entities_are_read(tmp_path):
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>\n<x>&b;</x>'
    with pytest.raises(BadFile, match=r"params\.xml:1: a document type or an entity"):
        imported(tmp_path, bomb)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("<TYPE>2</TYPE>", "<TYPE>9</TYPE>", "15: TYPE is wrong ('9') — write 1, 2, 3, 4 or 5"),
        ("<TYPE>2</TYPE>", "", "15: TYPE is missing — add it"),
        ("<TYPE>2</TYPE>", "<TYPE>3</TYPE>", "15: VALUES and TYPE disagree ('Credit Profile'"),
        ("<NAME>DD</NAME>", "<NAME>CC</NAME>", "3: value 2 is wrong ('CC', '10005')"),
        ("Credit Profile", "Payment Method", "15: the same name twice ('Payment Method')"),
    ],
)
def test_a_wrong_parameter_is_told_with_its_line(tmp_path, before, after, expected):
    with pytest.raises(BadPolicy) as failure:
        imported(tmp_path, MANUAL.replace(before, after))
    assert any(f"params.xml:{expected}" in problem for problem in failure.value.problems)


def test_a_file_without_parameters_or_without_xml_is_refused(tmp_path):
    with pytest.raises(BadFile, match="no PARAMS"):
        imported(tmp_path, "<x/>")
    with pytest.raises(BadFile, match=r"params\.xml:1: not XML"):
        imported(tmp_path, "name = 1")
    with pytest.raises(BadFile, match="can't be read"):
        parameters.import_params(tmp_path / "nowhere.xml")
