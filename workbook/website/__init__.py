"""The site: the repository's pages, lessons, mistakes, notebooks and commits; English at `/`, Korean at `/ko/`.

MkDocs with Material draws it. `hook.py` brings everything in; nothing is copied into `docs/`.
"""
