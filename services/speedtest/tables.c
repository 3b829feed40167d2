/* All that the speed test is asked. */
/* SPDX-License-Identifier: MIT */
#include "speedtest/tables.h"

#include "speedtest/cloudflare.h"
#include "speedtest/librespeed.h"
#include "speedtest/ndt7.h"
#include "speedtest/ookla.h"
#include "speedtest/openspeedtest.h"
#include "speedtest/queue.h"
#include "speedtest/responsiveness.h"
#include "speedtest/results.h"
#include "speedtest/servers.h"
#include "speedtest/speedtest.h"
#include "speedtest/turn.h"

const struct http_route *const speedtest_tables[] = {
	speedtest_routes,
	queue_routes,
	turn_routes,
	librespeed_routes,
	ndt7_routes,
	servers_routes,
	cloudflare_routes,
	openspeedtest_routes,
	ookla_routes,
	responsiveness_routes,
	results_routes,
	NULL,
};
