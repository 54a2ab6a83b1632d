"""Sharing groups: bill units whose debts one of them, the parent, answers for. What people do with
groups, and how the night looks at a whole group as one debtor.
"""
