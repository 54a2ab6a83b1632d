"""What one can do to a bill unit, its case or an action, wherever one stands: beside the task list
and on the bill unit's page alike.

A module for each noun lists its verbs with their forms and services; `doing` shows the form of a
verb, shows what would come of it (`foresight`), and does it.
"""
