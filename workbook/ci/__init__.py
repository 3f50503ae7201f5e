"""`workbook ci`: the jobs of a workflow, run on this machine before the push."""

from pathlib import Path


def run(workflow: Path, project: Path, job: str | None) -> int:
    """Run the jobs of a workflow; see `workbook.ci.jobs`."""
    # Imported when it is needed: the stand-ins live in this package too, and start with every `mysql` of a step.
    from workbook.ci.jobs import run as run_jobs

    return run_jobs(workflow, project, job)
