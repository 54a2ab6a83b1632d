"""XSLT, as the manual's letters are written: a stylesheet over the letter's data as XML.

Nothing outside of the stylesheet can be read or written. XSLT says nothing of a path that selects
nothing, so that every `value-of` with a plain path is made to.
"""

import re
from collections.abc import Mapping
from typing import Any

from lxml import etree

XSL = "{http://www.w3.org/1999/XSL/Transform}"

_PATH = re.compile(r"[\w./@:-]+")
_NAME = re.compile(r"[A-Za-z_][\w.-]*")
_MISSING = "dunwell: there is no field "


class Fault(Exception):
    """The stylesheet, with these data, makes nothing."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


def transform(source: str, told: Mapping[str, Any]) -> str:
    """The stylesheet's result as text. Raises Fault."""
    sheet = _parse(source)
    _name_missing_fields(sheet)
    # the log is one for all, and keeps what was wrong before
    etree.clear_error_log()
    try:
        stylesheet = etree.XSLT(sheet, access_control=etree.XSLTAccessControl.DENY_ALL)
        return str(stylesheet(as_xml(told)))
    except (etree.XSLTParseError, etree.XSLTApplyError) as failure:
        raise _fault(failure) from failure


def _parse(source: str) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        sheet = etree.fromstring(source.encode(), parser)
    except etree.XMLSyntaxError as failure:
        raise Fault(f"not XML: {failure.msg}", failure.lineno) from failure
    if sheet.getroottree().docinfo.internalDTD is not None:
        raise Fault("a document type isn't allowed; remove <!DOCTYPE …>", 1)
    if sheet.tag not in (f"{XSL}stylesheet", f"{XSL}transform"):
        raise Fault("not a stylesheet: its root must be xsl:stylesheet", sheet.sourceline)
    return sheet


def _name_missing_fields(sheet: Any) -> None:
    for element in list(sheet.iter(f"{XSL}value-of")):
        path = element.get("select", "")
        if not _PATH.fullmatch(path) or re.fullmatch(r"[\d.]+", path):
            continue
        check = etree.Element(f"{XSL}if", test=f"not({path})")
        stop = etree.SubElement(check, f"{XSL}message", terminate="yes")
        stop.text = f"{_MISSING}{path!r} [{element.sourceline}]"
        element.addprevious(check)


def _fault(failure: Any) -> Fault:
    for entry in failure.error_log:
        if entry.message.startswith(_MISSING):
            told, _, line = entry.message.removeprefix("dunwell: ").rpartition(" [")
            return Fault(told, int(line.rstrip("]\n")))
    entry = failure.error_log.last_error
    reason = str(failure).strip() or "the stylesheet failed"
    return Fault(reason, entry.line if entry is not None and entry.line > 0 else None)


def as_xml(told: Mapping[str, Any]) -> Any:
    """The fields as XML: `<letter>`, an element for each field, `<item>` for each of a list."""
    root = etree.Element("letter")
    for name, value in told.items():
        _add(root, name, value)
    return root.getroottree()


def _add(parent: Any, name: str, value: Any) -> None:
    # a plug-in may name a field as XML can't
    if not _NAME.fullmatch(name):
        return
    element = etree.SubElement(parent, name)
    match value:
        case dict():
            for key, each in value.items():
                _add(element, key, each)
        case list():
            for each in value:
                _add(element, "item", each)
        case bool():
            element.text = "true" if value else "false"
        case None:
            pass
        case _:
            element.text = str(value)
