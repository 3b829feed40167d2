/* SPDX-License-Identifier: MIT */
#include "net/h2_pace.h"

size_t h2_pace_bytes(uint64_t bytes_per_s)
{
	uint64_t bytes = bytes_per_s * H2_PACE_MS / 1000;

	if (bytes_per_s == 0)
		return H2_PACE_START_BYTES;
	if (bytes < H2_PACE_MIN_BYTES)
		return H2_PACE_MIN_BYTES;
	return bytes < H2_PACE_MAX_BYTES ? (size_t)bytes : H2_PACE_MAX_BYTES;
}
