"""The manager's pages: `search` finds bill units and does things with many of them (`criteria` has
its form), `workload` compares the agents, `nights` is about the runs, `failures` about what went
wrong.
"""
