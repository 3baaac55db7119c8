from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rag import Collection, search
from rag.fetching import Fetcher, FetchLimits
from rag.ingestion.crawl import Crawl
from rag.ingestion.pipeline import ingest_pages
from rag.isolation.readers import Readers
from tamngu.cli.main import main
from tamngu.records.ingest_report import IngestReport
from tests.integration.rag.site import Site, Visit, page, redirect
from tests.waiting import PATIENCE_S

NAMES = ("Viêng Chăn", "Hà Nội", "Jakarta", "Manila", "Bangkok", "Phnôm Pênh")


@pytest.fixture
def site() -> Iterator[Site]:
    serving = Site()
    yield serving
    serving.close()


def story(name: str, head: str = "") -> bytes:
    paragraphs = "".join(
        f"<p>Cuộc họp lần thứ {n} của hội đồng ở {name} bàn về con sông chảy qua {n} nước.</p>"
        for n in range(2, 6)
    )
    return (
        f"<html><head><title>Họp ở {name}</title>{head}</head>"
        f"<body><article><h1>Họp ở {name}</h1>{paragraphs}</article></body></html>"
    ).encode()


def put_story(site: Site, path: str, name: str, head: str = "") -> None:
    site.pages[path] = page(story(name, head), content_type="text/html; charset=utf-8")


def put_feed(site: Site, *items: tuple[str, str], html: str = "", path: str = "/feed") -> None:
    entries = "".join(
        f"<entry><title>{name}</title><link href='{name}'/><updated>{stamp}</updated>"
        f"<content type='html'><![CDATA[{html}]]></content></entry>"
        for name, stamp in items
    )
    body = f"<feed xmlns='http://www.w3.org/2005/Atom'>{entries}</feed>".encode()
    site.pages[path] = page(body, content_type="application/atom+xml")


def crawled(
    collection: Collection,
    *urls: str,
    max_pages: int = 100,
    feeds_only: bool = False,
    on_pages: Callable[[int, int], object] = lambda done, more: None,
    timeout_s: float = 5,
) -> IngestReport:
    limits = FetchLimits(delay_s=0, timeout_s=timeout_s, allow_private=True)
    with Fetcher(limits) as fetcher, Readers() as readers:
        crawl = Crawl(collection.catalog, fetcher, readers, max_pages, feeds_only, on_pages)
        return ingest_pages(collection, crawl, urls)


def titles(collection: Collection) -> set[str | None]:
    return {row["title"] for row in collection.catalog.articles.listing()}


def test_a_page_is_fetched_once_and_then_only_asked_about(empty: Collection, site: Site) -> None:
    def answer(visit: Visit) -> None:
        if visit.headers.get("if-none-match") == '"1"':
            page(b"", 304)(visit)
        else:
            put = story("Hà Nội", "<meta property='article:published_time' content='2020-11-25'>")
            page(put, content_type="text/html; charset=utf-8", etag='"1"')(visit)

    site.pages["/a"] = answer
    url = f"{site.root}/a"
    assert crawled(empty, f"{url}#top").added == 1
    (row,) = empty.catalog.articles.listing()
    assert (row["url"], row["source"], row["published_at"]) == (url, "127.0.0.1", "2020-11-25")
    report = crawled(empty, url)
    assert (report.added, report.unchanged, report.passages) == (0, 1, 0)
    put_story(site, "/a", "Manila")
    assert crawled(empty, url).updated == 1
    assert titles(empty) == {"Họp ở Manila"}
    assert search(empty, "Manila").hits[0].url == url


