"""Payments: methods, collecting through gateways, and what banks' statements say."""
