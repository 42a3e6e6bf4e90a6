"""Takes a picture of every page, at 1440 and 390 px, in Chinese and English, into the folder `screens` (git-ignored).

    make screens                                         the demo company, made and played for this
    make screens ARGS="--url http://..."                  a server that runs already (demo log-ins)

Says of each page what axe-core finds serious, what fails in its scripts, and whether it is wider than the window or
does not open, and ends with 1 when there was any of it: of the page as it opens, with everything on it unfolded, with
each of its dialogs open, and refused when a form on it was sent with what must be there left empty. It follows the
links of each person's pages; of pages with the same address but for numbers only one is taken, every tab by itself.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from playwright.sync_api import Browser, Error, Page, sync_playwright
from tests.browser.axe import serious
from tests.browser.chromium import ARGUMENTS
from tests.browser.server import serving

from loanloom.demo import cast
from loanloom.demo.story import Script, play
from loanloom.testing.browser import find_chromium
from loanloom.testing.postgres import Cluster
from loanloom.web.app import create_app

ROOT = Path(__file__).parents[2]
PEOPLE = ("east-rm", "east-1", "finance", "risk", "business", "admin", "auditor", "lin", "xu", "sun")
WIDTHS = (1440, 390)
LANGUAGES = ("zh", "en")
FILES = (".zip", ".xlsx", ".pdf", ".docx", ".csv", ".jpg", ".png")
TABS = ("tab", "view")
DEEPEST = 3

# menus over the page and what is unfolded already are left as they are
UNFOLD = """() => {
  const all = [...document.querySelectorAll("main details:not([open], .menu)")];
  all.forEach((one) => { one.open = true; });
  return all.length;
}"""
# the forms that say of something that it must be there; of those alike, as the cells of a sheet are, only the first
DEMANDING = """() => {
  const demanding = (form) => form.method === "post" && form.querySelector("[required]:is(input, select, textarea)");
  const plain = (words) => words.replace(/\\d+/g, "N");
  const boxes = (form) => [...form.elements].map((box) => `${box.type} ${plain(box.name)}`).join();
  const known = new Set();
  const fresh = (kind) => !known.has(kind) && known.add(kind);
  window.demanding = [...document.querySelectorAll("main form")]
    .filter((form) => demanding(form) && fresh(plain(form.action) + boxes(form)));
  return window.demanding.length;
}"""
EMPTIED = f"""(nth) => {{
  ({DEMANDING})();
  const form = window.demanding[nth];
  form.noValidate = true;
  form.querySelectorAll("[required]").forEach((box) => {{
    if (["checkbox", "radio"].includes(box.type)) box.checked = false; else box.value = "";
  }});
  form.requestSubmit();
}}"""


@contextmanager
def demo_server(rows: int) -> Iterator[str]:
    """The demo company on a throw-away database."""
    cluster = Cluster()
    made = cluster.clone("screens")
    try:
        print("playing the story ...", flush=True)
        play(made.database, Script(project=ROOT, rows=rows), lambda *_: None)
        with serving(create_app(made.database, secret_key="screens, a key of more than thirty-two bytes")) as address:
            yield address
    finally:
        made.close()
        cluster.close()


def pattern(url: str) -> str:
    """One page for all addresses that differ in numbers or, but for its tabs, in what comes after the question mark."""
    path = re.sub(r"/\d+(?=/|$|\.)", "/N", urlsplit(url).path)
    path = re.sub(r"^(/studio/(?:definitions/[^/]+|flows|new-product/like))/[^/]+/", r"\1/KEY/", path)
    tabs = [f"{name}-{value}" for name, value in parse_qsl(urlsplit(url).query) if name in TABS]
    return re.sub(r"^/studio/definitions/[^/]+/$", "/studio/definitions/KIND/", path) + "_".join(tabs)


def links(page: Page, address: str) -> list[str]:
    """Where one can go from here inside the house."""
    # links in a drawing say their address as it was written
    absolute = "all => all.map((a) => new URL(a.href.baseVal ?? a.href, document.baseURI).href)"
    found = page.eval_on_selector_all("a[href]", absolute)
    inside = [url.split("#")[0] for url in found if url.startswith(address)]
    return [url for url in dict.fromkeys(inside) if not urlsplit(url).path.endswith(FILES)]


class Faults:
    """What was found wrong, said at once and once more at the end. A fault of every page is said once."""

    def __init__(self) -> None:
        self.told: dict[str, str] = {}

    def tell(self, what: str, where: str) -> None:
        """Of the page, or of the person and page, that it was found on first."""
        if what not in self.told:
            self.told[what] = where
            print(f"  {where}: {what}", flush=True)

    def __len__(self) -> int:
        return len(self.told)


def walk(page: Page, address: str, seen: dict[str, str], faults: Faults) -> Iterator[str]:
    """Every kind of page this person can reach, the first address of each."""
    waiting, mine = [(f"{address}/", 0)], set()
    while waiting:
        url, depth = waiting.pop(0)
        if pattern(url) in mine:
            continue
        mine.add(pattern(url))
        try:
            answer = page.goto(url)
        except Error as error:  # a download, not a page
            print(f"  {str(error).splitlines()[0]} {url}")
            continue
        if answer is None or not answer.ok:
            faults.tell(f"{answer.status if answer else 'no answer'}, linked on a page", pattern(url))
            continue
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        if pattern(url) not in seen:
            seen[pattern(url)] = url
            yield url
        for link in links(page, address):
            deeper = urlsplit(link).path != urlsplit(url).path  # the tabs of a page are as deep as the page
            if depth + deeper <= DEEPEST:
                waiting.append((link, depth + deeper))


def context(browser: Browser, address: str, language: str, width: int, dark: bool):
    """A fresh browser of that width and language, patient with a busy machine."""
    made = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": 900},
        locale="zh-CN" if language == "zh" else "en-GB",
        color_scheme="dark" if dark else "light",
    )
    made.set_default_timeout(120_000)
    return made


def sign_in(page: Page, username: str, password: str) -> None:
    """Through the log-in page."""
    page.goto("/login/")
    page.fill("[name=username]", username)
    page.fill("[name=password]", password)
    page.click("form.door-card button[type=submit]")
    page.wait_for_url(lambda url: "/login/" not in url)


def picture(page: Page, folder: Path, name: str, faults: Faults) -> None:
    """The whole page, once nothing is loading any more."""
    settled(page)
    where = f"{folder.name}/{name}"
    for fault in serious(page):
        faults.tell(fault, where)
    wide, window = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    if wide > window:
        faults.tell(f"{name} is {wide} px wide in a window of {window}", where)
    page.screenshot(path=str(folder / f"{name}.png"), full_page=True)


def opened(page: Page, folder: Path, name: str, faults: Faults) -> None:
    """The page with everything unfolded, then with each of its dialogs open."""
    if page.evaluate(UNFOLD):
        picture(page, folder, f"{name}~unfolded", faults)
    page.reload()
    settled(page)
    for dialog in page.eval_on_selector_all("[data-dialog]", "all => [...new Set(all.map((b) => b.dataset.dialog))]"):
        page.evaluate("id => document.getElementById(id)?.showModal()", dialog)
        for fault in serious(page, f"#{dialog}"):
            faults.tell(fault, f"{folder.name}/{name}~{dialog}")
        page.screenshot(path=str(folder / f"{name}~{dialog}.png"))
        page.evaluate("id => document.getElementById(id)?.close()", dialog)


def refused(page: Page, folder: Path, name: str, faults: Faults) -> None:
    """The page as it comes back when each of its forms was sent with what must be there left empty: nothing happens to
    the company by that.
    """
    address = page.url
    for nth in range(page.evaluate(DEMANDING)):
        page.goto(address)
        page.evaluate(EMPTIED, nth)
        page.wait_for_timeout(150)
        picture(page, folder, f"{name}~refused-{nth + 1}", faults)


def settled(page: Page) -> None:
    """Wait until nothing loads or moves any more."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(350)


