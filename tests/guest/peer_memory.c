/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The test viewer's half of a virtual machine's memory: rings in devices, buffers in RAM.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "src/pixels/region.h"
#include "tests/guest/fake_module.h"
#include "tests/guest/peer_memory.h"

enum { REGION_DEVICE = 3, REGION_RAM = 5 };

/* Devices ----------------------------------------------------------------------------------------
 */

static void map_device(struct peer *peer)
{
	char path[256];
	int fd;

	fake_module_path(peer->device, path, sizeof path);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	peer->device_size = (size_t)lseek(fd, 0, SEEK_END);
	peer->device_memory = mmap(NULL, peer->device_size, PROT_READ, MAP_SHARED, fd, 0);
	assert_true(peer->device_memory != MAP_FAILED);
	close(fd);
}

static void handle_ring_at(struct peer *peer, const struct oriel_msg_ring_at *msg)
{
	assert_int_equal(msg->region, REGION_DEVICE);
	assert_int_equal(msg->id, ++peer->rings);
	assert_int_equal(msg->offset % ORIEL_REGION_HEAD, 0);
	assert_true(msg->offset >= ORIEL_REGION_HEAD && msg->size <= peer->device_size &&
		    msg->offset <= peer->device_size - msg->size);
	peer->rings_at++;
	peer->ring_at = *msg;
	oriel_ring_destroy(peer->ring);
	assert_int_equal(
		oriel_ring_wrap(peer->device_memory + msg->offset, msg->size, &peer->ring), 0);
}

/* RAM --------------------------------------------------------------------------------------------
 */

static void handle_probe(struct peer *peer, const struct oriel_msg_ram_probe *msg)
{
	struct oriel_msg answer = {.type = ORIEL_MSG_RAM_PROBED};

	assert_int_equal(msg->bytes.size, ORIEL_MAX_PROBE);
	assert_memory_equal(
		fake_module_ram(msg->address, msg->bytes.size), msg->bytes.data, msg->bytes.size);
	peer->probes++;
	answer.ram_probed.region = msg->region;
	answer.ram_probed.found = peer->ram == PEER_RAM;
	peer_send(peer, &answer);
}

static struct peer_buffer **find_buffer(struct peer *peer, uint32_t id)
{
	struct peer_buffer **buffer = &peer->buffers;

	while (*buffer && (*buffer)->msg.id != id)
		buffer = &(*buffer)->next;
	return buffer;
}

static void handle_extents(struct peer *peer, const struct oriel_msg_extents *msg)
{
	peer->early = realloc(peer->early, (peer->n_early + msg->n_extents) * sizeof *peer->early);
	memcpy(peer->early + peer->n_early, msg->extents, msg->n_extents * sizeof *peer->early);
	peer->n_early += msg->n_extents;
}

static void handle_buffer(struct peer *peer, const struct oriel_msg_buffer *msg)
{
	struct peer_buffer *buffer = calloc(1, sizeof *buffer);
	uint32_t n = peer->n_early + msg->n_extents;
	uint64_t size = 0;

	assert_null(*find_buffer(peer, msg->id));
	assert_true(++peer->n_buffers <= ORIEL_MAX_BUFFERS);
	assert_int_equal(msg->region, REGION_RAM);
	buffer->extents = malloc(n * sizeof *buffer->extents);
	if (peer->n_early > 0)
		memcpy(buffer->extents, peer->early, peer->n_early * sizeof *buffer->extents);
	memcpy(buffer->extents + peer->n_early, msg->extents,
		msg->n_extents * sizeof *buffer->extents);
	for (uint32_t i = 0; i < n; i++)
		size += buffer->extents[i].size;
	assert_true((uint64_t)msg->start + (uint64_t)msg->stride * (msg->height - 1) +
			    msg->width * 4ull <=
		    size);
	memcpy(&buffer->msg, msg, offsetof(struct oriel_msg_buffer, extents));
	buffer->msg.n_extents = n;
	peer->n_early = 0;
	buffer->next = peer->buffers;
	peer->buffers = buffer;
}

static void remove_buffer(struct peer *peer, struct peer_buffer **at)
{
	struct peer_buffer *buffer = *at;

	*at = buffer->next;
	free(buffer->extents);
	free(buffer);
	peer->n_buffers--;
}

