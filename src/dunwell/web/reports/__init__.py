"""The pages of reports: `pages` shows them and the rows behind their figures, `schedules` has them
sent.
"""
