/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "guest/rings.h"

#include <errno.h>

#include "guest/client.h"
#include "guest/window.h"
#include "src/base/log.h"

/* Of the ring's size: with less room than this, waiting for acknowledgements is better than
 * sending slivers. */
#define ROOM_SHARE 8

static bool passes_fds(const struct oriel_client *client)
{
	return oriel_link_features(client->link) & ORIEL_FEATURE_RING;
}

static bool takes_messages(const struct oriel_client *client)
{
	return oriel_link_features(client->link) & ORIEL_FEATURE_INLINE_RAW;
}

/* Devices ------------------------------------------------------------------------------------- */

static const char *next_best(const struct oriel_client *client)
{
	return passes_fds(client) ? "pixels go through shared memory of another kind"
				  : "pixels go through the link, which is slower";
}

void oriel_rings_offer(struct oriel_client *client, const struct oriel_wire_region *region)
{
	struct oriel_client_ring *own = &client->rings;
	char error[512];

	if (own->device)
		return;
	if (oriel_device_find(client->core, region->token.data, &own->device, error, sizeof error) <
		0) {
		oriel_core_tell_once(client->core, ORIEL_TOLD_NO_DEVICE,
			"%s: no shared-memory device: %s; %s", client->name, error,
			next_best(client));
		return;
	}
	own->region = region->id;
	own->limit = region->size;
}

static void give_up_device(struct oriel_client_ring *own)
{
	if (own->range)
		oriel_device_give_back(own->device, own->range);
	oriel_device_leave(own->device);
	own->range = NULL;
	own->device = NULL;
}

/* What of a device one viewer should have: all that it wants, or else as much as leaves the same
 * again for the next one. 0: not enough for any. */
static uint64_t share_of(const struct oriel_client *client)
{
	const struct oriel_client_ring *own = &client->rings;
	uint64_t largest = oriel_device_largest(own->device, own->limit), half = largest / 2;

	half = half / ORIEL_RANGE_ALIGN * ORIEL_RANGE_ALIGN;
	if (own->wanted <= largest)
		return own->wanted;
	/* A larger one than there is already, or none. */
	if (own->ring)
		return 0;
	if (half >= ORIEL_RINGS_LEAST)
		return half;
	return largest >= ORIEL_RINGS_LEAST ? largest : 0;
}

static void tell_small(struct oriel_client *client, uint64_t size)
{
	const struct oriel_client_ring *own = &client->rings;

	if (size == 0 && own->ring)
		oriel_debug(
			"%s: %s has no room for a larger ring", client->name, own->device->path);
	else if (size == 0)
		oriel_core_tell_once(client->core, ORIEL_TOLD_DEVICE_FULL,
			"%s: %s has no room for one more viewer: give the virtual machine a larger "
			"one; %s",
			client->name, own->device->path, next_best(client));
	else
		oriel_core_tell_once(client->core, ORIEL_TOLD_DEVICE_SMALL,
			"%s: %s has room for %llu KiB of the %zu KiB that the screens ask for: "
			"large changes come in parts; give the virtual machine a larger one",
			client->name, own->device->path, (unsigned long long)size / 1024,
			own->wanted / 1024);
}

static int make_in_device(
	struct oriel_client *client, struct oriel_range **ret_range, struct oriel_ring **ret_ring)
{
	struct oriel_device *device = client->rings.device;
	uint64_t size = share_of(client);
	struct oriel_range *range;
	int r;

	if (size < client->rings.wanted)
		tell_small(client, size);
	if (size == 0)
		return -ENOSPC;
	range = oriel_device_take(device, size, client->rings.limit);
	if (!range)
		return -ENOMEM;
	r = oriel_ring_wrap(device->memory + range->offset, range->size, ret_ring);
	if (r < 0)
		oriel_device_give_back(device, range);
	else
		*ret_range = range;
	return r;
}

/* Making -------------------------------------------------------------------------------------- */

static void replace(struct oriel_client *client, struct oriel_ring *ring, struct oriel_range *range)
{
	struct oriel_client_ring *own = &client->rings;

	if (own->ring)
		own->retired = oriel_ring_position(own->ring);
	/* Nothing in it is unread, so its place can be used again at once. */
	oriel_ring_destroy(own->ring);
	if (own->range)
		oriel_device_give_back(own->device, own->range);
	own->ring = ring;
	own->range = range;
	if (ring)
		own->id++;
}

static bool renew_in_device(struct oriel_client *client)
{
	struct oriel_client_ring *own = &client->rings;
	struct oriel_msg *msg = &client->core->out;
	struct oriel_range *range;
	struct oriel_ring *ring;

	if (make_in_device(client, &range, &ring) < 0)
		return false;
	replace(client, ring, range);
	msg->type = ORIEL_MSG_RING_AT;
	msg->ring_at = (struct oriel_msg_ring_at){
		.id = own->id,
		.region = own->region,
		.offset = range->offset,
		.size = (uint32_t)range->size,
	};
	oriel_client_send(client, msg);
	return true;
}

