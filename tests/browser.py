"""Finds a Chromium for the tests, and fetches one where there is none: `python -m tests.browser`."""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache" / "chromium"
_NAMES = (
    *("chromium", "chromium-browser", "chromium-headless-shell", "chrome", "google-chrome"),
    *("google-chrome-stable", "microsoft-edge", "microsoft-edge-stable", "brave-browser"),
)
_APPLICATIONS = (
    *("Google Chrome.app/Contents/MacOS/Google Chrome", "Chromium.app/Contents/MacOS/Chromium"),
    *("Microsoft Edge.app/Contents/MacOS/Microsoft Edge",),
    *("Brave Browser.app/Contents/MacOS/Brave Browser",),
)
# A Chromium inside an npm package: no download of a kind that a closed network refuses.
_PACKAGE = "@sparticuz/chromium@147.0.0"
_PACKAGE_SHA256 = "18fe5404ce845594cd7d592fc07f37a19514079ba4d9c27192ad8b908743f16b"
_UNPACK = (
    "const fs=require('fs'),z=require('zlib');const [from,to]=process.argv.slice(1);"
    "fs.createReadStream(from).pipe(z.createBrotliDecompress()).pipe(fs.createWriteStream(to))"
)


def flags() -> list[str]:
    quiet = ["--disable-gpu", "--disable-quic", "--disable-background-networking"]
    quiet += ["--disable-component-update", "--disable-dev-shm-usage", "--hide-scrollbars"]
    # Chromium's sandbox refuses root.
    return [*quiet, *(["--no-sandbox"] if os.geteuid() == 0 else [])]


def _runs(path: str | Path) -> bool:
    """A name on PATH may be a stub that only says what to install."""
    try:
        done = subprocess.run([path, "--version"], capture_output=True, check=False, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _installed() -> Iterator[str]:
    yield from (found for name in _NAMES if (found := shutil.which(name)))
    for folder in (Path("/Applications"), Path.home() / "Applications"):
        yield from (str(folder / one) for one in _APPLICATIONS if (folder / one).exists())


def _playwright_caches() -> Iterator[str]:
    """What Playwright has fetched at some time, the newest first."""
    given = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    folders = [Path(given)] if given else []
    folders += [Path.home() / ".cache/ms-playwright", Path.home() / "Library/Caches/ms-playwright"]
    for folder in folders:
        for build in sorted(folder.glob("chromium*-*"), reverse=True):
            for name in ("headless_shell", "chrome-headless-shell", "chrome", "Chromium"):
                yield from (str(one) for one in build.rglob(name) if one.is_file())


def find() -> str | None:
    """The path of a browser that runs; nothing is fetched."""
    given = os.environ.get("BROWSER_PATH")
    if given:
        if not _runs(given):
            raise SystemExit(f"error: BROWSER_PATH names {given}, which does not run")
        return given
    own = CACHE / "chromium"
    places = [*_installed(), *_playwright_caches(), *([str(own)] if own.exists() else [])]
    return next((place for place in places if _runs(place)), None)


def ensure() -> str | None:
    found = find()
    if found is not None:
        return found
    print("no Chromium was found: fetching one …", flush=True)
    argv = [sys.executable, "-m", "playwright", "install", "--only-shell", "chromium"]
    subprocess.run(argv, capture_output=True, check=False)
    return find() or _from_npm()


def _from_npm() -> str | None:
    npm, node = shutil.which("npm"), shutil.which("node")
    if platform.system() != "Linux" or platform.machine() != "x86_64" or not npm or not node:
        return None
    CACHE.mkdir(parents=True, exist_ok=True)
    argv = [npm, "pack", "--silent", "--pack-destination", str(CACHE), _PACKAGE]
    if subprocess.run(argv, capture_output=True, check=False, cwd=CACHE).returncode != 0:
        return None
    archive = next(CACHE.glob("*.tgz"))
    if hashlib.sha256(archive.read_bytes()).hexdigest() != _PACKAGE_SHA256:
        archive.unlink()
        print("the fetched Chromium has another digest than it should have", file=sys.stderr)
        return None
    with tarfile.open(archive) as package:
        for name in ("chromium.br", "swiftshader.tar.br", "al2023.tar.br"):
            _unpack(package, name, node)
    archive.unlink()
    own = CACHE / "chromium"
    own.chmod(0o755)
    return str(own) if _runs(own) else None


def _unpack(package: tarfile.TarFile, name: str, node: str) -> None:
    packed, plain = CACHE / name, CACHE / name.removesuffix(".br")
    source = package.extractfile(f"package/bin/{name}")
    assert source is not None
    packed.write_bytes(source.read())
    subprocess.run([node, "-e", _UNPACK, str(packed), str(plain)], check=True)
    packed.unlink()
    if plain.suffix == ".tar":
        with tarfile.open(plain) as inner:
            inner.extractall(CACHE, filter="data")
        plain.unlink()


def library_path() -> dict[str, str]:
    """The libraries that come with the npm package, for systems that lack them."""
    own = CACHE / "al2023" / "lib"
    folder = own if own.is_dir() else CACHE / "lib"
    return {"LD_LIBRARY_PATH": str(folder)} if folder.is_dir() else {}


def main() -> int:
    found = ensure()
    if found is not None:
        print(f"browser: {found}")
        return 0
    print("NO BROWSER: tests in a browser will be SKIPPED; install chromium or set BROWSER_PATH")
    return 1 if os.environ.get("CI") == "true" else 0


if __name__ == "__main__":
    sys.exit(main())
