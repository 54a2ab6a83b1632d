"""The parts of a policy as forms: what may stand in each, and what each key means.

The descriptions are the reference documentation and the hints beside the fields of the
configuration. Rules that look at several parts together stand in the `checks`.
"""
