/*
 * One ndt7 test on the connection that asked for it (ndt7 protocol, v0.11): binary
 * messages one way, measurements to the client, ten seconds, and a clean end.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_SPEEDTEST_NDT7_TEST_H
#define FONTAINE_SPEEDTEST_NDT7_TEST_H

#include "speedtest/admission.h"
#include "speedtest/speedtest.h"

/**
 * Reply 101 to @r and run a test in direction @d on its connection.
 * @headers: lines of the reply, as ws_handshake() gives them.
 * @flow: where the bytes count, which it takes.
 * Return: 0, or a negative errno: @r is not replied to, and @flow is given back.
 */
int ndt7_test_start(struct http_request *r, const char *headers, struct speedtest *s, struct flow *flow,
                    enum direction d);

#endif
