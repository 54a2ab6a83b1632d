"""The vault: seals what the database must not know in clear, such as the IBAN of a mandate.

The key stands in the environment (`DUNWELL_VAULT_KEY`) and nowhere else; without it nothing sealed
can be read. Several keys, separated by commas, allow a change of key: the first one seals.
"""

from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from dunwell.domain.errors import BadInput


def new_key() -> str:
    """A fresh random key."""
    return Fernet.generate_key().decode()


@dataclass(frozen=True, slots=True)
class Vault:
    """Seals and opens; `keys` is empty where no key was set."""

    keys: tuple[str, ...] = ()

    def seal(self, content: bytes) -> bytes:
        """The content as nobody can read it without a key. Raises BadInput without one."""
        return self._cipher().encrypt(content)

    def open(self, sealed: bytes) -> bytes:
        """What was sealed. Raises BadInput if no key fits."""
        try:
            return self._cipher().decrypt(sealed)
        except InvalidToken as failure:
            raise BadInput(
                "DUNWELL_VAULT_KEY isn't the key that this was sealed with; several keys may be"
                " given, separated by commas, the newest first."
            ) from failure

    def _cipher(self) -> MultiFernet:
        if not self.keys:
            raise BadInput(
                "Account numbers are kept sealed, and there is no key: set DUNWELL_VAULT_KEY to the"
                " answer of `dunwell payments new-key`, and keep a copy of it in a safe place."
            )
        try:
            return MultiFernet([Fernet(key) for key in self.keys])
        except ValueError as failure:
            raise BadInput(
                "DUNWELL_VAULT_KEY isn't a key; `dunwell payments new-key` makes one."
            ) from failure

    def __repr__(self) -> str:
        return f"Vault({len(self.keys)} keys)"
