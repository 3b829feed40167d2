# TLS that the kernel encrypts (kTLS), where it can: speedtestd and curl under Debian's kernel.
# SPDX-License-Identifier: MIT

import re
import shutil

import pytest

from support import kernel, links, speedtestd

pytestmark = pytest.mark.apart

MODULES = ["cryptd", "crypto_simd", "gf128mul", "aesni-intel", "tls"]
MIB = 8
WAYS = ["1.2", "1.3", "2"]  # versions of TLS, and HTTP/2

SCRIPT = """
ip address add {ipv4}/32 dev lo
ip address add {ipv6}/128 dev lo
cd /test
STATE_DIRECTORY=/test/state speedtestd --pop pop.yaml --web web --tls tls &
ask() {{ curl --silent --show-error --max-time 60 --cacert tls/ca.crt "$@"; }}
n=0
until ask http://{ipv4}:{port}/empty || [ $((n += 1)) = 60 ]; do sleep 1; done
ask -o plain "http://{ipv4}:{port}/garbage?ckSize={mib}"
move() {{
	name=$1
	shift
	ask "$@" -o got -w "$name down %{{http_code}} %{{size_download}}\\n" "$url/garbage?ckSize={mib}"
	cmp got plain && echo "$name same"
	ask "$@" -w "$name up %{{http_code}} %{{size_upload}}\\n" --data-binary @got "$url/empty"
}}
url={https} move 1.2 --tls-max 1.2
url={https} move 1.3 --tlsv1.3
url={rpm} move 2 --http2
ask --interface 127.0.0.1 http://{ipv4}:{port}/metrics | grep -e tls_offloaded -e 'received_bytes_total '
cat /proc/net/tls_stat
kill $!
wait $!
echo "speedtestd ended with $?"
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    root = tmp_path_factory.mktemp("machine") / "root"
    files = root.with_name("files")
    files.mkdir()
    speedtestd.write_files(files, speedtestd.PORT, (), {})
    shutil.copytree(files, root / "test")
    ports = speedtestd.ports(speedtestd.PORT)
    at = {name: f"https://{links.SERVER['ipv4']}:{ports[f'{name}_port']}" for name in ("https", "rpm")}
    script = SCRIPT.format(**links.SERVER, **at, port=speedtestd.PORT, mib=MIB)
    return kernel.run(root, [speedtestd.PROGRAM, "/usr/bin/curl"], MODULES, script)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("way", WAYS)
def test_what_comes_and_goes_is_the_same_as_without_tls(told, way):
    assert f"{way} down 200 {MIB << 20}\n" in told, told
    assert f"{way} same\n" in told
    assert f"{way} up 200 {MIB << 20}\n" in told


def test_the_kernel_has_encrypted(told):
    connections = 2 * len(WAYS)
    assert f"speedtestd_tls_offloaded_total {connections}\n" in told
    assert re.search(rf"TlsTxSw\s+{connections}\n", told)
    assert f"speedtestd_received_bytes_total {len(WAYS) * MIB << 20}\n" in told


def test_it_ends_well(told):
    assert "speedtestd ended with 0\n" in told
