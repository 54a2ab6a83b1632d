"""The words of the configuration: what lists, parts, keys and values are called, and what happens
to them. Pages ask here; each subject has a module of its own. Names of lists are in `web.nouns`,
as what services refuse needs them, too.
"""

from dunwell.web.configuration.words.choices import choice
from dunwell.web.configuration.words.happenings import change, move, needed_by, person_step
from dunwell.web.configuration.words.lists import groups, meaning
from dunwell.web.configuration.words.titles import title
from dunwell.web.nouns import called, noun, one, part

__all__ = [
    "called",
    "change",
    "choice",
    "groups",
    "meaning",
    "move",
    "needed_by",
    "noun",
    "one",
    "part",
    "person_step",
    "title",
]
