"""Promises to pay: a customer in collections promises what they owe, in instalments; meanwhile the
scenario's actions rest. Schedules, what people do with a promise, and what the night makes of it.
"""
