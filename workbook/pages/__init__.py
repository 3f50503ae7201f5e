"""What pages become: a site by MkDocs, Korean in step with English, notebooks with their outputs."""
