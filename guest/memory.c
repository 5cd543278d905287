/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "guest/memory.h"

#include "src/pixels/region.h"

static uint64_t feature_of(const struct oriel_wire_region *region)
{
	return region->kind == ORIEL_MEMORY_DEVICE ? ORIEL_FEATURE_MEMORY : ORIEL_FEATURE_BUFFERS;
}

/* What is wrong with a region, apart from what src/wire/ checks; NULL: nothing. */
static const char *check(
	const struct oriel_client *client, const struct oriel_msg_memory *msg, uint32_t i)
{
	const struct oriel_wire_region *region = &msg->regions[i];
	uint32_t token = region->kind == ORIEL_MEMORY_DEVICE ? ORIEL_REGION_TOKEN : 0;

	if (!(oriel_link_features(client->link) & feature_of(region)))
		return "was not agreed on";
	if (region->token.size != token)
		return "has a token of the wrong size";
	for (uint32_t k = 0; k < i; k++)
		if (msg->regions[k].id == region->id)
			return "is there twice";
	return NULL;
}

void oriel_memory_handle(struct oriel_client *client, const struct oriel_msg_memory *msg)
{
	if (client->has_memory || client->has_outputs) {
		oriel_client_fault(client, "memory: it comes once, and before outputs");
		return;
	}
	for (uint32_t i = 0; i < msg->n_regions; i++) {
		const char *reason = check(client, msg, i);

		if (reason) {
			oriel_client_fault(
				client, "memory: region %u %s", msg->regions[i].id, reason);
			return;
		}
	}
	client->has_memory = true;
	for (uint32_t i = 0; i < msg->n_regions; i++) {
		if (msg->regions[i].kind == ORIEL_MEMORY_DEVICE)
			oriel_rings_offer(client, &msg->regions[i]);
		else
			oriel_loans_offer(client, &msg->regions[i]);
	}
}