static void handle_gone(struct peer *peer, uint32_t id)
{
	struct peer_buffer **buffer = find_buffer(peer, id);

	assert_non_null(*buffer);
	remove_buffer(peer, buffer);
	peer->buffers_gone++;
}

/* Bytes of a buffer, wherever its pieces are. */
static void read_bytes(const struct peer_buffer *buffer, uint64_t start, size_t size, uint8_t *out)
{
	for (uint32_t i = 0; size > 0; i++) {
		const struct oriel_wire_extent *extent = &buffer->extents[i];
		size_t length;

		assert_true(i < buffer->msg.n_extents);
		if (start >= extent->size) {
			start -= extent->size;
			continue;
		}
		length = extent->size - start < size ? (size_t)(extent->size - start) : size;
		memcpy(out, fake_module_ram(extent->address + start, length), length);
		out += length;
		size -= length;
		start = 0;
	}
}

void peer_memory_read(struct peer *peer, const struct oriel_wire_layer *layer,
	const struct oriel_wire_rect *rect, uint8_t *out)
{
	const struct peer_buffer *buffer = *find_buffer(peer, rect->offset);

	assert_non_null(buffer);
	assert_int_equal(rect->length, 0);
	assert_int_equal(buffer->msg.width, layer->buffer_width);
	assert_int_equal(buffer->msg.height, layer->buffer_height);
	for (uint32_t y = 0; y < rect->height; y++)
		read_bytes(buffer,
			buffer->msg.start + (uint64_t)(rect->y + y) * buffer->msg.stride +
				rect->x * 4ull,
			rect->width * 4ull, out + (size_t)y * rect->width * 4);
}

/* Questions --------------------------------------------------------------------------------------
 */

static void answer_question(struct peer *peer, uint32_t id)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_HOST_STATS};

	peer->host_asked++;
	peer->host_question = id;
	if (peer->mute)
		return;
	msg.host_stats.id = id;
	msg.host_stats.n_counters = 3;
	msg.host_stats.counters[0] = (struct oriel_wire_counter){"viewer_frames", 10};
	msg.host_stats.counters[1] = (struct oriel_wire_counter){"viewer_wait_us_max", 7};
	msg.host_stats.counters[2] = (struct oriel_wire_counter){"frames_sent", 99};
	peer_send(peer, &msg);
}

/* All --------------------------------------------------------------------------------------------
 */

bool peer_memory_handle(struct peer *peer, const struct oriel_msg *msg)
{
	switch (msg->type) {
	case ORIEL_MSG_RING_AT:
		handle_ring_at(peer, &msg->ring_at);
		return true;
	case ORIEL_MSG_RAM_PROBE:
		handle_probe(peer, &msg->ram_probe);
		return true;
	case ORIEL_MSG_EXTENTS:
		handle_extents(peer, &msg->extents);
		return true;
	case ORIEL_MSG_BUFFER:
		handle_buffer(peer, &msg->buffer);
		return true;
	case ORIEL_MSG_BUFFER_GONE:
		handle_gone(peer, msg->buffer_gone.id);
		return true;
	case ORIEL_MSG_HOST_STATS_GET:
		answer_question(peer, msg->host_stats_get.id);
		return true;
	default:
		return false;
	}
}

void peer_memory_tell(struct peer *peer, const char *device, uint8_t token)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_MEMORY};
	struct oriel_msg_memory *memory = &msg.memory;
	uint8_t bytes[ORIEL_REGION_TOKEN];

	memset(bytes, token, sizeof bytes);
	if (device) {
		peer->device = device;
		map_device(peer);
		memory->regions[memory->n_regions++] = (struct oriel_wire_region){
			.id = REGION_DEVICE,
			.kind = ORIEL_MEMORY_DEVICE,
			.size = peer->device_size,
			.token = {bytes, sizeof bytes},
		};
	}
	if (peer->ram != PEER_NO_RAM)
		memory->regions[memory->n_regions++] = (struct oriel_wire_region){
			.id = REGION_RAM, .kind = ORIEL_MEMORY_RAM, .size = 1 << 30};
	peer_send(peer, &msg);
}

void peer_memory_finish(struct peer *peer)
{
	while (peer->buffers)
		remove_buffer(peer, &peer->buffers);
	if (peer->device_memory)
		munmap(peer->device_memory, peer->device_size);
	free(peer->early);
}
