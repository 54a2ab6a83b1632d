"""Subscriptions: who wants to hear of which events, and how they are told.

`service` is what people do with them, `fanning` finds what is new in the log, `delivering` sends
it and `recording` writes down what came of that; `messages` makes the CloudEvents, `receiver`
speaks HTTP, `secrets` signs.
"""
