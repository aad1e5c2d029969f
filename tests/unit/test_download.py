"""Fetching public files: folder, mirror address and live address, each against a real local server."""

from __future__ import annotations

import http.server
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from core.download import fetch, keep, require
from core.errors import DownloadError
from core.settings import Settings

REPO, BRANCH, FILE = "owner/repo", "main", "data/a file.txt"
TEXT = "føroyskt\n"


@dataclass
class Host:
    """A local web server over a folder that counts what it was asked, and misbehaves on request."""

    folder: Path
    asked: list[str] = field(default_factory=list)
    failures: list[int] = field(default_factory=list)
    cut: bool = False
    redirect: str = ""
    url: str = ""

    def put(self, path: str, text: str = TEXT) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def _handler(host: Host) -> type[http.server.SimpleHTTPRequestHandler]:
    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args: object, **kwargs: object) -> None:
            super().__init__(*args, directory=str(host.folder), **kwargs)  # type: ignore[arg-type]

        def do_GET(self) -> None:
            host.asked.append(self.path)
            if host.failures:
                self.send_error(host.failures.pop(0))
            elif host.redirect:
                self.send_response(302)
                self.send_header("Location", host.redirect)
                self.end_headers()
            elif host.cut:
                self.send_response(200)
                self.send_header("Content-Length", "1000")
                self.end_headers()
                self.wfile.write(b"half a fi")
            else:
                super().do_GET()

        def log_message(self, *args: object) -> None:
            """Quiet."""

    return Handler


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    made = Host(tmp_path / "host")
    made.folder.mkdir()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _handler(made))
    made.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.transfer.PAUSE", 0)
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def work(tmp_path: Path) -> Path:
    return tmp_path / "work"


def mirrored(work: Path, base: str | Path) -> Settings:
    return Settings(workspace=work, mirror=str(base))


def live(work: Path, base: str) -> Settings:
    return Settings(workspace=work, mirror=None, live_base=base)


def leftovers(work: Path) -> list[Path]:
    return [path for path in work.rglob("*") if path.is_file()] if work.exists() else []


@pytest.mark.parametrize("prefix", ["", "file://"])
def test_a_folder_is_read_in_place(host: Host, work: Path, prefix: str) -> None:
    host.put(f"{REPO}/plain.txt")
    found = fetch(REPO, BRANCH, "plain.txt", settings=mirrored(work, f"{prefix}{host.folder}"))
    assert found == host.folder / REPO / "plain.txt"
    assert not work.exists()


def test_a_mirror_address_has_no_branch(host: Host, work: Path) -> None:
    host.put(f"{REPO}/{FILE}")
    found = fetch(REPO, BRANCH, FILE, settings=mirrored(work, host.url))
    assert found is not None
    assert found.read_text(encoding="utf-8") == TEXT
    assert host.asked == ["/owner/repo/data/a%20file.txt"]


def test_a_live_address_has_the_branch(host: Host, work: Path) -> None:
    host.put(f"{REPO}/{BRANCH}/{FILE}")
    found = fetch(REPO, BRANCH, FILE, settings=live(work, host.url + "/"))
    assert found is not None
    assert found.is_relative_to(work / "downloads")
    assert host.asked == ["/owner/repo/main/data/a%20file.txt"]


def test_what_was_fetched_is_not_asked_for_again(host: Host, work: Path) -> None:
    host.put(f"{REPO}/{FILE}")
    first = fetch(REPO, BRANCH, FILE, settings=mirrored(work, host.url))
    assert fetch(REPO, BRANCH, FILE, settings=mirrored(work, host.url)) == first
    assert len(host.asked) == 1
    assert leftovers(work) == [first]


def test_two_addresses_do_not_share_a_cache(host: Host, work: Path) -> None:
    host.put(f"one/{REPO}/{FILE}", "one")
    host.put(f"two/{REPO}/{FILE}", "two")
    answers = [fetch(REPO, BRANCH, FILE, settings=mirrored(work, f"{host.url}/{n}")) for n in ("one", "two")]
    assert [answer.read_text(encoding="utf-8") for answer in answers if answer] == ["one", "two"]


def test_alternatives_are_tried_in_order(host: Host, work: Path) -> None:
    host.put(f"{REPO}/b.txt")
    host.put(f"{REPO}/c.txt")
    for base in (host.folder, host.url):
        found = fetch(REPO, BRANCH, ["a.txt", "b.txt", "c.txt"], settings=mirrored(work, base))
        assert found is not None
        assert found.name == "b.txt"


def test_what_does_not_exist_is_none_and_leaves_nothing(host: Host, work: Path) -> None:
    for base in (host.folder, host.url):
        assert fetch(REPO, BRANCH, ["a.txt", "b.txt"], settings=mirrored(work, base)) is None
    assert leftovers(work) == []


