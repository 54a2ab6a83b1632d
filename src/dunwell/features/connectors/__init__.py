"""Connectors: other systems from which accounts, bills and payments come by themselves."""
