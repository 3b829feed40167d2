# A Chromium as a visitor has it, and what it did.
# SPDX-License-Identifier: MIT

import re
import ssl
import subprocess
import tempfile
import time
from base64 import b64decode, b64encode
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

from support import pop, wait

SCREENSHOTS = pop.BUILD / "screenshots"
DRIVER = "/usr/bin/chromedriver"
OPTIONS = [
    "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run",
    "--allow-loopback-in-peer-connection",  # the network of a test may have nothing else
]
OUR_HOSTS = ["127.0.0.1", "::1"]
READ_LIMIT_S = 20
REQUEST_OF_A_PAGE = re.compile(r'"initiator":"http[^"]*".*?"url":"([^"]+)"')


class Browser:
    """As chromium() gives it."""

    def __init__(self, driver):
        self.driver = driver
        self.requests = []  # once it has ended: the URLs that pages and their workers asked for

    def open(self, url):
        self.driver.get(url)

    @contextmanager
    def tab(self, url):
        """Another tab for a while, with the page at @url."""
        first = self.driver.current_window_handle
        self.driver.switch_to.new_window("tab")
        try:
            self.open(url)
            yield
        finally:
            self.driver.execute_cdp_cmd("Page.close", {})  # the driver's own waits until a busy browser has done it
            self.driver.switch_to.window(first)

    def read(self, selector, get):
        """get(elements), of those that the selector finds. A page that is being left or drawn anew may take an
        element away before it is read: then again, with what is there by then."""
        end = time.monotonic() + READ_LIMIT_S
        while True:
            try:
                return get(self.find_all(selector))
            except (IndexError, StaleElementReferenceException):
                if time.monotonic() > end:
                    raise
                time.sleep(wait.GAP_S)

    def find(self, selector):
        """The first that it finds, once there is one. To read something of it, ask for that at once, as below."""
        return self.read(selector, lambda found: found[0])

    def find_all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def click(self, selector):
        """What the page shows then is to be waited for, with wait.until()."""
        self.read(selector, lambda found: found[0].click())

    def text(self, selector):
        return self.read(selector, lambda found: found[0].text)

    def texts(self, selector):
        return self.read(selector, lambda found: [element.text for element in found])

    def attribute(self, selector, name):
        return self.read(selector, lambda found: found[0].get_attribute(name))

    def attributes(self, selector, name):
        return self.read(selector, lambda found: [element.get_attribute(name) for element in found])

    def label(self, selector):
        """What a screen reader calls it."""
        return self.read(selector, lambda found: found[0].accessible_name)

    def is_displayed(self, selector):
        return self.read(selector, lambda found: found[0].is_displayed())

    def is_enabled(self, selector):
        return self.read(selector, lambda found: found[0].is_enabled())

    def type(self, selector, keys):
        self.read(selector, lambda found: found[0].send_keys(keys))

    def state(self, selector):
        return self.attribute(selector, "data-state")

    def figure(self, selector, name):
        """A data attribute that is a number."""
        return float(self.attribute(selector, f"data-{name}"))

    def script(self, source):
        return self.driver.execute_script(source)

    def resize(self, width, height):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})

    def press(self, key):
        webdriver.ActionChains(self.driver).send_keys(key).perform()

    def screenshot(self, name):
        """Keep a picture of the whole page."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        picture = self.driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True})
        (SCREENSHOTS / f"{name}.png").write_bytes(b64decode(picture["data"]))

    def errors(self):
        """What the console says."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]

    def foreign_requests(self):
        """Those that went elsewhere than to the POP."""
        assert self.requests, "asked only when the browser has ended"
        return [url for url in self.requests if urlsplit(url).hostname not in OUR_HOSTS]


def key_of(address):
    """The hash by which a browser knows the key of the TLS server there (RFC 7469, 2.4)."""
    certificate = ssl.get_server_certificate(address)
    pem = subprocess.check_output(["openssl", "x509", "-noout", "-pubkey"], input=certificate, text=True, timeout=10)
    return b64encode(sha256(b64decode("".join(pem.split("\n")[1:-2]))).digest()).decode()


def options_of(language, log, hosts, trusted):
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    keys = ",".join(map(key_of, trusted))
    for option in [*OPTIONS, f"--log-net-log={log}", f"--ignore-certificate-errors-spki-list={keys}"]:
        options.add_argument(option)
    if hosts is None:
        # Addresses for documentation are "local" to it, and no page of the Internet may ask what is local.
        options.add_argument("--disable-features=LocalNetworkAccessChecks")
    else:
        reachable = "".join(f", EXCLUDE {host}" for host in [*hosts, "*.localhost"])
        options.add_argument(f"--host-resolver-rules=MAP * ~NOTFOUND{reachable}")
    options.add_experimental_option("prefs", {"intl.accept_languages": language})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    options.set_capability("acceptInsecureCerts", True)  # the POP's own CA; curl checks that all is right with it
    return options


@contextmanager
def chromium(language="en", dark=False, width=1280, height=900, hosts=OUR_HOSTS, trusted=(), driver=DRIVER):
    """To use in a with statement. It reaches nothing but @hosts: nothing leaves the machine. None: it asks its
    resolver, in a network where nothing can leave. @trusted: addresses of TLS servers whose certificates are
    good, whoever signed them. @driver: the program to start."""
    with tempfile.TemporaryDirectory(dir=pop.BUILD) as folder:
        log = Path(folder) / "netlog.json"
        driver = webdriver.Chrome(options_of(language, log, hosts, trusted), Service(str(driver)))
        browser = Browser(driver)
        try:
            driver.set_page_load_timeout(40)
            browser.resize(width, height)
            driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
                "features": [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]})
            yield browser
        finally:
            driver.quit()
        browser.requests = [match[1] for line in log.open() for match in REQUEST_OF_A_PAGE.finditer(line)]
