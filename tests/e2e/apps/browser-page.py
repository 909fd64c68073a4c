# SPDX-License-Identifier: MIT
"""The page that browsers.t loads. The script in it asks /sandbox, which looks at the
processes of the browser: whether one of those that run pages has a seccomp filter. What
the script then has tells the server goes to the log, and into the page."""
import http.server
import os
import re
import sys

PAGE = b"""<!DOCTYPE html><title>page</title><p id=answer>static</p><script>
var ask = new XMLHttpRequest();
ask.open('GET', '/sandbox', false);
ask.send();
document.getElementById('answer').textContent = 'the script says ' + 6 * 7 + ', ' + ask.responseText;
ask.open('GET', '/done?' + encodeURIComponent(document.getElementById('answer').textContent), false);
ask.send();
</script>"""
RUNS_PAGES = re.compile(rb"--type=renderer|-contentproc.*\btab\b")


def read(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def sandboxed(user):
    """How many processes of USER run pages, and how many of them under a filter."""
    found = [pid for pid in os.listdir("/proc") if pid.isdigit() and RUNS_PAGES.search(read(f"/proc/{pid}/cmdline"))]
    status = [read(f"/proc/{pid}/status").decode() for pid in found]
    own = [text for text in status if re.search(rf"^Uid:\s+{user}\b", text, re.M)]
    filtered = [text for text in own if re.search(r"^Seccomp:\s+2$", text, re.M)]
    return f"{'some' if own else 'no'} run pages, {'some' if filtered else 'none'} filtered"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        answer = sandboxed(sys.argv[2]).encode() if self.path == "/sandbox" else PAGE
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
