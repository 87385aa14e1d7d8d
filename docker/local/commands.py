"""The commands of ./govshare: up · down · status · logs · reset · test · bench · ckan."""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from local import bench, ckan, peer, process, stack, suite
from local.failure import Failure
from local.logs import keep_small
from local.progress import say
from local.site import Site

WATCH_SECONDS = 2.0
COLUMNS = ("name", "title", "pid", "port", "ready", "version")


def main(root: Path, arguments: Sequence[str]) -> int:
    """Run one command; exit code 1 with a sentence when it cannot be done."""
    site = Site.of(root)
    chosen, rest = _parser().parse_known_args(arguments)
    passes_on = chosen.run in (test, run_ckan, run_bench)
    if rest and not passes_on:
        _parser().error(f"不认识的参数 unrecognized arguments: {' '.join(rest)}")
    # Said for both: a process that a script started in the background is born deaf to SIGINT.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _interrupt)
    chosen.rest = list(arguments[arguments.index(chosen.command) + 1 :]) if passes_on else []
    try:
        return int(chosen.run(site, chosen) or 0)
    except Failure as failure:
        print(f"\n✗ {failure}", file=sys.stderr)
    except OSError as error:
        print(f"\n✗ {stack.full_disk(error) or error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("\n已中断 Interrupted", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./govshare", description="公共数据开放平台 A city's open data portal"
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    up_ = commands.add_parser("up", help="安装所缺，启动全部服务，建立演示城市 install, start, seed")
    up_.add_argument("--port", type=int, help="网站端口，默认 5000")
    up_.add_argument("--detach", action="store_true", help="就绪后返回，服务在后台运行")
    up_.add_argument("--empty", action="store_true", help="不建立演示城市")
    up_.add_argument(
        "--peer", action="store_true", help="另启动一个未经修改的 CKAN 2.12.0，作对照，也作演示城市的政府门户"
    )
    up_.set_defaults(run=up)
    commands.add_parser("down", help="停止全部服务").set_defaults(run=down)
    status_ = commands.add_parser("status", help="各服务的状态")
    status_.add_argument("--json", action="store_true")
    status_.set_defaults(run=status)
    logs_ = commands.add_parser("logs", help="查看日志")
    logs_.add_argument("part", nargs="?")
    logs_.set_defaults(run=logs)
    reset_ = commands.add_parser("reset", help="停止并删除全部数据（保留已安装的软件）")
    reset_.add_argument("--yes", action="store_true", help="确认删除")
    reset_.set_defaults(run=reset)
    for name, run, sentence in (
        ("test", test, "运行测试，参数交给 pytest"),
        ("bench", run_bench, "运行性能测试，不带名称时列出全部"),
        ("ckan", run_ckan, "以本站配置运行 CKAN 命令行"),
    ):
        commands.add_parser(name, help=sentence, add_help=False).set_defaults(run=run)
    return parser


def up(site: Site, chosen: argparse.Namespace) -> None:
    """Install, start, seed; then stay and watch, unless detached or already running."""
    began = time.monotonic()
    already = process.pid_of(site, "nginx") is not None
    with stack.only_one(site):
        stack.claim_door(site, chosen.port)
        keep_small(site.directory("log"))
        stack.install(site)
        stack.start_stores(site)
        stack.start_portal(site)
        if chosen.peer:
            stack.start_peer(site)
            peer.enroll(site)
        if not chosen.empty:
            ckan.seed(site, ckan.PORTAL)
    say(f"\n  就绪 ready  {time.monotonic() - began:.1f} s   {ckan.PORTAL.address(site)}")
    if chosen.peer:
        say(f"  对照 CKAN   {ckan.PEER.address(site)}")
    _show_accounts(ckan.accounts(site))
    if not chosen.detach and not already:
        _watch(site, chosen)


def _show_accounts(accounts: Path) -> None:
    if not accounts.exists():
        say("  没有演示帐号；新建运维帐号：./govshare ckan sysadmin add NAME email=NAME@example.org")
        return
    say(f"\n  演示帐号 accounts（{accounts}）")
    rows = json.loads(accounts.read_text())
    for row in rows.values() if isinstance(rows, dict) else rows:
        place = f"{row.get('role') or ''} {row.get('organization') or ''}"
        say(f"    {row['name']:<10} {row['password']:<20} {place}")


def _watch(site: Site, chosen: argparse.Namespace) -> None:
    """Start again what dies, until Ctrl-C or SIGTERM; then stop everything."""
    say("\n  按 Ctrl-C 停止 Ctrl-C stops everything")
    try:
        while process.pid_of(site, "nginx") is not None or stack.dead(site):
            if fallen := stack.dead(site):
                say(f"  {'、'.join(fallen)} 意外停止，正在重新启动 restarting")
                with stack.only_one(site):
                    stack.start_stores(site)
                    stack.start_portal(site)
                    if chosen.peer:
                        stack.start_peer(site)
            time.sleep(WATCH_SECONDS)
    except KeyboardInterrupt:
        say("")
        down(site, chosen)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def down(site: Site, _: argparse.Namespace) -> None:
    """Stop everything."""
    with stack.only_one(site):
        stopped = stack.down(site)
    say(f"已停止 stopped: {' '.join(stopped)}" if stopped else "没有正在运行的服务 nothing was running")


def status(site: Site, chosen: argparse.Namespace) -> int:
    """Print the parts; exit code 1 unless all are ready."""
    rows = stack.status(site)
    if chosen.json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for row in [dict(zip(COLUMNS, COLUMNS, strict=True)), *rows]:
            say("  ".join(f"{'–' if row[c] in (None, '') else row[c]!s:<10}" for c in COLUMNS))
    return 0 if rows and all(row["ready"] for row in rows) else 1


def logs(site: Site, chosen: argparse.Namespace) -> None:
    """The end of one part's log, or of all."""
    names = sorted(file.stem for file in (site.var / "log").glob("*.log"))
    if chosen.part and chosen.part not in names:
        raise Failure(
            f"没有名为 {chosen.part} 的日志；现有：{'、'.join(names) or '无'}",
            "No such log; the names are listed above.",
        )
    for name in [chosen.part] if chosen.part else names:
        say(f"── {process.log_of(site, name)}")
        say(process.tail(site, name, 100 if chosen.part else 15))


def reset(site: Site, chosen: argparse.Namespace) -> None:
    """Delete all data of the portal; the Python environment and Solr's jars stay."""
    if not chosen.yes:
        raise Failure(
            f"这会删除 {site.var} 中的全部数据；确认请运行 ./govshare reset --yes",
            "This deletes all data of the portal; confirm with --yes.",
        )
    with stack.only_one(site):
        stack.down(site)
        stack.erase(site)
    say(f"已删除 {site.var} 中的全部数据 all data deleted")


def test(site: Site, chosen: argparse.Namespace) -> int:
    """Run the tests on a stack of their own."""
    return suite.run(site, chosen.rest)


def run_bench(site: Site, chosen: argparse.Namespace) -> int:
    """Run one measurement."""
    return bench.run(site, chosen.rest)


def run_ckan(site: Site, chosen: argparse.Namespace) -> int:
    """Run CKAN's command line with this portal's configuration."""
    if not ckan.PORTAL.ini(site).exists():
        raise Failure("尚未启动过，请先运行 ./govshare up --detach", "Start the portal once, then try again.")
    command = ckan.command(site, ckan.PORTAL, *chosen.rest)
    return subprocess.run(command, env=site.environment, check=False).returncode
