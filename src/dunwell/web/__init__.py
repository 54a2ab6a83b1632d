"""The pages: server-rendered HTML over the same services as the API, one file per noun.

`app.py` puts the nouns together; `caller.py` says who looks and renders for them; templates stand
in a folder per noun. docs/explanation/web.md tells how to add a page.
"""
