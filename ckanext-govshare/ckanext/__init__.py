"""Namespace package shared with CKAN and its extensions, declared the way CKAN itself does."""

try:
    import pkg_resources

    pkg_resources.declare_namespace(__name__)
except ImportError:
    from pkgutil import extend_path

    __path__ = extend_path(__path__, __name__)
