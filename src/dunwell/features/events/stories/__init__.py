"""The story of a case as people read it: each event as a title and details, with its reason.

The texts are English and marked for translation. Who shows a story brings a `Voice`: the command
line speaks as it is, pages in the reader's language. `book` knows every story; the other modules
tell those of one subject, a function for each sort of event.
"""
