"""Somebody without a mouse: Tab from one element to the next, type, Enter. On the way every element
that gets the focus must be seen, show that it has the focus, and stand behind the one before.
"""

from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Page

LONGEST_WAY = 400
"""Presses of Tab; no page has that many elements before what somebody looks for."""

ANOTHER = "another"
"""Typed into a list: the next of its choices."""

_FOCUSED = """
(wanted) => {
  const at = document.activeElement;
  // behind the last element the round begins anew
  if (!at || at === document.body) { window.formerly = null; return { on: "nothing" }; }
  const before = window.formerly;
  window.formerly = at;
  const box = at.getBoundingClientRect();
  const style = getComputedStyle(at);
  const target = document.querySelector(wanted);
  const sought = at.matches(wanted);
  return {
    on: at.outerHTML.slice(0, 160),
    name: at.name || "",
    type: at.tagName === "SELECT" ? "select" : at.type || "",
    sought,
    same: before === at,
    of_form: !!(target && target.form && at.form === target.form),
    backwards: !!(before && before.isConnected && before !== at && at.tabIndex === 0
      && before.tabIndex === 0 && !at.matches(".skip")
      && !(before.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_FOLLOWING)),
    seen: box.width > 0 && box.height > 0 && style.visibility !== "hidden",
    ringed: style.outlineStyle !== "none" || style.boxShadow !== "none",
  };
}
"""

_BEGIN = "() => { window.formerly = null; }"


class Keyboard:
    """Hands on a keyboard, before a page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def go_to(self, wanted: str, fields: Mapping[str, str] | None = None) -> None:
        """Tab until the focus is on what is wanted, filling the fields of its form on the way."""
        self.page.evaluate(_BEGIN)
        left = dict(fields or {})
        for _step in range(LONGEST_WAY):
            found = self.page.evaluate(_FOCUSED, wanted)
            if found["on"] != "nothing" and not found["same"]:
                self._judge(found)
                if found["of_form"] and found["name"] in left:
                    self._fill(found["type"], left.pop(found["name"]))
            if found.get("sought"):
                assert not left, f"no such fields on the way: {left}"
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{wanted} can't be reached with Tab")

    def press(self, wanted: str, fields: Mapping[str, str] | None = None) -> None:
        """Go there, and press Enter."""
        self.go_to(wanted, fields)
        self.page.keyboard.press("Enter")

    def skip(self) -> None:
        """Past the top bar, by the first link of the page."""
        self.press(".skip")

    def has_focus(self) -> bool:
        """Whether the focus is anywhere but lost."""
        return bool(self.page.evaluate("() => document.activeElement !== document.body"))

    def _judge(self, found: Mapping[str, Any]) -> None:
        assert found["seen"], f"the focus is on something that nobody sees: {found['on']}"
        assert found["ringed"], f"nobody sees that it has the focus: {found['on']}"
        assert not found["backwards"], f"the focus went backwards: {found['on']}"

    def _fill(self, kind: str, value: str) -> None:
        keys = self.page.keyboard
        if kind in ("checkbox", "radio"):
            keys.press("Space")
        elif value == ANOTHER:
            keys.press("ArrowDown")
        elif kind in ("select", "date"):
            keys.type(value)
        else:
            keys.press("Control+a")
            keys.type(value)
