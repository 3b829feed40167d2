/* What all nodes of AS112 have in common. */
/* SPDX-License-Identifier: MIT */
#include "base/as112.h"

const char *const as112_hosts[AS112_HOSTS] = {"192.175.48.1", "192.175.48.6", "192.175.48.42",
                                              "192.31.196.1", "2620:4f:8000::1", "2620:4f:8000::6",
                                              "2620:4f:8000::42", "2001:4:112::1"};

const struct pop_addresses as112_addresses = {.ipv4 = (char[]){"192.175.48.1"}, .ipv6 = (char[]){"2620:4f:8000::1"}};
