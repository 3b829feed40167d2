# Versions of a machine's system, and the web server that its POP file names for them.
# SPDX-License-Identifier: MIT

import functools
import http.server
import re
import subprocess
import threading

from support import pop

KEYS = pop.BUILD / "keys"
PORT = 18100
MAKE_LIMIT_S = 900


class Folder(http.server.SimpleHTTPRequestHandler):
    """Serves files; of the root no more than @limit bytes, as a line that breaks."""

    limit = None

    def log_message(self, *_):
        pass

    def copyfile(self, source, outputfile):
        if self.limit is None or ".root." not in self.path:
            super().copyfile(source, outputfile)
        else:
            outputfile.write(source.read(self.limit))


class Versions:
    """To use in a with statement."""

    def __init__(self, folder):
        self.folder = folder
        self.served = folder / "served"

    def __enter__(self):
        self.server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", PORT), functools.partial(Folder, directory=self.served))
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def make(self, version, *fault):
        """As tests/image/version says."""
        subprocess.run(["tests/image/version", version, KEYS, self.served, *fault], cwd=pop.PROJECT, check=True,
                       timeout=MAKE_LIMIT_S)

    def break_after(self, n_bytes):
        Folder.limit = n_bytes

    def place_of(self, version, path):
        """At which byte of the root of @version the first block of a file is."""
        extents = subprocess.run(["dump.erofs", f"--path={path}", "-e", self.served / f"{version}.root.raw"],
                                 check=True, text=True, capture_output=True, timeout=60).stdout
        return int(re.search(r"^ +0: .*: +(\d+)\.\.", extents, re.MULTILINE)[1])