def main(arguments: list[str] | None = None) -> int:
    """Take them all; 1 when something is wrong with a page, or there is no browser."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url")
    parser.add_argument("--people", default=",".join(PEOPLE))
    parser.add_argument("--only", help="addresses that hold this text")
    parser.add_argument("--widths", default=",".join(map(str, WIDTHS)))
    parser.add_argument("--languages", default=",".join(LANGUAGES))
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--rows", type=int, default=60, help="applicants of the import, when the demo is played")
    parser.add_argument("--into", default=str(ROOT / "screens"))
    chosen = parser.parse_args(arguments)
    path = find_chromium()
    if path is None:
        print("no Chromium found")
        return 1
    password = cast.read(ROOT / "metadata" / "demo").password
    faults = Faults()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        if chosen.url:
            take(browser, chosen.url.rstrip("/"), password, chosen, faults)
        else:
            with demo_server(chosen.rows) as address:
                take(browser, address, password, chosen, faults)
        browser.close()
    print(f"{len(faults)} faults" if faults else "nothing serious found")
    return 1 if faults else 0


def take(browser: Browser, address: str, password: str, chosen: argparse.Namespace, faults: Faults) -> None:
    """Walk once, then take each page in every language and width."""
    seen: dict[str, str] = {}
    for person in chosen.people.split(","):
        with context(browser, address, "en", 1440, False) as walking:
            page = walking.new_page()
            sign_in(page, person, password)
            found = [url for url in walk(page, address, seen, faults) if not chosen.only or chosen.only in url]
        print(f"{person}: {len(found)} pages", flush=True)
        for language in chosen.languages.split(","):
            for width in chosen.widths.split(","):
                folder = Path(chosen.into) / f"{language}-{width}{'-dark' if chosen.dark else ''}"
                folder.mkdir(parents=True, exist_ok=True)
                with context(browser, address, language, int(width), chosen.dark) as made:
                    page = made.new_page()
                    listen(page, faults)
                    page.goto("/login/")
                    picture(page, folder, "login", faults)
                    sign_in(page, person, password)
                    for url in found:
                        page.goto(url)
                        name = pattern(url).strip("/").replace("/", "_") or "home"
                        picture(page, folder, f"{person}-{name}", faults)
                        opened(page, folder, f"{person}-{name}", faults)
                        refused(page, folder, f"{person}-{name}", faults)


def listen(page: Page, faults: Faults) -> None:
    """What fails in its scripts, or what the content policy forbids."""
    page.on("pageerror", lambda error: faults.tell(str(error), page.url))
    refusal = "status of 422"  # a form was sent empty on purpose
    page.on(
        "console",
        lambda said: said.type == "error" and refusal not in said.text and faults.tell(said.text, page.url),
    )


if __name__ == "__main__":
    sys.exit(main())
