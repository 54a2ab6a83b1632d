"""Alerts: what somebody who opens an account should know before they say a word."""
