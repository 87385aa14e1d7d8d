"""Everybody's pages in a real browser: at a desk and on a phone, with and without a script, by keyboard."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import DESK, PHONE, fits, follow

PAGES = [
    "/",
    "/dataset/",
    "/organization/",
    "/guide",
    "/guide/sitemap",
    "/mirror",
    "/api/docs",
    "/statistics",
    "/statistics?year=2020",
    "/deadline",
    "/deadline?duty=open_reply&received=2026-09-17&extension_days=10",
    "/deadline?duty=coffee&received=never",
    "/user/login",
    "/user/reset",
    "/nothing-here",
]
WIDTHS = {"desk": DESK, "phone": PHONE}
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def first_link(page, selector):
    return page.locator(selector).first.get_attribute("href")


@pytest.fixture(scope="module")
def entries(base_url, playwright_request):
    """The city's first public entry of each class, as the API tells everybody."""

    def one(openness, more=""):
        query = f"/api/3/action/package_search?fq=openness:{openness}{more}&rows=1&sort=metadata_created asc"
        found = playwright_request.get(base_url + query).json()["result"]["results"]
        return found[0] if found else None

    return {"unconditional": one("unconditional"), "conditional": one("conditional")}


@pytest.fixture(scope="session")
def playwright_request(browser):
    context = browser.new_context()
    yield context.request
    context.close()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", PAGES)
def test_page_is_accessible_and_fits(new_page, axe, path, width):
    page = new_page(viewport=WIDTHS[width])
    broken = []
    page.on("console", lambda message: broken.append(message.text) if "Refused" in message.text else None)
    page.goto(path)
    axe(page)
    assert broken == [], "the content security policy stopped something"
    fits(page)
    assert page.locator("h1").count() == 1
    assert page.locator("main, [role=main]").count() == 1
    assert CHINESE.search(page.title())


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("openness", ["unconditional", "conditional"])
def test_entry_page_is_accessible_and_fits(new_page, axe, entries, openness, width):
    page = new_page(viewport=WIDTHS[width])
    page.goto(f"/dataset/{entries[openness]['name']}")
    axe(page)
    fits(page)
    expect(page.locator("h1")).to_have_text(entries[openness]["title"])


def test_home_figures_are_those_of_the_list_behind_them(page):
    page.goto("/")
    for number in range(2):
        page.goto("/")
        link = page.locator("a.gs-class:has(.gs-class-count)").nth(number)
        told = int(re.sub(r"\D", "", link.locator(".gs-class-count").inner_text()))
        follow(link)
        assert int(re.findall(r"[\d,]+", page.locator("#results").inner_text())[-1].replace(",", "")) == told
    page.goto("/")
    theme = page.locator("a.gs-theme").first
    told = int(re.findall(r"\d+", theme.locator(".gs-theme-count").inner_text())[0])
    follow(theme)
    assert told == int(re.findall(r"\d+", page.locator("#results").inner_text())[0])


def test_examples_under_the_question_find_something(page):
    page.goto("/")
    links = page.locator(".gs-search-examples a")
    assert links.count() == 5
    for address in [links.nth(number).get_attribute("href") for number in range(5)]:
        page.goto(address)
        assert page.locator(".gs-row").count() > 0, address


def test_question_stays_and_filters_combine_as_either_or(page):
    page.goto("/dataset/")
    everything = int(re.findall(r"\d+", page.locator("#results").inner_text())[0])
    themes = page.locator(".gs-facet").filter(has_text="主题").first
    counts = [int(text.split()[0]) for text in themes.locator(".gs-facet-count").all_inner_texts()[:2]]
    follow(themes.locator("a").nth(0))
    one = int(re.findall(r"\d+", page.locator("#results").inner_text())[0])
    assert one == counts[0] < everything
    themes = page.locator(".gs-facet").filter(has_text="主题").first
    follow(themes.locator("li:not(.gs-facet-on) a").first)
    both = int(re.findall(r"\d+", page.locator("#results").inner_text())[0])
    assert both == counts[0] + counts[1]
    assert len(parse_qs(urlsplit(page.url).query)["theme"]) == 2
    assert page.locator(".gs-chip:not(.gs-chip-clear)").count() == 2
    follow(page.locator(".gs-chip").first)
    assert len(parse_qs(urlsplit(page.url).query)["theme"]) == 1
    page.go_back()
    assert page.locator(".gs-chip:not(.gs-chip-clear)").count() == 2


def test_search_keeps_filters_and_words(page):
    page.goto("/dataset/?theme=transport&q=公交")
    box = page.get_by_role("searchbox")
    expect(box).to_have_value("公交")
    box.fill("停车")
    follow(page.get_by_role("button", name="搜索"))
    asked = parse_qs(urlsplit(page.url).query)
    assert asked == {"q": ["停车"], "theme": ["transport"]}
    assert page.locator(".gs-row mark").count() > 0