def test_a_required_file_says_where_it_was_looked_for(host: Host, work: Path) -> None:
    with pytest.raises(DownloadError, match=r"owner/repo holds none of a\.txt.*Nothing was changed"):
        require(REPO, BRANCH, "a.txt", settings=mirrored(work, host.folder))


def test_a_busy_server_is_asked_again(host: Host, work: Path) -> None:
    host.put(f"{REPO}/{FILE}")
    host.failures = [503, 429]
    assert require(REPO, BRANCH, FILE, settings=mirrored(work, host.url)).exists()
    assert len(host.asked) == 3


def test_a_refusal_is_an_error_not_an_absence(host: Host, work: Path) -> None:
    host.put(f"{REPO}/b.txt")
    host.failures = [403]
    with pytest.raises(DownloadError, match=r"answered 403 .*Nothing was changed"):
        fetch(REPO, BRANCH, ["a.txt", "b.txt"], settings=mirrored(work, host.url))
    assert len(host.asked) == 1
    assert leftovers(work) == []


def test_half_a_file_never_takes_its_place(host: Host, work: Path) -> None:
    host.cut = True
    with pytest.raises(DownloadError, match="ended after 9 of 1000 bytes"):
        fetch(REPO, BRANCH, FILE, settings=mirrored(work, host.url))
    assert leftovers(work) == []


def test_nobody_answers(work: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(DownloadError, match=r"could not fetch http:..127.*refused.*SSP_MIRROR"):
            fetch(REPO, BRANCH, FILE, settings=live(work, f"http://127.0.0.1:{taken.getsockname()[1]}"))


def test_a_silent_server_is_given_up(work: Path) -> None:
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        base = f"http://127.0.0.1:{mute.getsockname()[1]}"
        slow = Settings(workspace=work, mirror=base, timeout=0.05)
        with pytest.raises(DownloadError, match="did not answer in time"):
            fetch(REPO, BRANCH, FILE, settings=slow)


@pytest.mark.parametrize("base", ["http://example.org", "ftp://example.org", "nonsense", "https://"])
def test_the_live_address_is_https_unless_it_is_this_machine(work: Path, base: str) -> None:
    with pytest.raises(DownloadError, match="not an https address"):
        fetch(REPO, BRANCH, FILE, settings=live(work, base))


def test_a_mirror_that_is_no_folder_is_named(work: Path) -> None:
    with pytest.raises(DownloadError, match=r"SSP_MIRROR names /no/such/folder"):
        fetch(REPO, BRANCH, FILE, settings=mirrored(work, "/no/such/folder"))


@pytest.mark.parametrize(
    "path", ["../x", "a/../../x", "/etc/passwd", "a//b", "", ".", "a\\b", "a\nb", "c:/x"]
)
def test_only_plain_paths_are_fetched(host: Host, work: Path, path: str) -> None:
    for base in (host.folder, host.url):
        with pytest.raises(DownloadError, match="not a plain path"):
            fetch(REPO, BRANCH, path, settings=mirrored(work, base))
        with pytest.raises(DownloadError, match="not a plain path"):
            fetch(path, BRANCH, FILE, settings=mirrored(work, base))
    assert host.asked == []


def test_a_redirect_never_leaves_the_web(host: Host, work: Path) -> None:
    host.redirect = "file:///etc/hostname"
    with pytest.raises(DownloadError, match="could not fetch"):
        fetch(REPO, BRANCH, FILE, settings=mirrored(work, host.url))
    assert leftovers(work) == []


def test_what_is_kept_needs_no_network(host: Host, work: Path) -> None:
    host.put(f"{REPO}/{FILE}")
    online, offline = mirrored(work, host.folder), live(work, "http://127.0.0.1:9")
    for paths in ([FILE], ["absent.txt"]):
        keep(REPO, paths, fetch(REPO, BRANCH, paths, settings=online), online)
    found = fetch(REPO, BRANCH, ["absent.txt", FILE], settings=offline)
    assert found is not None
    assert found.read_text(encoding="utf-8") == TEXT
    assert fetch(REPO, BRANCH, "absent.txt", settings=offline) is None


def test_keeping_twice_changes_nothing(host: Host, work: Path) -> None:
    host.put(f"{REPO}/{FILE}")
    chosen = mirrored(work, host.folder)
    first = keep(REPO, FILE, fetch(REPO, BRANCH, FILE, settings=chosen), chosen)
    again = fetch(REPO, BRANCH, FILE, settings=chosen)
    assert keep(REPO, FILE, again, chosen) == first == again
    assert first is not None
    assert first.read_text(encoding="utf-8") == TEXT
