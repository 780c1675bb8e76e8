"""The pictures of the guides: `python -m tests.docs.pictures` makes docs/pictures anew, from a running page.

It needs the system's Chromium, and for the letter and the workbook LibreOffice and pdftoppm. Few colours keep the
files small.
"""

from __future__ import annotations

import base64
import shutil
import struct
import subprocess
import tempfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from tests.browser import CHROMIUM, QUIET
from tests.web.conftest import start

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "pictures"
ANNEX = ROOT / "tests" / "published" / "an-giang-2017-annex.txt"
PIXELS = """async source => {
  const image = await createImageBitmap(await (await fetch("data:image/png;base64," + source)).blob());
  const canvas = new OffscreenCanvas(image.width, image.height), pen = canvas.getContext("2d");
  pen.drawImage(image, 0, 0);
  const data = pen.getImageData(0, 0, image.width, image.height).data;
  let text = "";
  for (let at = 0; at < data.length; at += 32768) text += String.fromCharCode(...data.subarray(at, at + 32768));
  return [image.width, image.height, btoa(text)];
}"""


def few_colours(blank: Any, png: bytes, colours: int = 64) -> bytes:
    """The picture with its most frequent colours only, as a palette PNG."""
    width, height, data = blank.evaluate(PIXELS, base64.b64encode(png).decode())
    pixels = np.frombuffer(base64.b64decode(data), np.uint8).reshape(-1, 4)[:, :3] & 0xF8 | 4
    seen, where, count = np.unique(pixels, axis=0, return_inverse=True, return_counts=True)
    palette = seen[np.argsort(-count, kind="stable")[:colours]]
    distance = ((seen[:, None, :].astype(int) - palette[None].astype(int)) ** 2).sum(axis=2)
    index = distance.argmin(axis=1)[where.reshape(-1)].astype(np.uint8).reshape(height, width)
    shown = np.where(palette >= 0xFC, 255, palette).astype(np.uint8)
    rows = np.concatenate([np.zeros((height, 1), np.uint8), index], axis=1).tobytes()

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = (b"IHDR", header), (b"PLTE", shown.tobytes()), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


class Camera:
    """A page of 1280 pixels and where its pictures go."""

    def __init__(self, browser: Any, address: str) -> None:
        self.page = browser.new_page(viewport={"width": 1280, "height": 900})
        self.blank = browser.new_page()
        self.address = address

    def open(self, path: str) -> None:
        """Go to a path of the page."""
        self.page.goto(f"{self.address}{path}")
        self.page.wait_for_load_state("networkidle")

    def fill(self, name: str, value: str) -> None:
        """Fill a control in and wait for the new figures."""
        before = self.page.evaluate("document.documentElement.dataset.updated || '0'")
        self.page.locator(f'[name="{name}"]').fill(value)
        self.page.keyboard.press("Enter")
        self.page.wait_for_function("was => (document.documentElement.dataset.updated || '0') !== was", arg=before)
        self.page.wait_for_load_state("networkidle")

    def take(self, name: str, height: int = 900, top: int = 0) -> None:
        """Keep what the page shows from `top`, `height` pixels of it."""
        clip = {"x": 0, "y": top, "width": 1280, "height": height}
        self.keep(name, self.page.screenshot(full_page=True, clip=clip))

    def keep(self, name: str, png: bytes) -> None:
        """Write a picture."""
        made = few_colours(self.blank, png)
        (FOLDER / f"{name}.png").write_bytes(made)
        print(f"{name}: {len(made) // 1000} KB")


def the_page(camera: Camera) -> None:
    """First view, a change, an opened row, rules that collide, saved scenarios side by side, a table brought."""
    page = camera.page
    camera.open("/?lang=en")
    camera.take("page", 900)
    camera.open("/?lang=vi")
    camera.take("trang", 880)
    page.locator("#save-name").fill("Ban đầu")
    page.locator("#save button").click()
    page.wait_for_load_state("networkidle")
    camera.fill("realisation", "0.3")
    camera.take("thay-doi", 860)
    page.locator("#save-name").fill("Tính ba phần mười ước tăng")
    page.locator("#save button").click()
    page.wait_for_load_state("networkidle")
    camera.open("/?lang=vi")
    page.locator("button[name=show][value='Châu Phú']").click()
    page.wait_for_function("() => document.querySelector('#why:not(.old) .steps')")
    camera.fill("asks", "150")
    page.wait_for_function("() => document.querySelector('#asked:not(.old) button[name=take]')")
    row = page.locator("tr.open").bounding_box()
    panel = page.locator(".panel").bounding_box()
    camera.take("ly-do", int(panel["height"] + row["height"]) + 10, int(row["y"]) - 5)
    page.locator("button[name=show][value='']").click()
    camera.fill("max_share", "30%")
    camera.take("khong-kha-thi", 620)
    camera.open("/?lang=vi")
    page.locator("button[formaction='/present']").click()
    page.wait_for_load_state("networkidle")
    camera.take("trinh-bay", 720)
    camera.open("/scenarios?lang=vi")
    for box in page.locator(".kept > li > .head > input:visible").all():
        box.check()
    page.locator(".go button").click()
    page.wait_for_load_state("networkidle")
    camera.take("so-sanh", 780)
    camera.open("/table?lang=vi")
    page.locator("#file").set_input_files(ANNEX)
    page.locator("#use").wait_for()
    camera.take("dua-bang-vao", 900)


def the_files(camera: Camera, folder: Path) -> None:
    """The report in English, the letters and the workbook in Vietnamese."""
    run = [shutil.which("python") or "python", "-m", "allocator"]
    for language in ("vi", "en"):
        command = [*run, "report", "--out", str(folder / language), "--lang", language]
        subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    camera.page.goto(next((folder / "en").glob("*.html")).as_uri())
    camera.page.wait_for_load_state("networkidle")
    camera.take("report", 1200)
    office = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
    pages = {"thu": (next((folder / "vi" / "letters").glob("*Châu Phú*"), None), 1)}
    for name, (source, number) in pages.items():
        if source is None:
            continue
        subprocess.run([*office, str(source)], check=True, capture_output=True)
        pdf = folder / f"{source.stem}.pdf"
        picture = ["pdftoppm", "-r", "80", "-f", str(number), "-l", str(number), "-singlefile", "-png"]
        subprocess.run([*picture, str(pdf), str(folder / name)], check=True)
        camera.keep(name, (folder / f"{name}.png").read_bytes())


def main() -> None:
    """Make every picture."""
    from playwright.sync_api import sync_playwright

    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        server = start(Path(place) / "saved")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        try:
            camera = Camera(browser, server.address)
            camera.page.goto(server.opened)
            the_page(camera)
            the_files(camera, Path(place))
        finally:
            browser.close()
            server.process.terminate()


if __name__ == "__main__":
    main()
