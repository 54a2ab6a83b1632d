"""Gateways: the ways money is collected. The form is in `base`, the list in `registry`."""
