"""The event log: one row for each thing that happened, with its reason (DESIGN section 2). `log`
writes it, `catalogue` knows every kind, `stories` tells them to people.
"""
