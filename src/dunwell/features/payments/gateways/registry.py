"""Which gateway collects what: the one place that knows them all.

`DUNWELL_GATEWAYS` routes kinds of payment method to gateways by name, for all brands or for one:
`{"card": "stripe", "Nord/card": "nord_payments:gateway"}`. A name with a colon is a company's own
gateway: a module and a function in it that makes one.
"""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from dunwell.domain.errors import BadInput
from dunwell.features.payments.gateways.base import Gateway
from dunwell.features.payments.gateways.null import NullGateway
from dunwell.features.payments.gateways.sepa import SepaGateway, compact, is_iban
from dunwell.features.payments.gateways.stripe import StripeGateway
from dunwell.features.payments.vault import Vault
from dunwell.settings import Settings


def _unknown(name: str) -> Gateway:
    raise BadInput(
        f"DUNWELL_GATEWAYS names the gateway {name!r}, which doesn't exist; there are"
        f" {', '.join(MAKERS)}, and your own as module:function."
    )


@dataclass(slots=True)
class Gateways:
    """The routes, and the gateways that were made for them; without routes, nobody collects."""

    routes: Mapping[str, str] = field(default_factory=dict)
    make: Callable[[str], Gateway] = _unknown
    vault: Vault = field(default_factory=Vault)
    _made: dict[str, Gateway] = field(default_factory=dict)

    def name_for(self, brand: str, kind: str) -> str | None:
        """The name of the gateway that collects from this kind of method; the brand's own first."""
        return self.routes.get(f"{brand}/{kind}") or self.routes.get(kind)

    def named(self, name: str) -> Gateway:
        """The gateway of that name, made on first use. Raises BadInput."""
        if name not in self._made:
            self._made[name] = self.make(name)
        return self._made[name]


def of(settings: Settings) -> Gateways:
    """The gateways that the settings name; nothing is contacted."""
    vault = vault_of(settings)

    def make(name: str) -> Gateway:
        if ":" in name:
            return _own(name)
        maker = MAKERS.get(name)
        return maker(settings, vault) if maker else _unknown(name)

    return Gateways(settings.gateways, make, vault)


def vault_of(settings: Settings) -> Vault:
    """The vault with the keys of the settings."""
    given = settings.vault_key.get_secret_value() if settings.vault_key else ""
    return Vault(tuple(key.strip() for key in given.split(",") if key.strip()))


def _own(name: str) -> Gateway:
    module, _, function = name.partition(":")
    try:
        made: Gateway = getattr(importlib.import_module(module), function)()
    except Exception as failure:
        raise BadInput(f"The gateway {name!r} can't be made: {failure}.") from failure
    return made


def _stripe(settings: Settings, _vault: Vault) -> Gateway:
    if settings.stripe_key is None:
        raise BadInput("The gateway stripe needs DUNWELL_STRIPE_KEY, a secret key of Stripe.")
    secret = settings.stripe_webhook_secret
    return StripeGateway(
        settings.stripe_key.get_secret_value(),
        webhook_secret=secret.get_secret_value() if secret else "",
        address=settings.stripe_address,
    )


def _sepa(settings: Settings, vault: Vault) -> Gateway:
    needed = {
        "DUNWELL_SEPA_CREDITOR": settings.sepa_creditor,
        "DUNWELL_SEPA_CREDITOR_ID": settings.sepa_creditor_id,
        "DUNWELL_SEPA_IBAN": settings.sepa_iban,
    }
    missing = [name for name, value in needed.items() if not value]
    if missing:
        raise BadInput(f"The gateway sepa needs {', '.join(missing)}.")
    if not is_iban(compact(settings.sepa_iban or "")):
        raise BadInput("DUNWELL_SEPA_IBAN isn't an IBAN; check it for a slip of the pen.")
    return SepaGateway(
        creditor=settings.sepa_creditor or "",
        creditor_id=settings.sepa_creditor_id or "",
        iban=settings.sepa_iban or "",
        bic=settings.sepa_bic,
        lead_days=settings.sepa_lead_days,
        vault=vault,
    )


def _null(_settings: Settings, _vault: Vault) -> Gateway:
    return NullGateway()


MAKERS: Mapping[str, Callable[[Settings, Vault], Gateway]] = {
    "stripe": _stripe,
    "sepa": _sepa,
    "null": _null,
}