static int renew_in_file(struct oriel_client *client)
{
	struct oriel_client_ring *own = &client->rings;
	struct oriel_msg *msg = &client->core->out;
	struct oriel_ring *ring;
	int fd, r = oriel_ring_create(own->wanted, &ring, &fd);

	if (r < 0)
		return r;
	replace(client, ring, NULL);
	msg->type = ORIEL_MSG_RING;
	msg->ring = (struct oriel_msg_ring){
		.id = own->id,
		.size = (uint32_t)oriel_ring_size(ring),
	};
	oriel_client_send_fd(client, msg, fd);
	return 0;
}

/* No ring, or no larger one, can be had. error: what a memfd failed with; 0: there can't be one. */
static void do_without(struct oriel_client *client, int error)
{
	struct oriel_client_ring *own = &client->rings;

	if (error < 0)
		oriel_error("%s: no shared memory of %zu bytes: %s", client->name, own->wanted,
			uv_strerror(error));
	own->wanted = own->ring ? oriel_ring_size(own->ring) : 0;
	if (!own->ring && !takes_messages(client))
		oriel_client_bye(client, ORIEL_ERROR_INTERNAL,
			"no shared memory for pixels: the guest is out of memory");
}

static bool is_lost(const struct oriel_client_ring *own)
{
	return own->range && own->device->lost;
}

static bool is_idle(const struct oriel_client *client)
{
	const struct oriel_client_ring *own = &client->rings;
	const struct oriel_window *window;

	if (own->ring && oriel_ring_used(own->ring) > 0)
		return false;
	TAILQ_FOREACH(window, &client->core->windows, all)
	{
		if (window->owner != client)
			continue;
		/* A frame of which a part is sent goes on in the next ring only when this one is
		 * of no use any more. */
		if (window->frames.in_flight || (window->frames.plan && !is_lost(own)))
			return false;
	}
	return true;
}

void oriel_rings_renew(struct oriel_client *client)
{
	struct oriel_client_ring *own = &client->rings;
	int r = 0;

	if (client->failed || own->wanted == 0)
		return;
	if (own->ring && !is_lost(own) && oriel_ring_size(own->ring) >= own->wanted)
		return;
	if (!is_idle(client))
		return;
	if (is_lost(own))
		replace(client, NULL, NULL);
	if (own->device && own->device->lost)
		give_up_device(own);
	if (own->device && renew_in_device(client))
		return;
	/* A ring in a device does not become one in a file for being small. */
	if (passes_fds(client) && !own->range)
		r = renew_in_file(client);
	if (r < 0 || !own->ring || own->range)
		do_without(client, r);
}

void oriel_rings_want(struct oriel_client *client, size_t size)
{
	client->rings.wanted = size;
	oriel_rings_renew(client);
}

/* Use ----------------------------------------------------------------------------------------- */

bool oriel_rings_room(const struct oriel_client *client, uint64_t bytes)
{
	const struct oriel_client_ring *own = &client->rings;
	uint64_t enough;

	if (!own->ring)
		return takes_messages(client);
	if (is_lost(own))
		return false;
	enough = oriel_ring_size(own->ring) / ROOM_SHARE;
	return oriel_ring_available(own->ring) >= (bytes < enough ? bytes : enough);
}

int oriel_rings_release(struct oriel_client *client, uint64_t untrusted_position)
{
	struct oriel_client_ring *own = &client->rings;
	int r = 0;

	if (own->ring)
		r = oriel_ring_release(own->ring, untrusted_position);
	/* Late word, about a window that has gone, of all that the ring before this one had. */
	if (r < 0 && own->retired > 0 && untrusted_position == own->retired)
		return 0;
	if (r < 0)
		return oriel_client_fault(client,
			"ring position %llu goes back, or was never reserved",
			(unsigned long long)untrusted_position);
	return 0;
}

/* End ----------------------------------------------------------------------------------------- */

static void refresh_windows(struct oriel_client *client)
{
	struct oriel_window *window;

	TAILQ_FOREACH(window, &client->core->windows, all)
	if (window->owner == client)
		oriel_frames_refresh(window);
}

void oriel_rings_lose(struct oriel_core *core, struct oriel_device *device)
{
	struct oriel_client *client;

	device->lost = true;
	/* Held, so that it outlives the last viewer that leaves it here. */
	device->users++;
	oriel_warning("%s has gone away: pixels go another way; connect again when it is back",
		device->path);
	TAILQ_FOREACH(client, &core->clients, all)
	{
		if (client->rings.device != device)
			continue;
		if (client->rings.range)
			refresh_windows(client);
		oriel_rings_renew(client);
	}
	oriel_device_leave(device);
}

void oriel_rings_finish(struct oriel_client *client)
{
	struct oriel_client_ring *own = &client->rings;

	oriel_ring_destroy(own->ring);
	own->ring = NULL;
	if (own->device)
		give_up_device(own);
}
