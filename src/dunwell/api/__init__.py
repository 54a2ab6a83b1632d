"""The REST API under /api/v1: one file per noun, thin over the same services as every surface.

`app.py` puts it together. What all nouns share: `caller.py` (who asks, in which transaction),
`problems.py` (errors), `values.py` (types), `pages.py` (keyset pages), `versions.py` (ETags),
`repeats.py` (idempotency keys), `watching.py` (logs and metrics). Conventions for a new noun stand
in docs/explanation/api.md.
"""
