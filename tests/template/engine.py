"""Containers for tests: Docker where its engine answers; else podman, driven by Docker's own compose.

A machine without Docker has no registry to ask either. So podman's images are stand-ins, built from Debian's packages
and the MySQL that the other tests run on, under the names that the template's files use. What is downloaded, and the
engine's layers, stay in `.workbook/containers`.
"""

import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

from filelock import FileLock

from tests.waiting import until
from workbook.mysql import programs
from workbook.mysql.server import Unavailable
from workbook.place import private
from workbook.say import Problem, stage

WAYS = """no Docker engine answers; Debian's podman would do, as root: apt-get install --no-install-recommends \
podman runc mmdebstrap containernetworking-plugins golang-github-containernetworking-plugin-dnsname"""
SUITE = "trixie"
"""Debian's release with Python 3.13, Redis 8 and Compose 2.26."""
FETCHED = {
    "compose": ("extract", "docker-compose"),
    "python": ("minbase", "python3,python3-pip,ca-certificates"),
    "redis": ("minbase", "redis-server"),
}
COMPOSE = "usr/libexec/docker/cli-plugins/docker-compose"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
# This machine's own list of certificates: what lies between it and the package index may sign with one of its own.
PYTHON = f"""FROM scratch
ADD python.tar /
COPY {CERTIFICATES.name} {CERTIFICATES}
ENV SSL_CERT_FILE={CERTIFICATES} PIP_CERT={CERTIFICATES}
RUN ln -s python3 /usr/bin/python && rm /usr/lib/python3*/EXTERNALLY-MANAGED
"""
REDIS = """FROM scratch
ADD redis.tar /
CMD ["redis-server", "--bind", "0.0.0.0", "--protected-mode", "no"]
"""
MYSQL = """FROM docker.io/library/redis:8-alpine
COPY server {root}
RUN printf '#!/bin/sh\\nexec {client} "$@"\\n' >/usr/local/bin/mysql && chmod +x /usr/local/bin/mysql
VOLUME /var/lib/mysql
CMD {start}
"""
START = """
test -d /var/lib/mysql/mysql || {server} --initialize-insecure
echo "ALTER USER root@localhost IDENTIFIED BY '$MYSQL_ROOT_PASSWORD';
CREATE USER IF NOT EXISTS root@'%' IDENTIFIED BY '$MYSQL_ROOT_PASSWORD'; GRANT ALL ON *.* TO root@'%';
CREATE DATABASE IF NOT EXISTS \\`$MYSQL_DATABASE\\`;" >/tmp/first.sql
exec {server} --init-file=/tmp/first.sql --socket=/tmp/mysql.sock --mysqlx=OFF --secure-file-priv=NULL
"""


class NoContainers(Problem):
    """No container can run here; the message says why."""


@dataclass(frozen=True)
class Engine:
    """What runs containers here: `name` and `compose` are the beginnings of its commands."""

    name: str
    compose: tuple[str, ...]
    environment: dict[str, str]

    def run(self, *command: str, cwd: Path | None = None, text: str | None = None) -> str:
        """What a command printed; an AssertionError with all that it said when it fails."""
        done = subprocess.run(command, cwd=cwd, env=self.environment, input=text, capture_output=True, text=True)
        assert not done.returncode, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
        return done.stdout


@contextmanager
def engine() -> Iterator[Engine]:
    """The engine, with all images that the template's files name, for one process. NoContainers: there is none."""
    if shutil.which("docker") and not subprocess.run(["docker", "compose", "ls"], capture_output=True).returncode:
        yield Engine("docker", ("docker", "compose"), dict(os.environ))
        return
    if os.geteuid() or not all(map(shutil.which, ("podman", "runc", "mmdebstrap"))):
        raise NoContainers(WAYS)
    folder = private() / "containers"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "lock"):
        podman = Engine("podman", (str(folder / COMPOSE),), _settings(folder))
        try:
            _fetch(folder)
            _build(podman, folder)
        except (AssertionError, Unavailable) as error:
            raise NoContainers(f"podman is here, and cannot be made ready: {str(error)[-2000:]}") from error
        with _service(podman, folder / "podman.sock"):
            yield podman
        podman.run("podman", "image", "prune", "--force")
        subprocess.run(["umount", "--lazy", "--quiet", folder / "store/overlay"])


