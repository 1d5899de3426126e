"""Chromium without a window, driven over a pair of pipes in its own debugging language: what a person does on a page."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), ""
)
_OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--remote-debugging-pipe",
    "--window-size=1280,900",
)


class Page:
    """One tab; from `go_inside` on, what the frame in its page shows."""

    def __init__(self, to: int, back: int) -> None:
        self._to, self._back = to, back
        self._number, self._rest, self._session, self._is_inside = 0, b"", "", False
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "DOM"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> Any:
        heard = self._tell(method, **parameters)
        assert "error" not in heard, (method, heard)
        return heard["result"]

    def _tell(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The browser's answer, be it a result or an error; what it reports meanwhile is passed over."""
        self._number += 1
        said = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            said["sessionId"] = self._session
        os.write(self._to, json.dumps(said).encode() + b"\0")
        while True:
            heard = self._hear()
            if heard.get("id") == self._number:
                return heard

    def _hear(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            more = os.read(self._back, 1 << 16)
            assert more, "the browser is gone"
            self._rest += more
        message, _, self._rest = self._rest.partition(b"\0")
        found: dict[str, Any] = json.loads(message)
        return found

    def come_as(self, role: str) -> None:
        self.call("Network.setExtraHTTPHeaders", headers={"x-role": role})

    def go_inside(self, is_there: bool = True) -> None:
        """Everything else is done in the page's frame from now on, or in the page again."""
        self._is_inside = is_there

    def visit(self, url: str) -> None:
        with self._leaving():
            if self._is_inside:
                self.ask(f"location.assign({json.dumps(url)})")
            else:
                self.call("Page.navigate", url=url)

    @contextmanager
    def _leaving(self) -> Iterator[None]:
        """Waits at its end until another document than the present one is there and whole.

        The document itself is marked: an event of the browser may still be that of the page before.
        """
        self.ask("document.isLeft = true")
        yield
        self._await("!document.isLeft && document.readyState === 'complete'")

    def _await(self, condition: str, seconds: float = 300) -> None:
        deadline = time.monotonic() + seconds
        while not self._holds(condition):
            assert time.monotonic() < deadline, (condition, self.ask("document.body.innerText"))
            time.sleep(0.02)

    def _holds(self, condition: str) -> bool:
        """False as well where the browser is just changing from one document to the next."""
        found = self._tell("Runtime.evaluate", expression=self._placed(condition), returnByValue=True)
        return bool(found.get("result", {}).get("result", {}).get("value") is True)

    def ask(self, expression: str) -> Any:
        """The value of an expression of the page."""
        return self._evaluate(expression, returnByValue=True).get("value")

    def _evaluate(self, expression: str, **how: Any) -> Any:
        found = self.call("Runtime.evaluate", expression=self._placed(expression), **how)
        assert "exceptionDetails" not in found, found
        return found["result"]

    def _placed(self, expression: str) -> str:
        if not self._is_inside:
            return expression
        frame = "document.querySelector('iframe').contentWindow"
        return f"(({{document, location}}) => {expression})({frame})"

    def await_sight(self, selector: str, text: str = "") -> None:
        """Until something that this selects, and that says this, is there: of a page that scripts build."""
        told = f"one.textContent.includes({json.dumps(text)})"
        self._await(
            f"Boolean(document.body) && [...document.querySelectorAll({json.dumps(selector)})].some((one) => {told})"
        )

    def type(self, selector: str, text: str) -> None:
        """Key by key, as a page notices it whose scripts listen."""
        self.ask(f"document.querySelector({json.dumps(selector)}).focus()")
        self.call("Input.insertText", text=text)

    def texts(self, selector: str) -> list[str]:
        found: list[str] = self.ask(
            f"[...document.querySelectorAll({json.dumps(selector)})].map((one) => one.textContent.trim())"
        )
        return found

    def click(self, selector: str) -> None:
        """Presses what must lead to another page, and waits for it."""
        with self._leaving():
            self.ask(f"document.querySelector({json.dumps(selector)}).click()")

    def fill(self, **fields: str) -> None:
        for name, value in fields.items():
            place = f"document.querySelector('form.decide [name={name}]')"
            if self.ask(f"{place}.type") == "checkbox":
                self.ask(f"{place}.checked = true")
            else:
                self.ask(f"{place}.value = {json.dumps(value)}")

    def attach(self, selector: str, path: Path) -> None:
        field = self._evaluate(f"document.querySelector({json.dumps(selector)})")["objectId"]
        self.call("DOM.setFileInputFiles", objectId=field, files=[str(path)])


@contextmanager
def open_browser(profile: Path) -> Iterator[Page]:
    """A browser with an empty profile; it is gone at the end."""
    read_in, to = os.pipe()
    back, write_out = os.pipe()
    command = ["bash", "-c", f'exec "$@" 3<&{read_in} 4>&{write_out}', "chromium", CHROMIUM, *_OPTIONS]
    browser = subprocess.Popen(
        [*command, f"--user-data-dir={profile}", "about:blank"],
        pass_fds=(read_in, write_out),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(read_in)
    os.close(write_out)
    try:
        yield Page(to, back)
    finally:
        browser.terminate()
        browser.wait(120)
        os.close(to)
        os.close(back)
