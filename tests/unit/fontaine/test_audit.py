# What "fontaine audit" says of servers that are set up wrongly: real ones, in a network of their own.
# SPDX-License-Identifier: MIT

import json

from test_stock import POPS, run

# The servers of the demo, as careless hands would have them.
CARELESS = r"""
exec 3>&1 >/run/log 2>&1
sed -i -e 's/ refuse$/ allow/' -e 's/hide-version: yes/hide-version: no/' -e 's/answer-cookie: yes/answer-cookie: no/' \
    -e 's/qname-minimisation: yes/qname-minimisation: no/' unbound/unbound.conf
sed -i -e 's/version: ""/version: "one that has holes"/' -e '/global-module/d' knot/knot.conf
sed -i -e 's/^ratelimit.*//' -e 's/^cmdport 0/cmdport 11999/' chrony/chrony.conf
sed -i -e 's/server_tokens off/server_tokens on/' -e 's/ssl_protocols/& TLSv1 TLSv1.1/' \
    -e 's/ECDHE+AESGCM:/ALL@SECLEVEL=0:/' -e '/add_header Content-Security-Policy/d' nginx/nginx.conf
chmod 0644 /var/lib/fontaine/tls/ca.key
unbound -d -p -c unbound/unbound.conf &
knotd -c knot/knot.conf &
chronyd -d -x -u root -f chrony/chrony.conf &
nginx -e stderr -c "$PWD/nginx/nginx.conf" -g 'daemon off; user root;' &
for attempt in $(seq 20); do
    "$FONTAINE" status "$POP" | grep -c -E '^(ntp|resolver|authoritative)  *up' | grep -q 3 && break
    sleep 1 # more often, chrony would count us
done
exec >&3
"$FONTAINE" audit --json "$POP" || true
echo
cat /run/log
"""
WRONG = {"resolver-strangers", "resolver-identity", "resolver-cookies", "resolver-privacy", "zones-identity",
         "zones-cookies", "zones-rate", "time-rate", "pages-head", "tls-versions", "host-secrets", "host-sockets"}


def test_each_carelessness_is_found():
    said = run(POPS / "demo.yaml", CARELESS).stdout
    found, end = json.JSONDecoder().raw_decode(said[said.index("["):])
    results = {check["id"]: check["result"] for check in found}
    assert {name for name, result in results.items() if result == "fail"} == WRONG, said
    assert all(check["reference"] and check["remedy"] and check["seen"] for check in found if check["result"] == "fail")
    assert results["host-exposure"] == "unknown"  # no systemd runs here, and that is no pass
    assert results["zones-transfer"] == results["time-answer"] == "pass"
