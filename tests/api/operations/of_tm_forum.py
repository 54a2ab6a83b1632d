"""Operations in TM Forum's shapes."""

from tests.api.operations.named import Operations

from dunwell.features.access.actor import Permission

_TMF = "/api/tmf"
_MONEY = {"unit": "USD", "value": 5}
_PARTY = [{"id": "A-B1"}]
_LISTED = {
    "accountManagement": ("billingAccount", "partyAccount"),
    "customerBillManagement": ("customerBill",),
    "paymentManagement": ("payment",),
    "communicationManagement": ("communicationMessage",),
    "collectionManagement": ("collectionCase", "collectionAction", "promiseToPay"),
}
OF_TM_FORUM: Operations = {
    f"GET {_TMF}/{api}/v4/{noun}{{ending}}".replace("{ending}", ending): (
        Permission.VIEW,
        False,
        None,
    )
    for api, nouns in _LISTED.items()
    for noun in nouns
    for ending in ("", "/{id}")
}
OF_TM_FORUM |= {
    f"{method} {_TMF}/accountManagement/v4/{noun}": (Permission.LOAD_RECEIVABLES, True, body)
    for method, noun, body in (
        ("POST", "partyAccount", {"name": "Ada", "relatedParty": _PARTY}),
        (
            "POST",
            "billingAccount",
            {"name": "Ada", "relatedParty": _PARTY, "creditLimit": _MONEY},
        ),
        ("PATCH", "partyAccount/{id}", {}),
        ("PATCH", "billingAccount/{id}", {}),
    )
}
OF_TM_FORUM[f"POST {_TMF}/paymentManagement/v4/payment"] = (
    Permission.TAKE_PAYMENT,
    False,
    {"account": {"id": "B9"}, "paymentMethod": {"name": "cash"}, "totalAmount": _MONEY},
)
for _api in ("account", "customerBill", "payment", "communication", "collection"):
    _hub = f"{_TMF}/{_api}Management/v4/hub"
    _callback = {"callback": "https://example.org"}
    OF_TM_FORUM[f"POST {_hub}"] = (Permission.SUBSCRIBE, False, _callback)
    OF_TM_FORUM[f"GET {_hub}/{{id}}"] = (Permission.SUBSCRIBE, False, None)
    OF_TM_FORUM[f"DELETE {_hub}/{{id}}"] = (Permission.SUBSCRIBE, False, None)
