"""Every operation of the API, with who may do it. A route that is missing here fails in
`test_routes`.
"""

from tests.api.operations.named import V
from tests.api.operations.of_tm_forum import OF_TM_FORUM
from tests.api.operations.on_customers import ON_CUSTOMERS
from tests.api.operations.on_the_house import ON_THE_HOUSE

OPERATIONS = {**ON_CUSTOMERS, **ON_THE_HOUSE, **OF_TM_FORUM}

QUERIES = {
    f"DELETE {V}/accounts/{{account_no}}/alerts": "?kind=rebate_claim&outside_id=C-1",
    f"DELETE {V}/sharing-groups/{{group_id}}": "?reason=a%20test",
}
"""What an address needs besides."""

OPEN = {
    *("GET /healthz", "GET /readyz", "GET /metrics"),
    *(f"POST {V}/webhooks/{{gateway}}", f"POST {V}/connectors/{{connector}}/webhook"),
    *(f"POST {V}/session", f"GET {V}/session/oidc", f"GET {V}/session/oidc/callback"),
}
"""Who asks isn't known here, by their nature."""
