"""``ckan govshare demo seed``: the invented city of ``config/demo``, so that no list is empty."""

from __future__ import annotations

import time
from pathlib import Path

import click

from ckanext.govshare import statutes

BESIDE_STATUTES = Path(str(statutes.__file__)).parent.parent / "demo"


@click.group(short_help="The demonstration city.")
def demo() -> None:
    """Fill the portal with an invented city, its people, entries and tables."""


@demo.command(short_help="Fill the portal with the demonstration city.")
@click.option(
    "--accounts",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="File that is to hold the accounts, their passwords and tokens (mode 0600).",
)
@click.option(
    "--city",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=BESIDE_STATUTES,
    help="Folder of the city's files.",
)
def seed(accounts: Path, folder: Path) -> None:
    """Create what is missing; a second run changes nothing, a stopped one is finished by the next."""
    from ckanext.govshare.demo import seed as seeding  # noqa: PLC0415 - CKAN's model, needed here only
    from ckanext.govshare.demo.city import City  # noqa: PLC0415

    if not (folder / "city.yaml").is_file():
        raise click.ClickException(
            f"没有演示城市的数据：{folder}/city.yaml。请用 --city 指明 config/demo 目录。"
        )
    started = time.monotonic()
    try:
        made = seeding.seed(City(folder), accounts, _Line())
    except TimeoutError as error:
        raise click.ClickException(
            f"数据文件迟迟没有生成（{error}）。请查看 var/log/worker.log 后再运行一次。"
        ) from error
    told = "、".join(f"{_WORDS[what]} {number}" for what, number in made.items() if number)
    click.echo(f"{told or '没有变化'}（{time.monotonic() - started:.1f} 秒）")


class _Line:
    """One line for each kind of work: redrawn on a terminal, told in tenths elsewhere."""

    def __call__(self, what: str, done: int, total: int) -> None:
        text = f"  {_WORDS[what]} {done}/{total}"
        if click.get_text_stream("stderr").isatty():
            click.echo(f"\r{text}", err=True, nl=done == total)
        elif done == total or done % max(total // 5, 1) == 0:
            click.echo(text, err=True)


_WORDS = {
    "accounts": "帐号",
    "offices": "部门",
    "entries": "目录条目",
    "applications": "申请",
    "editions": "数据版本",
    "files": "数据文件",
}
