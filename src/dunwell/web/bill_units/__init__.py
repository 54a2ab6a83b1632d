"""The page of a bill unit: `pages` and `utility` have its parts, `frame` what is around each,
`standing` its two sentences, `timeline` the story of a case; what one can do there are `verbs`, a
module for each noun, and `doing` does them.
"""