def test_without_validators_the_bytes_tell_that_nothing_has_changed(
    empty: Collection, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_story(site, "/a", "Hà Nội")
    crawled(empty, f"{site.root}/a")
    monkeypatch.setattr("rag.isolation.readers.Readers.read", None)
    assert crawled(empty, f"{site.root}/a").unchanged == 1


def test_only_new_and_changed_pages_of_a_feed_are_fetched(empty: Collection, site: Site) -> None:
    for n, name in enumerate(NAMES):
        put_story(site, f"/{n}", name)
    put_feed(site, ("/0", "1"), ("/1", "1"))
    feed = f"{site.root}/feed"
    assert crawled(empty, feed, feeds_only=True).added == 2
    put_feed(site, ("/2", "1"), ("/0", "2"), ("/1", "1"))
    put_story(site, "/0", "Manila")
    site.asked.clear()
    report = crawled(empty, feed)
    assert (report.added, report.updated, report.unchanged) == (1, 1, 1)
    assert site.paths == ["/feed", "/2", "/0"]
    site.asked.clear()
    assert crawled(empty, feed).rejected == []
    assert site.paths == ["/feed"]


def test_a_page_that_may_not_be_fetched_is_taken_from_its_feed(
    empty: Collection, site: Site
) -> None:
    site.pages["/robots.txt"] = page(b"User-agent: *\nDisallow: /0\n", content_type="text/plain")
    put_story(site, "/0", "Hà Nội")
    put_feed(site, ("/0", "1"), ("/gone", "1"), html="<p>Lào gia nhập ASEAN năm 1997.</p>")
    report = crawled(empty, f"{site.root}/feed")
    assert (report.added, report.rejected) == (2, [])
    assert site.paths == ["/feed", "/gone"]
    site.asked.clear()
    put_feed(site, ("/0", "1"), html="<p>Lào gia nhập ASEAN năm 1997.</p>")
    assert crawled(empty, f"{site.root}/feed").unchanged == 1
    assert site.paths == ["/feed"]


def test_a_crawl_goes_on_where_it_was_bounded(empty: Collection, site: Site) -> None:
    for n, name in enumerate(NAMES):
        put_story(site, f"/{n}", name)
    put_feed(site, *((f"/{n}", "1") for n in range(6)))
    counted: list[tuple[int, int]] = []
    feed = f"{site.root}/feed"
    assert crawled(empty, feed, max_pages=4, on_pages=lambda *n: counted.append(n)).added == 4
    # The feed itself, and the pages that it lists.
    assert [sum(part) for part in zip(*counted, strict=True)] == [5, 7]
    site.asked.clear()
    assert crawled(empty, feed, max_pages=4).added == 2
    assert site.paths == ["/feed", "/4", "/5"]
    assert len(titles(empty)) == 6


def test_a_crawl_that_was_broken_off_loses_nothing(
    empty: Collection, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(12):
        put_story(site, f"/{n}", f"{NAMES[n % 6]} {n}")
    put_feed(site, *((f"/{n}", "1") for n in range(12)))
    fetch = Fetcher.fetch

    def interrupted(self: Fetcher, url: str, **validators: str | None) -> object:
        if url.endswith("/9"):
            raise KeyboardInterrupt
        return fetch(self, url, **validators)

    monkeypatch.setattr("rag.ingestion.batches._AGE_S", 0)
    with monkeypatch.context() as patched:
        patched.setattr(Fetcher, "fetch", interrupted)
        with pytest.raises(KeyboardInterrupt):
            crawled(empty, f"{site.root}/feed")
    stored = len(titles(empty))
    assert stored > 0
    site.asked.clear()
    report = crawled(empty, f"{site.root}/feed")
    assert (report.added, len(titles(empty))) == (12 - stored, 12)
    assert "/0" not in site.paths


def test_sitemaps_lead_to_sitemaps(empty: Collection, site: Site) -> None:
    def sitemap(kind: str, part: str, *paths: str) -> bytes:
        places = "".join(f"<{part}><loc>{site.root}{path}</loc></{part}>" for path in paths)
        return f"<{kind}>{places}</{kind}>".encode()

    site.pages["/all.xml"] = page(sitemap("sitemapindex", "sitemap", "/1.xml", "/all.xml"))
    site.pages["/1.xml"] = page(sitemap("urlset", "url", "/0", "/1"))
    put_story(site, "/0", "Hà Nội")
    put_story(site, "/1", "Manila")
    report = crawled(empty, f"{site.root}/all.xml")
    assert (report.added, report.rejected) == (2, [])


def test_what_cannot_be_had_is_named_and_asked_for_again_only_if_that_may_help(
    empty: Collection, site: Site
) -> None:
    site.pages["/busy"] = page(b"", 500)
    site.pages["/picture"] = page(b"\x89PNG", content_type="image/png")
    site.pages["/menu"] = page(b"<a href='/'>Home</a>", content_type="text/html")
    put_feed(site, *((path, "1") for path in ("/gone", "/busy", "/picture", "/menu")))
    wrong = [str(item) for item in crawled(empty, f"{site.root}/feed").rejected]
    assert [line.removeprefix(site.root) for line in wrong] == [
        "/gone: it answered 404",
        "/busy: it answered 500",
        "/picture: it is image/png, which has no reader",
        "/menu: the page has no article",
    ]
    site.asked.clear()
    put_story(site, "/busy", "Hà Nội")
    assert crawled(empty, f"{site.root}/feed").added == 1
    assert site.paths == ["/feed", "/busy"]


def test_a_page_speaks_only_for_its_own_site(empty: Collection, site: Site) -> None:
    put_story(site, "/a", "Hà Nội", "<link rel='canonical' href='https://other.example/x'>")
    put_story(site, "/b", "Manila", f"<link rel='canonical' href='{site.root}/c'>")
    site.pages["/old"] = redirect("/a")
    crawled(empty, f"{site.root}/old", f"{site.root}/b")
    assert {row["url"] for row in empty.catalog.articles.listing()} == {
        f"{site.root}/a",
        f"{site.root}/c",
    }


def test_a_page_that_is_given_and_listed_is_read_once(empty: Collection, site: Site) -> None:
    put_story(site, "/0", "Hà Nội")
    put_feed(site, ("/0", "1"))
    report = crawled(empty, f"{site.root}/0", f"{site.root}/feed")
    assert (report.added, report.rejected) == (1, [])
    assert empty.catalog.crawl.count_pending(f"{site.root}/feed") == 0


def test_a_page_is_no_feed(empty: Collection, site: Site) -> None:
    put_story(site, "/a", "Hà Nội")
    (wrong,) = crawled(empty, f"{site.root}/a", feeds_only=True).rejected
    assert wrong.reason == "it is neither a feed nor a sitemap"


def test_what_stands_on_all_pages_of_a_site_is_cut(empty: Collection, site: Site) -> None:
    line = "Đăng ký nhận bản tin của chúng tôi để không bỏ lỡ tin nào trong tuần này nhé."
    for n, name in enumerate(NAMES):
        body = story(name).replace(b"</article>", f"<p>{line}</p></article>".encode())
        site.pages[f"/{n}"] = page(body, content_type="text/html; charset=utf-8")
    put_feed(site, *((f"/{n}", "1") for n in range(6)))
    assert crawled(empty, f"{site.root}/feed").added == 6
    for article_id in empty.catalog.articles.ids():
        article = empty.catalog.articles.get(article_id)
        assert article is not None
        assert line not in article.text
        assert line in [cut.line for cut in article.cut]


def test_a_crawl_is_stopped_at_once(
    empty: Collection, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.pages["/slow"] = lambda visit: visit.trickle(b"x", 0.05)
    site.pages["/robots.txt"] = page(b"", 404)

    def interrupted(self: object) -> object:
        while "/slow" not in site.paths:
            time.sleep(0.01)
        raise KeyboardInterrupt

    monkeypatch.setattr("rag.ingestion.batches.BatchReader._next", interrupted)
    with pytest.raises(KeyboardInterrupt):
        crawled(empty, f"{site.root}/slow", timeout_s=PATIENCE_S)
    assert not site.client_stayed


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as exit_:
        main(["ingest", *arguments])
    printed = capsys.readouterr()
    assert isinstance(exit_.value.code, int)
    return exit_.value.code, printed.out, printed.err


def test_the_command_fetches_pages_and_feeds(
    tmp_path: Path, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    put_story(site, "/a", "Hà Nội")
    put_story(site, "/0", "Manila")
    put_feed(site, ("/0", "1"))
    options = ("--home", str(tmp_path), "--delay", "0", "--json")
    code, printed, errors = run(capsys, f"{site.root}/a", *options)
    assert (code, json.loads(printed)["added"]) == (1, 0)
    assert "127.0.0.1" in errors
    assert "--allow-private" in errors
    sources = (f"{site.root}/a", "--feed", f"{site.root}/feed", "--allow-private")
    code, printed, _ = run(capsys, *sources, *options, "--dry-run")
    titles = [article["title"] for article in json.loads(printed)["articles"]]
    assert (code, titles) == (0, ["Họp ở Hà Nội", "Họp ở Manila"])
    code, printed, _ = run(capsys, *sources, *options)
    assert (code, json.loads(printed)["added"]) == (0, 2)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--feed", "nothing"],
        ["--field", "x=y", "a.json"],
        ["--read-limits", "cpu_s=no", "a.json"],
        ["--read-limits", ".png:cpu_s=1", "a.json"],
    ],
)
def test_wrong_usage_is_told(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, errors = run(capsys, *arguments, "--home", str(tmp_path))
    assert code == 2
    assert errors.strip()
