"""Collections Configuration: the policy's lists and parts, edited in the person's own draft.

`desk` is what every page shows around its own; `lists` has the lists and `part_pages` the form of
a part, which `kinds`, `texts`, `reading`, `buttons` and `fields` make of the policy file's own
models; `draft` shows what a draft changes and whom it moves, and puts it in force.
"""
