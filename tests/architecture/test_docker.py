"""The containers run what ./govshare runs: no engine is needed to see that files and keys agree."""

from __future__ import annotations

import ast
import re
from configparser import RawConfigParser
from pathlib import Path

import pytest
import yaml
from local import ckan, nginx
from local.site import Site
from local.stack import ORDER
from local.template import fill, places

ROOT = Path(__file__).resolve().parents[2]
DOCKER = ROOT / "docker"
COMPOSE = yaml.safe_load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
DOCKERFILE = (DOCKER / "Dockerfile").read_text(encoding="utf-8")
SHIPPED = {
    "ckan.datastore.sqlsearch.enabled": "false",
    "ckan.datastore.public_table_search": "",
    "ckan.auth.user_create_organizations": "false",
    "ckan.auth.user_create_groups": "false",
    "ckan.auth.user_delete_organizations": "false",
    "ckan.auth.user_delete_groups": "false",
    "ckan.auth.public_user_details": "false",
    "ckan.auth.public_activity_stream_detail": "false",
    "ckan.auth.roles_that_cascade_to_sub_groups": "",
    "ckan.auth.create_unowned_dataset": "false",
    "ckan.hide_version": "true",
    "SESSION_TYPE": "redis",
    "SESSION_COOKIE_SECURE": "true",
    "REMEMBER_COOKIE_SECURE": "true",
    "PERMANENT_SESSION_LIFETIME": "28800",
    "WTF_CSRF_TIME_LIMIT": "28800",
    "ckan.cors.origin_allow_all": "false",
    "ckan.display_timezone": "Asia/Shanghai",
    "debug": "false",
}


@pytest.fixture
def site(tmp_path):
    return Site(ROOT, tmp_path, tmp_path)


def written_ini(text: str) -> RawConfigParser:
    parser = RawConfigParser()
    parser.optionxform = str
    parser.read_string(text)
    return parser


def entrypoint_values() -> set[str]:
    """Keys of the dict that docker/entrypoint.py returns from `values`."""
    tree = ast.parse((DOCKER / "entrypoint.py").read_text(encoding="utf-8"))
    function = next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "values")
    table = next(
        n.value for n in ast.walk(function) if isinstance(n, ast.Return) and isinstance(n.value, ast.Dict)
    )
    return {key.value for key in table.keys}


def mounts():
    for name, service in SERVICES.items():
        for volume in service.get("volumes", []):
            source, target, *_ = volume.split(":")
            yield name, source, target


def test_compose_has_every_part_of_the_local_stack():
    assert set(ORDER) - {"peer"} <= set(SERVICES)


def test_every_service_that_stays_has_a_health_check():
    assert [name for name, s in SERVICES.items() if "healthcheck" not in s and name != "prepare"] == []


def test_every_dependency_is_a_service():
    wanted = {other for service in SERVICES.values() for other in service.get("depends_on", {})}
    wanted |= {s["network_mode"].removeprefix("service:") for s in SERVICES.values() if "network_mode" in s}
    assert wanted <= set(SERVICES)


def test_every_mounted_file_and_volume_exists():
    for name, source, _ in mounts():
        known = (DOCKER / source).exists() if source.startswith(".") else source in COMPOSE["volumes"]
        assert known, f"{name}: {source}"


def test_every_copied_file_exists():
    for line in re.findall(r"^COPY (.+)$", DOCKERFILE, re.MULTILINE):
        for source in line.split()[:-1]:
            assert (ROOT / source).exists(), source


def test_the_image_pins_the_ckan_of_the_local_stack():
    from local.venv import CKAN

    assert f'"{CKAN}"' in DOCKERFILE


def test_versions_are_those_of_the_local_stack():
    images = {name: service.get("image", "") for name, service in SERVICES.items()}
    assert images["postgres"] == "postgres:15"
    assert images["redis"] == "redis:7"
    assert images["solr"] == "solr:9.10"


def test_ini_template_is_filled_by_both():
    wanted = places(ROOT / "config/ckan/govshare.ini")
    assert entrypoint_values() == wanted


def test_nginx_template_is_filled_by_both(site):
    wanted = places(DOCKER / "nginx.conf")
    assert wanted == set(nginx._values(site))
    assert wanted <= set(SERVICES["nginx"]["environment"])