@pytest.mark.parametrize(
    "query",
    [
        "q=[[{{%22",
        "q=openness:closed",
        "q=*:*%20OR%201",
        "theme=%22)%20OR%20(*:*",
        "page=99999",
        "page=-1&sort=drop",
        "q=" + "长" * 300,
    ],
)
def test_strange_questions_get_an_answer(page, query):
    response = page.goto(f"/dataset/?{query}")
    assert response.status == 200
    assert page.locator("#results").count() == 1
    assert page.locator(".gs-badge:has-text('不予开放')").count() == 0


def test_nothing_found_says_what_to_do(page):
    page.goto("/dataset/?q=绝无此词地铁飞碟时刻&theme=transport")
    empty = page.locator(".gs-empty")
    expect(empty).to_contain_text("没有找到")
    follow(empty.get_by_role("link", name="清除全部筛选"))
    expect(page.get_by_role("searchbox")).to_have_value("绝无此词地铁飞碟时刻")
    assert "theme" not in page.url


def test_everything_works_without_a_script(new_page, entries):
    page = new_page(java_script_enabled=False)
    page.goto("/")
    page.get_by_role("searchbox").fill("公交")
    follow(page.get_by_role("button", name="搜索"))
    assert page.locator(".gs-row").count() > 0
    follow(page.locator(".gs-facet a:visible").first)
    assert page.locator(".gs-chip").count() >= 1
    follow(page.locator(".gs-row-title a").first)
    expect(page.locator("#take")).to_be_visible()
    expect(page.locator("#api pre").first).to_contain_text("package_show")


def test_filters_unfold_on_a_phone(phone):
    phone.goto("/dataset/")
    facet = phone.locator(".gs-facet").first
    expect(facet).to_be_hidden()
    phone.locator(".gs-sheet > summary").click()
    expect(facet).to_be_visible()


def test_keyboard_reaches_the_content_first(page):
    page.goto("/dataset/")
    page.keyboard.press("Tab")
    expect(page.locator(".gs-skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#content$"))


def test_files_of_an_entry_are_offered_and_its_rows_shown(page, base_url, playwright_request):
    found = playwright_request.get(
        f"{base_url}/api/3/action/package_search?fq=res_format:CSV&rows=1&sort=metadata_created asc"
    ).json()
    entry = found["result"]["results"][0]
    page.goto(f"/dataset/{entry['name']}")
    formats = page.locator(".gs-file-format").all_inner_texts()
    assert sorted(formats) == sorted(resource["format"] for resource in entry["resources"])
    first = page.locator(".gs-file").first
    answer = playwright_request.get(base_url + urlsplit(first.get_attribute("href")).path)
    assert answer.status == 200
    assert len(answer.body()) > 0
    rows = page.locator("#preview .gs-table-data tbody tr")  # not those of a picture beside them
    assert 0 < rows.count() <= 20
    table = next(resource["id"] for resource in entry["resources"] if resource.get("datastore_active"))
    expect(page.locator("#api-curl + .gs-code")).to_contain_text(table)
    expect(page.locator("#history")).to_contain_text("第 1 版")


def test_conditional_entry_tells_condition_basis_and_days(page, entries):
    entry = entries["conditional"]
    page.goto(f"/dataset/{entry['name']}")
    box = page.locator("#take")
    expect(box).to_contain_text(entry["openness_condition"])
    expect(box).to_contain_text("10 个工作日")
    assert page.locator(".gs-file").count() == 0


def test_missing_page_is_explained_and_numbered(page):
    response = page.goto("/dataset/there-is-no-such-entry")
    assert response.status == 404
    expect(page.locator("main")).to_contain_text("没有这个页面")
    expect(page.locator("main")).to_contain_text(re.compile(r"\d{10}-404-[0-9a-f]{4}"))


def test_addresses_of_ckan_lead_to_ours(page):
    page.goto("/group/")
    assert urlsplit(page.url).path == "/"
    page.goto("/about")
    assert urlsplit(page.url).path == "/guide"


def test_sitemap_lists_what_is_public_and_only_that(base_url, playwright_request):
    listed = re.findall(r"<loc>([^<]+)</loc>", playwright_request.get(f"{base_url}/sitemap.xml").text())
    figures = playwright_request.get(f"{base_url}/api/3/action/govshare_statistics_show").json()["result"]
    assert len([url for url in listed if "/dataset/" in url]) - 1 == figures["entries"] > 0
    assert (
        f"{base_url}/sitemap.xml".split("://")[1] in playwright_request.get(f"{base_url}/robots.txt").text()
    )


def test_workbench_is_offered_to_officers_only(page, log_in):
    page.goto("/")
    assert page.get_by_role("link", name="工作台").count() == 0
    clerk = log_in("clerk")
    clerk.goto("/")
    expect(clerk.get_by_role("link", name="工作台")).to_be_visible()


def test_wrong_password_keeps_the_name(page):
    page.goto("/user/login")
    page.locator("#login").fill("somebody")
    page.locator("#password").fill("wrong")
    page.locator("main [type=submit]").click()
    expect(page.locator("#login")).to_have_value("somebody")
    expect(page.locator(".gs-notice-bad")).to_be_visible()
