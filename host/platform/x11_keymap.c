/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* The keyboard: its XKB names, from the property that setxkbmap and desktops keep, and repeat. */
#include <stdio.h>
#include <string.h>
#include <X11/Xatom.h>
#include <X11/XKBlib.h>

#include "host/platform/x11.h"

/* The property is the five names one after another, each with its NUL. */
static void split(const char *text, size_t size, char *const fields[5], size_t field_size)
{
	size_t at = 0;

	for (int i = 0; i < 5 && at < size; i++) {
		size_t n = strnlen(text + at, size - at);

		snprintf(fields[i], field_size, "%.*s", (int)n, text + at);
		at += n + 1;
	}
}

static void read_names(struct oriel_platform_keymap *keymap)
{
	char *const fields[5] = {
		keymap->rules, keymap->model, keymap->layout, keymap->variant, keymap->options};
	unsigned char *text = NULL;
	unsigned long size, left;
	Atom type;
	int format;

	if (XGetWindowProperty(oriel_x11.display, DefaultRootWindow(oriel_x11.display),
		    oriel_x11.rules_names, 0, 1024, False, XA_STRING, &type, &format, &size, &left,
		    &text) != Success)
		return;
	if (text && type == XA_STRING && format == 8)
		split((const char *)text, size, fields, sizeof keymap->rules);
	if (text)
		XFree(text);
}

void oriel_platform_keymap(struct oriel_platform_keymap *ret_keymap)
{
	struct oriel_platform_keymap keymap = {.repeat_rate = 25, .repeat_delay = 600};
	unsigned delay, interval;

	if (oriel_x11.display) {
		read_names(&keymap);
		if (XkbGetAutoRepeatRate(oriel_x11.display, XkbUseCoreKbd, &delay, &interval) &&
			interval) {
			keymap.repeat_rate = interval < 1000 ? 1000 / interval : 1;
			keymap.repeat_delay = delay < 10000 ? delay : 10000;
		}
	}
	*ret_keymap = keymap;
}
