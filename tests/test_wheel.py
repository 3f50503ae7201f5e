"""Installed from a wheel, away from any clone: the chapters, the clinic and the template come along."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from workbook.place import CLONE

pytestmark = pytest.mark.slow


def test_the_course_comes_along(tmp_path: Path) -> None:
    uv = str(Path(sys.executable).with_name("uv"))
    built, site, home = tmp_path / "built", tmp_path / "site", tmp_path / "home"
    home.mkdir()
    build = [uv, "build", "--wheel", "--quiet", "--no-build-isolation", "--python", sys.executable]
    subprocess.run([*build, "--out-dir", built, CLONE], check=True)
    (wheel,) = built.glob("*.whl")
    subprocess.run([uv, "pip", "install", "--quiet", "--no-deps", "--target", site, wheel], check=True)

    def workbook(*arguments: str, cwd: Path = home, given: str = "") -> str:
        environment = {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(site), "LC_ALL": "C.UTF-8"}
        command = [sys.executable, "-m", "workbook", *arguments]
        done = subprocess.run(command, cwd=cwd, env=environment, input=given, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    assert "workbook start ch32" in workbook()
    assert len(list((site / "workbook/student/doctor").glob("findings*.md"))) == 2
    assert "ch33" in workbook("start", "ch33", "when2meet")
    assert "> ch33" in workbook(cwd=home / "when2meet")
    error = "RuntimeError: 'cryptography' package is required for sha256_password or caching_sha2_password auth methods"
    assert "no-cryptography" in workbook("explain", given=error)
    workbook("new", "my-app", "--no-server")
    assert "When2meet" not in (home / "my-app" / "app" / "main.py").read_text()
    assert {path.name for path in home.iterdir()} - {".cache"} == {".local", "my-app", "when2meet"}
