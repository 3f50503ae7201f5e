"""The site: ordinary Markdown pages made from lessons, mistakes, notebooks, commits and `docs/`, built by MkDocs."""