@pytest.mark.parametrize("language", ["", "/en", "/zh_Hans_CN"])
@pytest.mark.parametrize(
    ("path", "is_file"),
    [("", False), ("/link", False), ("/report", False), ("/csv", True), ("/xlsx", True), ("/link/x1", True)],
)
def test_nginx_writes_no_granted_file_to_a_disk(language, path, is_file):
    """Under the address of any language; only files are taken one at a time, pages are not."""
    text = (DOCKER / "nginx.conf").read_text(encoding="utf-8")
    (outer, inner), rest = re.findall(r'location ~ "([^"]+)" {', text), text.rpartition("Granted files")[2]
    asked = f"{language}/application/grant/QX20261122-ABCD2345{path}"
    assert re.search(outer, asked)
    assert bool(re.search(inner, asked)) is is_file
    assert rest.count("proxy_max_temp_file_size 0;") == 1
    assert rest.count("limit_conn granted 1;") == 1


def test_entrypoint_reads_only_what_compose_gives():
    source = (DOCKER / "entrypoint.py").read_text(encoding="utf-8")
    read = set(re.findall(r'environ\["(\w+)"\]', source)) | set(
        re.findall(r'database\("\w+", "(\w+)"', source)
    )
    given = set(SERVICES["prepare"]["environment"])
    assert read <= given


def test_no_password_is_written_down():
    for name, service in SERVICES.items():
        for key, value in (service.get("environment") or {}).items():
            if "PASSWORD" in key or "AUTH" in key:
                assert re.fullmatch(r"\$\{\w+:\?\}", value), f"{name}: {key}"
    assert not re.search(r"PASSWORD|SECRET", DOCKERFILE)


def test_only_nginx_is_published_and_only_on_loopback():
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert list(published) == ["nginx"]
    assert all(port.startswith("127.0.0.1:") for port in published["nginx"])


def test_solr_is_reachable_only_from_the_portal():
    assert SERVICES["solr"]["environment"]["SOLR_JETTY_HOST"] == "127.0.0.1"
    sharing = {name for name, s in SERVICES.items() if s.get("network_mode") == "service:solr"}
    assert sharing == {"prepare", "portal", "worker", "scheduler"}


def test_the_secure_settings_are_shipped(site):
    text = fill(ROOT / "config/ckan/govshare.ini", ckan._values(site, ckan.PORTAL))
    settings = written_ini(text)["app:main"]
    assert {key: settings.get(key, "absent") for key in SHIPPED} == SHIPPED
    assert "resource_proxy" not in settings["ckan.plugins"].split()
    secrets = [settings[k] for k in ("SECRET_KEY", "WTF_CSRF_SECRET_KEY", "api_token.jwt.encode.secret")]
    assert len(set(secrets)) == 3
    assert all(len(bytes.fromhex(secret.removeprefix("string:"))) >= 32 for secret in secrets)


def test_every_file_the_settings_name_exists(site):
    text = fill(ROOT / "config/ckan/govshare.ini", ckan._values(site, ckan.PORTAL))
    functions = written_ini(text)["app:main"]["ckan.datastore.sqlsearch.allowed_functions_file"]
    assert Path(functions).is_file()


def test_the_configset_has_every_file_its_schema_names():
    conf = ROOT / "config/solr/ckan/conf"
    named = set(
        re.findall(
            r'(?:synonyms|protected|words|mapping)="([\w./-]+\.txt)"', (conf / "schema.xml").read_text()
        )
    )
    assert named
    assert {name for name in named if not name.startswith("org/")} <= {file.name for file in conf.iterdir()}


def test_the_schema_keeps_the_name_ckan_looks_for():
    assert '<schema name="ckan-2.12"' in (ROOT / "config/solr/ckan/conf/schema.xml").read_text()


def test_only_the_portals_own_parts_have_the_vault_and_its_keys():
    """The gateway and the mailbox share the state, but neither the sealed files nor what opens them."""
    with_vault = {name for name, source, _ in mounts() if source == "vault"}
    with_keys = {name for name, service in SERVICES.items() if "keyring" in service.get("secrets", [])}
    assert with_vault == with_keys == {"prepare", "portal", "worker", "scheduler"}
    assert COMPOSE["secrets"]["keyring"]["file"] == "./keyring"
    ignored = (
        (ROOT / ".gitignore").read_text().splitlines(),
        (ROOT / ".dockerignore").read_text().splitlines(),
    )
    assert "/docker/keyring" in ignored[0]
    assert "docker/keyring" in ignored[1]


def test_the_key_file_of_the_first_start_is_private_and_stays(site):
    """Mode 0600, 32 random bytes, made once; the portal reads it as its own."""
    from ckanext.govshare.sealing import keyring

    file = site.keyring("portal")
    first = file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600
    assert len(keyring.load(file).current.secret) == 32
    assert site.keyring("portal").read_text() == first
