/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/viewer/session_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "host/platform/platform.h"
#include "host/viewer/session.h"
#include "src/base/log.h"

void oriel_memory_map(struct oriel_viewer *viewer)
{
	const struct oriel_viewer_options *o = viewer->options;
	const struct oriel_region_source *sources = NULL;
	int n = o->memory ? o->memory(o->user, &sources) : 0;

	for (int i = 0; i < n; i++) {
		int r = oriel_memory_add(&viewer->memory, &sources[i]);

		if (r < 0)
			oriel_warning("%s: the machine's memory in %s can't be used (%s), pixels "
				      "take another way",
				o->target, sources[i].path, strerror(-r));
	}
}

void oriel_memory_tell(struct oriel_viewer *viewer)
{
	oriel_memory_keep(&viewer->memory, oriel_link_features(viewer->link));
	viewer->out->type = ORIEL_MSG_MEMORY;
	oriel_memory_describe(&viewer->memory, &viewer->out->memory);
	if (viewer->out->memory.n_regions)
		oriel_session_send(viewer);
}

/* Takes the ring, and fd (-1: none): a file that memory of size bytes is a mapping of, and the ring
 * is in. */
static void use_ring(struct oriel_viewer *viewer, struct oriel_ring *ring, int fd,
	const void *memory, size_t size)
{
	oriel_platform_ring_detach();
	oriel_ring_destroy(viewer->ring);
	viewer->ring = ring;
	if (fd >= 0)
		oriel_platform_ring_attach(fd, memory, size);
}

int oriel_memory_handle_ring(struct oriel_viewer *viewer, const struct oriel_msg_ring *msg, int fd,
	const char **ret_reason)
{
	struct oriel_ring *ring;
	int shared;

	if (fd < 0) {
		*ret_reason = "no memory came with it";
		return -EPROTO;
	}
	shared = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (oriel_ring_map(fd, msg->size, &ring) < 0) {
		if (shared >= 0)
			close(shared);
		*ret_reason = "the memory is not what it should be";
		return -EPROTO;
	}
	use_ring(viewer, ring, shared, oriel_ring_view(ring, 0, msg->size), msg->size);
	return 0;
}

static int handle_ring_at(
	struct oriel_viewer *viewer, const struct oriel_msg_ring_at *msg, const char **ret_reason)
{
	const struct oriel_region *region;
	struct oriel_ring *ring;
	uint64_t size;
	int r = oriel_memory_ring(&viewer->memory, msg, &ring, &region, ret_reason);

	if (r < 0)
		return r;
	size = oriel_region_size(region);
	use_ring(viewer, ring, fcntl(oriel_region_fd(region), F_DUPFD_CLOEXEC, 0),
		oriel_region_view(region, 0, size), (size_t)size);
	return 0;
}

static int handle_probe(
	struct oriel_viewer *viewer, const struct oriel_msg_ram_probe *msg, const char **ret_reason)
{
	bool found;
	int r = oriel_memory_probe(&viewer->memory, msg, &found, ret_reason);

	if (r < 0)
		return r;
	if (!found)
		oriel_debug("%s: the guest's RAM lies elsewhere", viewer->options->target);
	viewer->out->type = ORIEL_MSG_RAM_PROBED;
	viewer->out->ram_probed =
		(struct oriel_msg_ram_probed){.region = msg->region, .found = found};
	oriel_session_send(viewer);
	return 0;
}

int oriel_memory_handle(
	struct oriel_viewer *viewer, const struct oriel_msg *msg, const char **ret_reason)
{
	switch (msg->type) {
	case ORIEL_MSG_RING_AT:
		return handle_ring_at(viewer, &msg->ring_at, ret_reason);
	case ORIEL_MSG_RAM_PROBE:
		return handle_probe(viewer, &msg->ram_probe, ret_reason);
	case ORIEL_MSG_EXTENTS:
		return oriel_memory_extents(&viewer->memory, &msg->extents, ret_reason);
	case ORIEL_MSG_BUFFER:
		return oriel_memory_buffer(&viewer->memory, &msg->buffer, ret_reason);
	default:
		return oriel_buffers_remove(
			&viewer->memory.buffers, msg->buffer_gone.id, ret_reason);
	}
}

static bool has_device(const struct oriel_memory *memory)
{
	for (int i = 0; i < memory->n; i++)
		if (memory->regions[i].mapped && memory->regions[i].kind == ORIEL_MEMORY_DEVICE)
			return true;
	return false;
}

void oriel_memory_note_inline(struct oriel_viewer *viewer)
{
	if (viewer->told_unused || viewer->ring || !has_device(&viewer->memory))
		return;
	viewer->told_unused = true;
	oriel_warning("%s: the guest does not use its shared-memory device, so pixels are slower: "
		      "there 'journalctl --user -u orield' says why",
		viewer->options->target);
}

void oriel_memory_lose(struct oriel_viewer *viewer)
{
	oriel_platform_ring_detach();
	oriel_ring_destroy(viewer->ring);
	viewer->ring = NULL;
	oriel_memory_finish(&viewer->memory);
}
