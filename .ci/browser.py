"""Looks at pages in a real browser, at the width of a phone and of a desktop, in both themes: nothing may be wider
than the window, every text must be readable on its ground (WCAG 2.2 AA), nothing may be loaded, and nothing may run.
First it looks at pages with one fault each, and finds every fault.

    python3 .ci/browser.py FOLDER [PICTURES]

FOLDER has the pages: NAME.html is in the colours that the viewer prefers, NAME-light.html and NAME-dark.html have
theirs. With PICTURES, each is saved there as a PNG. Chromium is driven by its DevTools protocol on a pipe.
"""

import base64
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

INSTALL = "sudo apt-get install chromium"
TALLEST = 6000  # pixels of a page in a PNG
WIDTHS = {"phone": (360, 800), "desktop": (1280, 800)}

# Pages with one fault, and how it is told.
FAULTY = {
    "<p>fine</p><div style='width:2000px'>wide</div>": "the page is 2",
    "<p style='width:40px;overflow:hidden;white-space:nowrap'>a long text that is cut</p>": "the text of p. is cut",
    "<p style='color:#999;background:#fff'>pale</p>": "has a contrast of 2.85",
    "<p>fine</p><svg width='9' height='9'><path d='M0 0h9' stroke='#ccc'></path></svg>": "has a contrast of 1.6",
    "<p>fine</p><script>document.title = 'broken'</script>": "a script of a stranger ran",
    "<p>fine</p><img src='http://127.0.0.1:9/x.png'>": "it loads http://127.0.0.1:9/x.png",
    "<p onclick='x()'>fine</p>": "has the attribute onclick",
    "": "there is no text",
}

# What is wrong with a page, as sentences. A text is what stands in an element itself, or in a drawing.
MEASURE = r"""
(() => {
  const wrong = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth)
    wrong.push(`the page is ${root.scrollWidth} px wide in a window of ${root.clientWidth}`);
  const channels = text => (text.match(/[\d.]+/g) || []).map(Number);
  const luminance = ([r, g, b]) => {
    const linear = [r, g, b].map(it => it / 255).map(it => it <= 0.04045 ? it / 12.92 : ((it + 0.055) / 1.055) ** 2.4);
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  const ground = element => {
    for (let it = element; it; it = it.parentElement) {
      const of = channels(getComputedStyle(it).backgroundColor);
      if (of.length === 3 || of[3] > 0) return of;
    }
    return [255, 255, 255];
  };
  const contrast = (one, other) => {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  let texts = 0, least = 21;
  for (const element of document.body.querySelectorAll('*')) {
    const box = element.getBoundingClientRect();
    const name = `${element.localName}.${element.getAttribute('class') || ''}`;
    if (box.width && box.right > root.clientWidth + 0.5) wrong.push(`${name} ends at ${box.right} px`);
    if (box.width && box.left < -0.5) wrong.push(`${name} begins at ${box.left} px`);
    if (['script', 'img', 'iframe', 'use', 'link', 'object', 'a', 'image', 'form'].includes(element.localName))
      wrong.push(`there is a ${element.localName}`);
    for (const { name: attribute } of element.attributes)
      if (attribute.startsWith('on') || ['href', 'src', 'style'].includes(attribute))
        wrong.push(`${name} has the attribute ${attribute}`);
    if (element.localName === 'style') continue;
    const says = [...element.childNodes].some(it => it.nodeType === 3 && it.data.trim());
    const draws = ['path', 'circle', 'rect'].includes(element.localName);
    if (!says && !draws) continue;
    const style = getComputedStyle(element);
    const ratio = contrast(channels(draws ? style.stroke : style.color), ground(element));
    if (says) { texts += 1; least = Math.min(least, ratio); }
    if (ratio < (draws ? 3 : 4.5)) wrong.push(`${name} has a contrast of ${ratio.toFixed(2)}`);
    if (says && box.width && element.scrollWidth > element.clientWidth + 1 && element.clientWidth)
      wrong.push(`the text of ${name} is cut: ${element.textContent.slice(0, 40)}`);
  }
  if (!texts) wrong.push('there is no text');
  if (document.title.startsWith('broken')) wrong.push('a script of a stranger ran');
  const first = document.querySelector('.kpl h1')?.textContent || '';
  return { wrong: [...new Set(wrong)], texts, least, first, height: root.scrollHeight };
})()
"""


