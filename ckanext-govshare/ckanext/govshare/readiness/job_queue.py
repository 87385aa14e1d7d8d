"""Redis: whoever can write it runs code in our worker, so strangers must not get an answer."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import redis
from ckan.plugins import toolkit

from ckanext.govshare.readiness import reach
from ckanext.govshare.readiness.fault import Config, Fault

USUAL_PORT = 6379


def check(config: Config) -> Iterator[Fault]:
    """Yield a fault when Redis does not answer us, or answers strangers."""
    address = str(config["ckan.redis.url"])
    try:
        client = redis.Redis.from_url(
            address, socket_timeout=reach.TIMEOUT, socket_connect_timeout=reach.TIMEOUT
        )
        client.ping()
        ports = _ports(client, address)
        client.close()
    except redis.RedisError:
        yield Fault(toolkit._("Redis does not answer."), refuses=False)
        return
    place = urlsplit(address)
    host = place.hostname if place.scheme.startswith("redis") else None
    for stranger in reach.where_to_knock(host):
        for port in ports:
            if _answers_strangers(stranger, port):
                yield Fault(
                    toolkit._(
                        "Redis answers at %(address)s without a password; "
                        "let it listen on a unix socket or 127.0.0.1 only, or set requirepass."
                    )
                    % {"address": f"{stranger}:{port}"}
                )


def _ports(client: Any, address: str) -> list[int]:
    """Return the TCP ports to try; a server on a unix socket may listen on one as well, 0 is none."""
    place = urlsplit(address)
    if place.scheme.startswith("redis"):
        return [place.port or USUAL_PORT]
    try:
        port = int(client.config_get("port").get("port", 0))
    except redis.ResponseError:
        return []
    return [port] if port else []


def _answers_strangers(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=reach.TIMEOUT) as door:
            door.sendall(b"PING\r\n")
            return door.recv(16).startswith(b"+PONG")
    except OSError:
        return False