def _settings(folder: Path) -> dict[str, str]:
    """The environment in which podman keeps to its folder. crun knows no hybrid cgroups, and no limit may be raised."""
    (folder / "storage.conf").write_text(
        f'[storage]\ndriver = "overlay"\ngraphroot = "{folder}/store"\nrunroot = "{folder}/run"\n'
    )
    (folder / "containers.conf").write_text(
        '[containers]\ndefault_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]\n'
        '[engine]\nruntime = "runc"\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\n'
        f'[network]\nnetwork_backend = "cni"\nnetwork_config_dir = "{folder}/networks"\n'
    )
    return os.environ | {
        "CONTAINERS_STORAGE_CONF": str(folder / "storage.conf"),
        "CONTAINERS_CONF": str(folder / "containers.conf"),
        "BUILDAH_ISOLATION": "chroot",
        "BUILDAH_FORMAT": "docker",  # the other one knows no HEALTHCHECK
        "DOCKER_BUILDKIT": "0",
        "DOCKER_HOST": f"unix://{folder}/podman.sock",
    }


def _fetch(folder: Path) -> None:
    """Debian's packages as archives, from this machine's own mirror."""
    targets = subprocess.run(["apt-get", "indextargets", "--format", "$(SITE)"], capture_output=True, text=True)
    mirror = next((line for line in targets.stdout.split() if line.endswith("/debian")), "")
    for name, (variant, packages) in FETCHED.items():
        archive, partial = folder / f"{name}.tar", folder / f"{name}.partial.tar"
        if not archive.exists():
            fetch = f"mmdebstrap --quiet --variant={variant} --include={packages} {SUITE}".split()
            with stage(f"Fetching {packages} from Debian {SUITE}"):
                done = subprocess.run([*fetch, partial, mirror], capture_output=True, text=True)
            assert not done.returncode, done.stderr
            partial.rename(archive)
    if not (folder / COMPOSE).exists():
        with tarfile.open(folder / "compose.tar") as archive:
            archive.extract(f"./{COMPOSE}", folder, filter="data")


def _build(podman: Engine, folder: Path) -> None:
    """The stand-ins. MySQL's programs lie at the same place as outside, for their loader is told so."""
    shutil.copy(CERTIFICATES, folder)
    own = programs.unpacked()
    root = private() / "mysql/server"
    server = " ".join((*own.server, "--no-defaults", "--user=root", "--datadir=/var/lib/mysql", *own.flags))
    client = " ".join((*own.server[:-1], f"{root}/usr/bin/mysql"))
    start = json.dumps(["sh", "-c", START.format(server=server)])
    for name, context, text in (
        ("python:3.13-slim", folder, PYTHON),
        ("redis:8-alpine", folder, REDIS),
        ("mysql:8.4", root.parent, MYSQL.format(root=root, client=client, start=start)),
    ):
        with stage(f"Building a stand-in for {name}"):
            image = f"docker.io/library/{name}"
            podman.run("podman", "build", "--quiet", "--layers", "--tag", image, "--file", "-", str(context), text=text)


@contextmanager
def _service(podman: Engine, socket: Path) -> Iterator[None]:
    """Serve podman's API, as Docker's engine does. The health checks' timers are systemd's: without it, we ask."""
    over = Event()

    def ask() -> None:
        while not over.wait(1):
            for container in podman.run("podman", "ps", "--quiet").split():
                check = ["podman", "healthcheck", "run", container]
                subprocess.run(check, env=podman.environment, capture_output=True)

    socket.unlink(missing_ok=True)
    serve = ["podman", "system", "service", "--time=0", f"unix://{socket}"]
    service = subprocess.Popen(serve, env=podman.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    asking = Thread(target=ask)
    asking.start()
    try:
        until(socket.exists, "podman's service")
        yield
    finally:
        over.set()
        asking.join()
        service.kill()  # it waits for nothing, and would not end at once
        service.wait()
