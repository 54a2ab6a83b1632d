"""camt files as banks write them, from a few words: one function for each part."""

import datetime as dt
from collections.abc import Iterable
from xml.sax.saxutils import escape

from tests.world import World

from dunwell.features.payments import importing

VERSIONS = {"053": "camt.053.001.08", "054": "camt.054.001.08"}


def transaction(
    text: str = "",
    *,
    amount: str | None = None,
    structured: str = "",
    end_to_end: str = "NOTPROVIDED",
    name: str = "Ada Okafor",
    returned: str = "",
    instructed: str = "",
    currency: str = "EUR",
) -> str:
    own = f'<Amt Ccy="{currency}">{amount}</Amt>' if amount else ""
    ordered = (
        f'<AmtDtls><InstdAmt><Amt Ccy="{currency}">{instructed}</Amt></InstdAmt></AmtDtls>'
        if instructed
        else ""
    )
    reference = (
        f"<Strd><CdtrRefInf><Ref>{escape(structured)}</Ref></CdtrRefInf></Strd>"
        if structured
        else ""
    )
    return (
        f"<TxDtls><Refs><EndToEndId>{end_to_end}</EndToEndId></Refs>{own}{ordered}"
        f"<RltdPties><Dbtr><Pty><Nm>{escape(name)}</Nm></Pty></Dbtr>"
        "<DbtrAcct><Id><IBAN>DE89370400440532013000</IBAN></Id></DbtrAcct></RltdPties>"
        f"<RmtInf><Ustrd>{escape(text)}</Ustrd>{reference}</RmtInf>"
        + (f"<RtrInf><Rsn><Cd>{returned}</Cd></Rsn></RtrInf>" if returned else "")
        + "</TxDtls>"
    )


def entry(
    amount: str,
    details: str | Iterable[str] = "",
    *,
    currency: str = "EUR",
    out: bool = False,
    reversal: bool = False,
    booked: str = "2026-03-16",
    status: str = "BOOK",
    reference: str = "",
    batch: str = "",
) -> str:
    details = details if isinstance(details, str) else "".join(details)
    grouped = f"<Btch><PmtInfId>{batch}</PmtInfId></Btch>" if batch else ""
    return (
        f'<Ntry><Amt Ccy="{currency}">{amount}</Amt>'
        f"<CdtDbtInd>{'DBIT' if out else 'CRDT'}</CdtDbtInd>"
        + ("<RvslInd>true</RvslInd>" if reversal else "")
        + f"<Sts><Cd>{status}</Cd></Sts><BookgDt><Dt>{booked}</Dt></BookgDt>"
        f"<ValDt><Dt>{booked}</Dt></ValDt>"
        + (f"<AcctSvcrRef>{reference}</AcctSvcrRef>" if reference else "")
        + (f"<NtryDtls>{grouped}{details}</NtryDtls>" if grouped or details else "")
        + "</Ntry>"
    )


def paid(amount: str, text: str = "", **options: str) -> str:
    """An ordinary transfer."""
    of_entry = {
        name: options.pop(name)
        for name in ("currency", "booked", "reference", "status")
        if name in options
    }
    return entry(amount, transaction(text, **options), **of_entry)  # type: ignore[arg-type]


def document(*entries: str, number: str = "2026-051", kind: str = "053", head: str = "") -> str:
    body, part = {
        "053": ("BkToCstmrStmt", "Stmt"),
        "054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
    }[kind]
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{VERSIONS[kind]}"><{body}>'
        "<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-03-17T05:00:00</CreDtTm></GrpHdr>"
        f"<{part}><Id>{number}</Id><CreDtTm>2026-03-17T05:00:00</CreDtTm>"
        "<Acct><Id><IBAN>DE02120300000000202051</IBAN></Id></Acct>"
        f"{''.join(entries)}</{part}></{body}></Document>"
    )


def import_unclear(world: World, today: dt.date, *amounts: str) -> None:
    """Payments in dollars that name nothing of ours are in the bank's statement of today."""
    path = world.out.with_name("statement.xml")
    paid_ = (paid(amount, "for the cat", currency="USD") for amount in amounts)
    path.write_text(document(*paid_), encoding="utf-8")
    world.by_hand(today).do(importing.import_file, path)
