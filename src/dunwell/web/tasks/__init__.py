"""The agent's pages: `pages` has the list and the task that is open beside it, `to_dos` a to-do in
its place; `doing` is what is done with a task, `panel` the place where either happens.
"""
