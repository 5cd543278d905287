/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/viewer/keymap.h"

#include <stdio.h>
#include <string.h>

#include "host/viewer/session.h"

static void override(char *field, size_t size, const char *option)
{
	if (option)
		snprintf(field, size, "%s", option);
}

/* So that the right Option types what it types on a Mac, where a layout does not say so itself. */
static void add_altgr(char *options, size_t size)
{
	static const char altgr[] = ",lv3:ralt_switch";
	size_t used = strlen(options);

	if (!strstr(options, "lv3:") && used + sizeof altgr <= size)
		strcpy(options + used, altgr + (used ? 0 : 1));
}

static void read_keymap(const struct oriel_viewer_options *o, struct oriel_platform_keymap *ret)
{
	oriel_platform_keymap(ret);
	/* Variants belong to a layout, so a chosen layout doesn't keep the host's. */
	if (o->xkb_layout)
		ret->variant[0] = '\0';
	override(ret->model, sizeof ret->model, o->xkb_model);
	override(ret->layout, sizeof ret->layout, o->xkb_layout);
	override(ret->variant, sizeof ret->variant, o->xkb_variant);
	override(ret->options, sizeof ret->options, o->xkb_options);
	if (o->keys == ORIEL_KEYS_MAC)
		add_altgr(ret->options, sizeof ret->options);
}

static bool same(const struct oriel_platform_keymap *a, const struct oriel_platform_keymap *b)
{
	return strcmp(a->model, b->model) == 0 && strcmp(a->layout, b->layout) == 0 &&
	       strcmp(a->variant, b->variant) == 0 && strcmp(a->options, b->options) == 0 &&
	       a->repeat_rate == b->repeat_rate && a->repeat_delay == b->repeat_delay;
}

void oriel_keymap_send(struct oriel_viewer *viewer, bool always)
{
	struct oriel_platform_keymap keymap;

	viewer->keymap.stale = false;
	read_keymap(viewer->options, &keymap);
	if (!always && same(&keymap, &viewer->keymap.sent))
		return;
	viewer->keymap.sent = keymap;
	viewer->out->type = ORIEL_MSG_KEYMAP;
	viewer->out->keymap = (struct oriel_msg_keymap){
		.model = keymap.model,
		.layout = keymap.layout,
		.variant = keymap.variant,
		.options = keymap.options,
		.repeat_rate = keymap.repeat_rate,
		.repeat_delay = keymap.repeat_delay,
	};
	oriel_session_send(viewer);
}
