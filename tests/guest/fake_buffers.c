/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "tests/guest/fake_buffers.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

size_t fake_stride(const struct fake_layer *layer)
{
	return (size_t)layer->width * 4 + FAKE_GAP;
}

static void make_buffer(
	struct oriel_mir *fake, struct fake_buffer *buffer, const struct fake_layer *layer)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), size;

	size = FAKE_START + fake_stride(layer) * layer->height;
	size = (size + page - 1) / page * page;
	*buffer = (struct fake_buffer){.key = ++fake->last_key, .map_size = size};
	buffer->fd = memfd_create("fake", MFD_CLOEXEC);
	if (buffer->fd < 0 || ftruncate(buffer->fd, (off_t)size) < 0)
		abort();
	buffer->map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, buffer->fd, 0);
	if (buffer->map == MAP_FAILED)
		abort();
}

static void destroy(struct oriel_mir *fake, struct fake_buffer *buffer)
{
	if (fake->n_gone < 64)
		fake->gone[fake->n_gone++] = buffer->key;
	munmap(buffer->map, buffer->map_size);
	close(buffer->fd);
	buffer->key = 0;
}

static struct fake_buffer *next_buffer(struct oriel_mir *fake, struct fake_layer *layer)
{
	int n = 0;

	for (int i = 0; i < FAKE_BUFFERS; i++) {
		struct fake_buffer *buffer = &layer->buffers[i];

		if (buffer->key && !buffer->doomed)
			n++;
		if (buffer->key && !buffer->held && !buffer->doomed)
			return buffer;
	}
	for (int i = 0; i < FAKE_BUFFERS && n < layer->n_buffers; i++) {
		if (layer->buffers[i].key)
			continue;
		make_buffer(fake, &layer->buffers[i], layer);
		return &layer->buffers[i];
	}
	return NULL;
}

struct fake_buffer *fake_buffer_draw(struct oriel_mir *fake, struct fake_layer *layer)
{
	struct fake_buffer *buffer = next_buffer(fake, layer);

	if (!buffer) {
		fake->starved++;
		return NULL;
	}
	for (uint32_t y = 0; y < layer->height; y++)
		memcpy(buffer->map + FAKE_START + y * fake_stride(layer),
			layer->pixels + (size_t)y * layer->width, (size_t)layer->width * 4);
	buffer->held = true;
	return buffer;
}

void fake_buffer_give_back(struct oriel_mir *fake, struct fake_buffer *buffer)
{
	buffer->held = false;
	memset(buffer->map, 0xee, buffer->map_size);
	if (!buffer->doomed)
		return;
	destroy(fake, buffer);
	fake->ops->wake(fake->user);
}

void fake_share(struct fake_window *window, int i, enum fake_memory memory, int n)
{
	window->layers[i].memory = memory;
	window->layers[i].n_buffers = n;
}

void fake_drop_buffers(struct oriel_mir *fake, struct fake_window *window, int i)
{
	for (int k = 0; k < FAKE_BUFFERS; k++) {
		struct fake_buffer *buffer = &window->layers[i].buffers[k];

		if (buffer->key && buffer->held)
			buffer->doomed = true;
		else if (buffer->key)
			destroy(fake, buffer);
	}
	fake->ops->wake(fake->user);
}

void fake_finish_layer(struct oriel_mir *fake, struct fake_layer *layer)
{
	for (int i = 0; i < FAKE_BUFFERS; i++)
		if (layer->buffers[i].key)
			destroy(fake, &layer->buffers[i]);
	free(layer->pixels);
}
