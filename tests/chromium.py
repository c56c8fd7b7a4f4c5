"""Pages in a headless Chromium: what they show, how a keyboard goes through them, what fails.

Chromium is driven through its own protocol (Chrome DevTools Protocol) over a pipe.
"""

import base64
import itertools
import json
import os
import select
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from tests.debian import Tool

_PATIENCE_S = 60
_CHUNK = 1 << 20
# The size of texts that WCAG calls large: 18 points, or 14 points in bold.
_CONTRASTS = """
(() => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const rgba = css => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = css;
    canvas.fillRect(0, 0, 1, 1); const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255]; };
  const over = (top, below) => [0, 1, 2].map(i => top[i] * top[3] + below[i] * (1 - top[3]));
  const light = rgb => { const [r, g, b] = rgb.map(v => v / 255).map(
    v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const behind = element => { const above = [];
    for (let one = element; one; one = one.parentElement) above.push(one);
    return above.reverse().reduce(
      (below, one) => over(rgba(getComputedStyle(one).backgroundColor), below),
      matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18] : [255, 255, 255]); };
  const found = [];
  const look = (element, style, words) => {
    const svg = element instanceof SVGElement;
    const below = behind(element), colour = rgba(svg ? style.fill : style.color);
    const opacity = svg ? Number(style.fillOpacity) * Number(style.opacity) : Number(style.opacity);
    colour[3] *= opacity;
    const [a, b] = [light(over(colour, below)), light(below)].sort((x, y) => y - x);
    found.push([words.trim().slice(0, 40), Math.round((a + 0.05) / (b + 0.05) * 100) / 100]); };
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].filter(n => n.nodeType === 3 && n.data.trim());
    if (["TITLE", "DESC", "STYLE", "title", "desc", "style"].includes(element.tagName)) continue;
    if (!element.checkVisibility({opacityProperty: true, visibilityProperty: true})) continue;
    if (own.length) look(element, getComputedStyle(element), own.map(n => n.data).join(" "));
    const after = getComputedStyle(element, "::after");
    if (!["none", "normal"].includes(after.content)) look(element, after, after.content);
  }
  return found;
})()
"""


