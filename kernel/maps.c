// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
/*
 * DMA-BUFs as the kernel sees them, kept for a while. To map a screenful takes a hundred times as
 * long as to copy a letter out of it, and who copies from a buffer soon does so again.
 */
#include <linux/dma-buf.h>
#include <linux/slab.h>

#include "compat.h"
#include "oriel.h"

/* A buffer nobody copies from is let go after this, if it was not the one too many before. */
#define KEEP HZ
#define MAX_KEPT 8

static void map_free(struct oriel_map *map)
{
	dma_buf_vunmap_unlocked(map->buffer, &map->bytes);
	dma_buf_put(map->buffer);
	kfree(map);
}

/* Lets go of what is unused and old, or too much. Under no lock: exporters have locks as well. */
static void maps_trim(struct oriel_maps *maps, unsigned long older_than)
{
	struct oriel_map *map, *next;
	LIST_HEAD(unused);

	mutex_lock(&maps->lock);
	list_for_each_entry_safe_reverse(map, next, &maps->newest_first, node) {
		if (map->users || (maps->n <= MAX_KEPT && time_after(map->used, older_than)))
			continue;
		list_move(&map->node, &unused);
		maps->n--;
	}
	if (maps->n)
		schedule_delayed_work(&maps->old, KEEP);
	mutex_unlock(&maps->lock);
	list_for_each_entry_safe(map, next, &unused, node)
		map_free(map);
}

static void handle_old(struct work_struct *work)
{
	maps_trim(container_of(work, struct oriel_maps, old.work), jiffies - KEEP);
}

void oriel_maps_init(struct oriel_maps *maps)
{
	mutex_init(&maps->lock);
	INIT_LIST_HEAD(&maps->newest_first);
	INIT_DELAYED_WORK(&maps->old, handle_old);
	maps->n = 0;
}

void oriel_maps_finish(struct oriel_maps *maps)
{
	struct oriel_map *map, *next;

	cancel_delayed_work_sync(&maps->old);
	list_for_each_entry_safe(map, next, &maps->newest_first, node)
		map_free(map);
	mutex_destroy(&maps->lock);
}

static struct oriel_map *maps_find(struct oriel_maps *maps, const struct dma_buf *buffer)
{
	struct oriel_map *map;

	mutex_lock(&maps->lock);
	list_for_each_entry(map, &maps->newest_first, node) {
		if (map->buffer != buffer)
			continue;
		map->users++;
		list_move(&map->node, &maps->newest_first);
		mutex_unlock(&maps->lock);
		return map;
	}
	mutex_unlock(&maps->lock);
	return NULL;
}

struct oriel_map *oriel_map_get(struct oriel_maps *maps, struct dma_buf *buffer)
{
	struct oriel_map *map = maps_find(maps, buffer);
	int ret;

	if (map)
		return map;
	if (!buffer->ops->vmap)
		return ERR_PTR(-EOPNOTSUPP);
	map = kzalloc(sizeof(*map), GFP_KERNEL_ACCOUNT);
	if (!map)
		return ERR_PTR(-ENOMEM);
	ret = dma_buf_vmap_unlocked(buffer, &map->bytes);
	if (ret) {
		kfree(map);
		return ERR_PTR(oriel_unsupported(ret));
	}
	get_dma_buf(buffer);
	map->buffer = buffer;
	map->users = 1;
	/* Two at once may have mapped the same one: the second is as good, and grows old. */
	mutex_lock(&maps->lock);
	list_add(&map->node, &maps->newest_first);
	maps->n++;
	mutex_unlock(&maps->lock);
	return map;
}

void oriel_map_put(struct oriel_maps *maps, struct oriel_map *map)
{
	bool too_many;

	mutex_lock(&maps->lock);
	map->users--;
	map->used = jiffies;
	too_many = maps->n > MAX_KEPT;
	schedule_delayed_work(&maps->old, KEEP);
	mutex_unlock(&maps->lock);
	if (too_many)
		maps_trim(maps, jiffies - KEEP);
}
