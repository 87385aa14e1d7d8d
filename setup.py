"""Packaging of the portal; the rooms are described in README.md."""

from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).parent
SOURCE = "ckanext-govshare"
ROOMS = {
    "ckanext.govshare.theme": "theme",
    "ckanext.govshare.i18n": "i18n",
    "ckanext.govshare.statutes": "config/statutes",
    "ckanext.govshare.mirror_files": "config/mirror",
}


class BuildWithCatalogs(build_py):
    """Compile the message catalogs before the package data is collected."""

    def run(self):
        from babel.messages.mofile import write_mo
        from babel.messages.pofile import read_po

        for po in (HERE / "i18n").glob("*/LC_MESSAGES/*.po"):
            with po.open("rb") as source, po.with_suffix(".mo").open("wb") as target:
                write_mo(target, read_po(source))
        super().run()


setup(
    name="ckanext-govshare",
    version="0.1.0",
    description="公共数据开放平台: a city's open public data portal on CKAN 2.12",
    long_description=(HERE / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="AGPL-3.0-or-later",
    python_requires=">=3.10",
    namespace_packages=["ckanext"],
    packages=[*find_packages(SOURCE), *ROOMS],
    package_dir={"": SOURCE, **ROOMS},
    package_data={
        "ckanext.govshare": ["config_declaration.yaml", "scheming.yaml", "migration/**/*", "data/**/*"],
        "ckanext.govshare.theme": ["templates/**/*", "assets/**/*", "public/**/*"],
        "ckanext.govshare.i18n": ["*/LC_MESSAGES/*.mo", "*/LC_MESSAGES/*.po", "*.pot"],
        "ckanext.govshare.statutes": ["**/*.yaml"],
        "ckanext.govshare.mirror_files": ["*.yaml", "*.md"],
    },
    cmdclass={"build_py": BuildWithCatalogs},
    zip_safe=False,
    setup_requires=["babel"],
    install_requires=[
        "babel>=2.10",
        "ckanapi>=4.8",
        "ckanext-dcat>=2.4.4",
        "cryptography>=42",
        "duckdb>=1.3",
        "flask>=3.0",
        "olefile>=0.47",
        "opencc>=1.1.9",
        "pypinyin>=0.53",
        "pysolr>=3.9",
        "python-calamine>=0.3",
        "python-dateutil>=2.8.2",
        "python-stdnum>=1.20",
        "pyyaml>=6.0",
        "weasyprint>=70",
        "xlsxwriter>=3.2",
    ],
    extras_require={
        "serve": ["gunicorn>=23", "aiosmtpd>=1.4.6"],
        "test": [
            "pytest>=8",
            "pytest-factoryboy",
            "hypothesis",
            "mypy",
            "ruff",
            "playwright",
            "axe-playwright-python",
            "ckanext-scheming==3.1.0",
            "openpyxl",
            "pycanon",
            "pypdf>=5",
            "xlwt",
            "types-PyYAML",
            "chinesecalendar>=1.11",
            "holidays>=0.100",
        ],
    },
    entry_points={
        "ckan.plugins": [
            "govshare = ckanext.govshare.plugin:GovsharePlugin",
            "govshare_theme = ckanext.govshare.theme_plugin:GovshareThemePlugin",
        ],
    },
)