class Page:
    """An open page; ``errors`` are what its console was told, or what was refused to it."""

    def __init__(self, browser: "Browser", session: str) -> None:
        self._browser = browser
        self._session = session

    @property
    def errors(self) -> list[str]:
        return self._browser.errors

    def call(self, method: str, **parameters: Any) -> Any:
        """A method of the protocol."""
        return self._browser.call(method, self._session, **parameters)

    def open(self, file: Path) -> None:
        """Open a file and wait until it is loaded."""
        self.errors.clear()
        self.call("Page.navigate", url=file.resolve().as_uri())
        # An event that has come may still be that of the page before.
        while self.value("document.readyState") != "complete":
            self._browser.wait_for("Page.loadEventFired")

    def value(self, expression: str) -> Any:
        """What JavaScript gives: run by the debugger, whatever the page allows for itself."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def press(self, key: str) -> None:
        """Press a key: Tab or Enter."""
        code = {"Tab": 9, "Enter": 13}[key]
        pressed = {"key": key, "code": key, "windowsVirtualKeyCode": code}
        text = {"text": "\r"} if key == "Enter" else {}
        self.call("Input.dispatchKeyEvent", type="keyDown", **pressed, **text)
        self.call("Input.dispatchKeyEvent", type="keyUp", **pressed)

    def look(self, scheme: Literal["light", "dark"] = "light", width: int = 1280) -> None:
        """Show it in a colour scheme, on a screen of so many CSS pixels."""
        media = [{"name": "prefers-color-scheme", "value": scheme}]
        self.call("Emulation.setEmulatedMedia", features=media)
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=800, deviceScaleFactor=1, mobile=False,
        )  # fmt: skip

    def contrasts(self) -> list[tuple[str, float]]:
        """Each text that is to be seen, with its contrast (1 to 21) as WCAG 2 computes it."""
        return [(words, ratio) for words, ratio in self.value(_CONTRASTS)]

    def overflows(self) -> int:
        """By how many CSS pixels the page is wider than the screen."""
        return int(self.value("document.documentElement.scrollWidth - innerWidth"))

    def screenshot(self, file: Path) -> None:
        """The whole page as a PNG."""
        shot = self.call("Page.captureScreenshot", captureBeyondViewport=True)
        file.write_bytes(base64.b64decode(shot["data"]))


class Browser:
    """A running Chromium; answers and events come over a pipe, ended by NUL."""

    def __init__(self, reading: int, writing: int) -> None:
        self._reading = reading
        self._writing = writing
        self._buffer = b""
        self._ids = itertools.count(1)
        self._events: list[dict[str, Any]] = []
        self.errors: list[str] = []

    def page(self) -> Page:
        """A new tab."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        page = Page(self, attached["sessionId"])
        for domain in ("Page", "Runtime", "Log"):
            page.call(f"{domain}.enable")
        # Without it a headless page has no focus that keys could move.
        page.call("Emulation.setFocusEmulationEnabled", enabled=True)
        # Without a screen some versions lay nothing out.
        page.look()
        return page

    def call(self, method: str, session: str = "", **parameters: Any) -> Any:
        """A method of the protocol and its result."""
        number = next(self._ids)
        message: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._writing, data) :]
        while (answer := self._next()).get("id") != number:
            self._note(answer)
        assert "error" not in answer, f"{method}: {answer['error']}"
        return answer["result"]

    def wait_for(self, event: str) -> None:
        """Wait for an event that has come since the last wait, or comes."""
        while not any(one["method"] == event for one in self._events):
            self._note(self._next())
        self._events.clear()

    def _note(self, event: dict[str, Any]) -> None:
        self._events.append(event)
        told = event.get("params", {})
        if event["method"] == "Runtime.exceptionThrown":
            self.errors.append(told["exceptionDetails"]["text"])
        elif event["method"] == "Log.entryAdded" and told["entry"]["level"] != "verbose":
            self.errors.append(told["entry"]["text"])
        elif event["method"] == "Runtime.consoleAPICalled":
            self.errors.append(json.dumps(told["args"]))

    def _next(self) -> dict[str, Any]:
        deadline = time.monotonic() + _PATIENCE_S
        while b"\0" not in self._buffer:
            left = deadline - time.monotonic()
            ready, _, _ = select.select([self._reading], [], [], max(0.0, left))
            assert ready, f"Chromium was silent for {_PATIENCE_S} s"
            chunk = os.read(self._reading, _CHUNK)
            assert chunk, "Chromium ended"
            self._buffer += chunk
        message, _, self._buffer = self._buffer.partition(b"\0")
        found: dict[str, Any] = json.loads(message)
        return found


@contextmanager
def chromium(tool: Tool, folder: Path) -> Iterator[Browser]:
    """A headless Chromium whose profile and caches lie in ``folder``."""
    to_browser, writing = os.pipe()
    reading, from_browser = os.pipe()
    # The protocol wants descriptors 3 and 4. No sandbox: it needs rights that containers lack.
    options = [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        "--no-first-run", "--disable-background-networking", "--disable-component-update",
        "--hide-scrollbars", "--remote-debugging-pipe", f"--user-data-dir={folder / 'profile'}",
    ]  # fmt: skip
    wired = f'exec "$0" "$@" 3<&{to_browser} 4>&{from_browser}'
    with (folder / "chromium.log").open("wb") as log:
        process = subprocess.Popen(
            ["bash", "-c", wired, str(tool.path), *options, "about:blank"],
            pass_fds=(to_browser, from_browser),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, **tool.environment, "HOME": str(folder)},
        )
    os.close(to_browser)
    os.close(from_browser)
    browser = Browser(reading, writing)
    try:
        yield browser
        browser.call("Browser.close")
        process.wait(_PATIENCE_S)
    finally:
        process.kill()
        process.wait()
        os.close(reading)
        os.close(writing)
