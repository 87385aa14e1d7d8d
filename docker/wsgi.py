"""WSGI entry of the portal: gunicorn behind nginx, configuration named by CKAN_INI."""

import os

from ckan.cli import CKANConfigLoader
from ckan.config.middleware import make_app
from werkzeug.middleware.proxy_fix import ProxyFix

# Exactly one proxy stands before us, on a unix socket: what it says of client, host and scheme is true.
application = ProxyFix(
    make_app(CKANConfigLoader(os.environ["CKAN_INI"]).get_config()), x_for=1, x_proto=1, x_host=1
)
