"""The site: ordinary Markdown pages made from lessons, mistakes, notebooks, commits and `docs/`, built by MkDocs.

`generate.py` writes them into `.workbook/pages/`, English and Korean; `hook.py` calls it for `mkdocs build` and
`mkdocs serve`; `build.py` builds both languages and checks them.
"""
