"""Severance: what leads to the cut of one service agreement, and what undoes it. Start with
`rules`; `severing` is the night's step, `relief` in the engine what a payment does at once.
"""
