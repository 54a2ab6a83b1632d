"""The worked examples of the manuals as data; each figure is reached through the public surface.

`collections_cases.yaml` is the project's acceptance data, taken over as it is; its head says which
part of it belongs to which piece of work.
"""

from pathlib import Path
from typing import Any

import yaml

GOLDEN: dict[str, Any] = yaml.safe_load(
    Path(__file__).with_name("collections_cases.yaml").read_text(encoding="utf-8")
)

ON = True  # YAML 1.1 reads the key `on` as a truth value

CALL = """
[[actions]]
name = "call"
type = "manual"
"""
PROFILE = """
[[profiles]]
name = "default USD"
currency = "USD"
default = true
"""
