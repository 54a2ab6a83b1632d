"""On which line of a TOML file each of its values stands, through tree-sitter's grammar.

`tomllib` gives the values and forgets the lines; the syntax tree has both, so its tables, pairs
and arrays are walked in the same way and each path is noted with its line.
"""

import tomllib
from dataclasses import dataclass, field
from typing import Any

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

from dunwell.features.policy.criteria import Place

_PARSER = Parser(Language(tree_sitter_toml.language()))


def lines(source: bytes) -> dict[Place, int]:
    """The first line of each table, key and array element; the whole document is `()`."""
    walk = _Walk({(): 1}, {})
    base: Place = ()
    for node in _PARSER.parse(source).root_node.named_children:
        if node.type == "pair":
            walk.pair(node, ())
        elif node.type in {"table", "table_array_element"}:
            base = walk.header(node)
            for inner in node.named_children[1:]:
                if inner.type == "pair":
                    walk.pair(inner, base)
    return walk.found


def syntax_errors(source: bytes) -> list[tuple[int, str]]:
    """Lines that are not TOML, each with the piece of text that isn't understood."""
    found: dict[int, str] = {}
    waiting = [_PARSER.parse(source).root_node]
    while waiting:
        node = waiting.pop()
        if node.is_missing or node.type == "ERROR":
            # the tree puts an error where it gave up, often in front of the line that is meant
            text = (node.text or b"").decode("utf-8", "replace").strip()
            found.setdefault(node.start_point.row + 1, text.split("\n")[0][:40])
        elif node.has_error:
            waiting.extend(node.children)
    return sorted(found.items())


@dataclass
class _Walk:
    found: dict[Place, int]
    # how many elements each array of tables has so far
    elements: dict[Place, int] = field(default_factory=dict)

    def _note(self, place: Place, node: Node) -> None:
        self.found.setdefault(place, node.start_point.row + 1)

    def header(self, node: Node) -> Place:
        """The path of a `[table]` or a new element of an `[[array of tables]]`."""
        keys = _keys(node.named_children[0])
        place: Place = ()
        for number, key in enumerate(keys, start=1):
            place = (*place, key)
            self._note(place, node)
            if number == len(keys) and node.type == "table_array_element":
                self.elements[place] = self.elements.get(place, 0) + 1
            if place in self.elements:
                place = (*place, self.elements[place] - 1)
                self._note(place, node)
        return place

    def pair(self, node: Node, base: Place) -> None:
        """A `key = value`, with a note for each part of a dotted key."""
        key, value = node.named_children[0], node.named_children[-1]
        place = base
        for part in _keys(key):
            place = (*place, part)
            self._note(place, node)
        self._value(value, place)

    def _value(self, node: Node, place: Place) -> None:
        if node.type == "inline_table":
            for inner in node.named_children:
                if inner.type == "pair":
                    self.pair(inner, place)
        elif node.type == "array":
            elements = [inner for inner in node.named_children if inner.type != "comment"]
            for index, inner in enumerate(elements):
                self._note((*place, index), inner)
                self._value(inner, (*place, index))


def _keys(node: Node) -> list[str]:
    if node.type == "dotted_key":
        return [key for inner in node.named_children for key in _keys(inner)]
    text = (node.text or b"").decode()
    if node.type == "quoted_key":
        quoted: dict[str, Any] = tomllib.loads(f"key = {text}")
        return [str(quoted["key"])]
    return [text]