class Browser:
    """Chromium, driven by its DevTools protocol on file descriptors 3 and 4."""

    def __init__(self, chromium, profile):
        reads, theirs_out = os.pipe()
        theirs_in, writes = os.pipe()

        def descriptors():
            # Either end may have the number 3 or 4 here, and would be closed by the other one's dup2: both move away first.
            os.dup2(theirs_in, 13)
            os.dup2(theirs_out, 14)
            os.dup2(13, 3)
            os.dup2(14, 4)

        self.process = subprocess.Popen(
            [chromium, "--headless=new", "--disable-gpu", "--no-first-run", "--disable-extensions",
             "--disable-dev-shm-usage", "--disable-background-networking", "--hide-scrollbars",
             "--remote-debugging-pipe", f"--user-data-dir={profile}",
             # Chromium refuses its sandbox to root.
             *(["--no-sandbox"] if os.geteuid() == 0 else [])],
            preexec_fn=descriptors, pass_fds=(3, 4), close_fds=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(theirs_in)
        os.close(theirs_out)
        self.reads, self.writes = os.fdopen(reads, "rb"), os.fdopen(writes, "wb")
        self.number, self.buffer, self.seen, self.session = 0, b"", [], None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ["Page", "Network", "Runtime"]:
            self.call(f"{domain}.enable")

    def call(self, method, **params):
        """Asks, and answers what comes back; events that come before it are kept in `seen`."""
        self.number += 1
        asked = {"id": self.number, "method": method, "params": params}
        if self.session:
            asked["sessionId"] = self.session
        self.writes.write(json.dumps(asked).encode() + b"\0")
        self.writes.flush()
        while True:
            message = self.message()
            if message.get("id") == self.number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]
            self.seen.append(message)

    def message(self):
        while b"\0" not in self.buffer:
            more = os.read(self.reads.fileno(), 1 << 16)
            if not more:
                raise RuntimeError("chromium has ended")
            self.buffer += more
        first, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(first)

    def wait(self, event):
        while not any(message.get("method") == event for message in self.seen):
            self.seen.append(self.message())

    def close(self):
        self.process.kill()
        self.process.wait()

    def look(self, page, width, height, theme):
        """Shows a page; answers what was measured."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        scheme = {"name": "prefers-color-scheme", "value": theme}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        self.seen = []
        self.call("Page.navigate", url=page.as_uri())
        self.wait("Page.loadEventFired")
        answer = self.call("Runtime.evaluate", expression=MEASURE, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{page}: {answer['exceptionDetails']}")
        measured = answer["result"]["value"]
        asked = [it["params"]["request"]["url"] for it in self.seen if it.get("method") == "Network.requestWillBeSent"]
        measured["wrong"] += [f"it loads {url[:80]}" for url in asked if url != page.as_uri()]
        return measured

    def picture(self, file, width, height):
        clip = {"x": 0, "y": 0, "width": width, "height": min(height, TALLEST), "scale": 1}
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
        file.write_bytes(base64.b64decode(shot["data"]))


def main(folder, pictures=None):
    chromium = shutil.which("chromium")
    if not chromium:
        return f"chromium is missing, in which pages are looked at: {INSTALL}"
    pages = sorted(pathlib.Path(folder).resolve().glob("*.html"))
    if not pages:
        return f"{folder} has no pages"
    failed, looked, least = [], 0, 21
    with tempfile.TemporaryDirectory() as profile:
        browser = Browser(chromium, profile)
        try:
            for html, told in FAULTY.items():
                page = pathlib.Path(profile) / "faulty.html"
                page.write_text(f"<!doctype html><meta charset=utf-8><body>{html}")
                wrong = browser.look(page, *WIDTHS["phone"], "light")["wrong"]
                if not any(told in it for it in wrong):
                    failed.append(f"a fault that was not found: {told}, but {wrong} in {html}")
            for page in pages:
                own = [theme for theme in ["light", "dark"] if page.stem.endswith(f"-{theme}")]
                for window, (width, height) in WIDTHS.items():
                    for theme in own or ["light", "dark"]:
                        measured = browser.look(page, width, height, theme)
                        looked, least = looked + 1, min(least, measured["least"])
                        name = f"{page.stem}-{window}" + ("" if own else f"-{theme}")
                        failed += [f"{name}: {wrong}" for wrong in measured["wrong"]]
                        if not measured["first"]:
                            failed.append(f"{name}: there is no first line")
                        if pictures:
                            browser.picture(pathlib.Path(pictures) / f"{name}.png", width, measured["height"])
        finally:
            browser.close()
    print(f"{looked} looks at {len(pages)} pages; the least contrast of a text is {least:.2f}")
    return "\n".join(failed) or None


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
