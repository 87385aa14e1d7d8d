"""Solr 9.10 from its own jars on an embedded Jetty, with the configset of `config/solr`."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

from local.failure import Failure
from local.process import ANSWER, Part
from local.progress import step
from local.site import LOOPBACK, Site

VERSION = "9.10.1"
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
STOCK_SCHEMA = "lib/python3*/site-packages/ckan/config/solr/schema.xml"
CORES = {"ckan": "portal", "pytest": "portal", "peer": "stock"}
"""Core → schema: our own, or the one CKAN ships, for the unmodified CKAN we compare with."""


def part(site: Site) -> Part:
    """The server process with all cores."""
    port = site.port("solr")
    home = _home(site)
    options = {
        "user.timezone": "UTC",
        "java.awt.headless": "true",
        "solr.solr.home": home,
        "solr.install.dir": home,
        "solr.log.dir": site.directory("log"),
        "log4j2.configurationFile": site.root / "config/solr/log4j2.xml",
        "jetty.port": port,
    }
    memory = ["-Xms256m", "-Xmx1g", "-Xss256k", "-XX:+UseG1GC", "-XX:-OmitStackTraceInFastThrow"]
    return Part(
        name="solr",
        title="检索 Solr",
        command=[
            "java",
            *memory,
            *(f"-D{key}={value}" for key, value in options.items()),
            "-cp",
            f"{_classes(site)}:{_jars(site)}/*",
            "SolrServer",
        ],
        ready=lambda: all(_answers(f"{url(site, core)}/admin/ping") for core in CORES),
        version=VERSION,
        port=port,
        state=_fingerprint(sorted(home.glob("*/conf/*"))),
    )


def ensure(site: Site) -> None:
    """Fetch and check the jars, compile the server, lay out the cores."""
    sums = site.root / "docker/local/solr.sha256"
    stamp = _jars(site) / ".checked"
    wanted = _fingerprint([sums, *sorted((sums.parent / "java").iterdir())])
    if not stamp.exists() or stamp.read_text() != wanted:
        _fetch(site)
        _check(site, sums)
        _compile(site)
        stamp.write_text(wanted)
    for core, schema in CORES.items():
        _lay_out(site, core, schema)


def url(site: Site, core: str) -> str:
    """Address of a core."""
    return f"http://{LOOPBACK}:{site.port('solr')}/solr/{core}"


def configset_fingerprint(site: Site, core: str) -> str:
    """Changes when the index must be built anew."""
    return _fingerprint(sorted((_home(site) / core / "conf").iterdir()))


def empty(site: Site, core: str) -> None:
    """Remove every document of a core."""
    request = urllib.request.Request(
        f"{url(site, core)}/update?commit=true",
        data=b'{"delete": {"query": "*:*"}}',
        headers={"Content-Type": "application/json"},
    )
    urllib.request.urlopen(request, timeout=60).close()


def _fetch(site: Site) -> None:
    shutil.rmtree(_jars(site), ignore_errors=True)
    with step(f"下载 Solr {VERSION}（Maven）"):
        pom = site.root / "docker/local/java/pom.xml"
        maven = ["mvn", "-B", "-q", "-ntp", "-f", str(pom), COPY]
        _run([*maven, "-DincludeScope=runtime", f"-DoutputDirectory={_jars(site)}"])


def _check(site: Site, sums: Path) -> None:
    """Compare every jar with the committed sums; a missing, changed or further jar stops the start."""
    wanted = {name: digest for digest, name in (line.split() for line in sums.read_text().splitlines())}
    found = {jar.name: hashlib.sha256(jar.read_bytes()).hexdigest() for jar in _jars(site).glob("*.jar")}
    if found == wanted:
        return
    odd = sorted(name for name, _ in found.items() ^ wanted.items())
    shutil.rmtree(_jars(site))
    raise Failure(
        f"Solr 的 jar 文件与校验和不符：{'、'.join(dict.fromkeys(odd))}；已删除，请重新启动",
        f"Jars differ from {sums.name} and were removed; start again, and distrust the source if it recurs.",
    )


def _compile(site: Site) -> None:
    with step("编译 Solr 启动程序"):
        source = site.root / "docker/local/java/SolrServer.java"
        _run(["javac", "-cp", f"{_jars(site)}/*", "-d", str(_classes(site)), str(source)])


def _lay_out(site: Site, core: str, schema: str) -> None:
    """Copy the configset of a core, only what differs."""
    home = _home(site) / core
    conf = home / "conf"
    conf.mkdir(parents=True, exist_ok=True)
    config = site.root / "config/solr"
    _copy(config / "solr.xml", _home(site) / "solr.xml")
    (home / "core.properties").write_text(f"name={core}\n")
    for file in (config / "ckan/conf").iterdir():
        _copy(file, conf / file.name)
    if schema == "stock":
        _copy(next(site.venv.glob(STOCK_SCHEMA)), conf / "schema.xml")


def _copy(source: Path, target: Path) -> None:
    if not target.exists() or source.read_bytes() != target.read_bytes():
        shutil.copyfile(source, target)


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failure(
            f"Solr 准备失败：\n{(done.stderr + done.stdout)[-1500:]}",
            f"`{command[0]}` failed; check the network and the free disk space, then start again.",
        )


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=ANSWER) as answer:
            return int(answer.status) == 200  # noqa: PLR2004
    except (OSError, urllib.error.URLError):
        return False


def _fingerprint(files: list[Path]) -> str:
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def _home(site: Site) -> Path:
    return site.directory("solr")


def _jars(site: Site) -> Path:
    return site.tools / "lib" / "solr"


def _classes(site: Site) -> Path:
    return site.tools / "lib" / "solr-classes"
