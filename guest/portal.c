/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "guest/portal.h"

#include <stdlib.h>
#include <string.h>

#include "guest/core.h"
#include "src/base/log.h"
#include "src/bus/bus.h"

#define NAME "org.freedesktop.impl.portal.desktop.oriel"
#define OBJECT "/org/freedesktop/portal/desktop"
#define INTERFACE "org.freedesktop.impl.portal.Settings"
#define NAMESPACE "org.freedesktop.appearance"
#define NOT_FOUND "org.freedesktop.portal.Error.NotFound"

/* Settings ---------------------------------------------------------------------------------------
 */

/* Appends the value as a variant. */
typedef int (*append_fn)(sd_bus_message *message, const struct oriel_msg_appearance *appearance);

static int append_color_scheme(sd_bus_message *message, const struct oriel_msg_appearance *a)
{
	/* enum oriel_color_scheme has the portal's numbers. */
	return sd_bus_message_append(message, "v", "u", (uint32_t)a->color_scheme);
}

static int append_contrast(sd_bus_message *message, const struct oriel_msg_appearance *a)
{
	return sd_bus_message_append(message, "v", "u", (uint32_t)a->contrast);
}

static int append_accent(sd_bus_message *message, const struct oriel_msg_appearance *a)
{
	double red = (a->accent >> 16) / 255.0, green = (a->accent >> 8 & 0xff) / 255.0,
	       blue = (a->accent & 0xff) / 255.0;

	/* What is out of range counts as none. */
	if (a->accent == ORIEL_ACCENT_NONE)
		red = green = blue = -1;
	return sd_bus_message_append(message, "v", "(ddd)", red, green, blue);
}

static const struct {
	const char *key;
	append_fn append;
} settings[] = {
	{"color-scheme", append_color_scheme},
	{"contrast", append_contrast},
	{"accent-color", append_accent},
};
enum { SETTINGS = sizeof settings / sizeof *settings };

static bool differs(
	int i, const struct oriel_msg_appearance *a, const struct oriel_msg_appearance *b)
{
	return settings[i].append == append_color_scheme ? a->color_scheme != b->color_scheme
	       : settings[i].append == append_contrast   ? a->contrast != b->contrast
							 : a->accent != b->accent;
}

/* The interface ----------------------------------------------------------------------------------
 */

static int handle_read(sd_bus_message *call, void *user, sd_bus_error *error)
{
	struct oriel_core *core = user;
	sd_bus_message *reply = NULL;
	const char *namespace, *key;
	int r = sd_bus_message_read(call, "ss", &namespace, &key), i = 0;

	if (r < 0)
		return r;
	while (i < SETTINGS && strcmp(key, settings[i].key) != 0)
		i++;
	if (i == SETTINGS || strcmp(namespace, NAMESPACE) != 0)
		return sd_bus_error_set(error, NOT_FOUND, "there is no such setting");
	r = sd_bus_message_new_method_return(call, &reply);
	if (r >= 0)
		r = settings[i].append(reply, &core->portal.appearance);
	if (r >= 0)
		r = sd_bus_send(NULL, reply, NULL);
	sd_bus_message_unref(reply);
	return r < 0 ? r : 1;
}

/* A pattern is a namespace, or the beginning of some with a star behind it; "" is all of them. */
static bool is_meant(const char *pattern)
{
	size_t length = strlen(pattern);

	if (length > 0 && pattern[length - 1] == '*')
		return strncmp(NAMESPACE, pattern, length - 1) == 0;
	return length == 0 || strcmp(NAMESPACE, pattern) == 0;
}

/* Reads the list of patterns: 1: ours is among them; 0; -errno. No pattern is all namespaces. */
static int read_patterns(sd_bus_message *call)
{
	const char *pattern;
	bool any = false, meant = false;
	int r = sd_bus_message_enter_container(call, 'a', "s");

	while (r >= 0 && (r = sd_bus_message_read(call, "s", &pattern)) > 0) {
		any = true;
		meant = meant || is_meant(pattern);
	}
	return r < 0 ? r : !any || meant;
}

static int append_all(sd_bus_message *reply, const struct oriel_msg_appearance *appearance)
{
	int r = sd_bus_message_open_container(reply, 'e', "sa{sv}");

	if (r >= 0)
		r = sd_bus_message_append(reply, "s", NAMESPACE);
	if (r >= 0)
		r = sd_bus_message_open_container(reply, 'a', "{sv}");
	for (int i = 0; r >= 0 && i < SETTINGS; i++) {
		r = sd_bus_message_open_container(reply, 'e', "sv");
		if (r >= 0)
			r = sd_bus_message_append(reply, "s", settings[i].key);
		if (r >= 0)
			r = settings[i].append(reply, appearance);
		if (r >= 0)
			r = sd_bus_message_close_container(reply);
	}
	if (r >= 0)
		r = sd_bus_message_close_container(reply);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int handle_read_all(sd_bus_message *call, void *user, sd_bus_error *error)
{
	struct oriel_core *core = user;
	sd_bus_message *reply = NULL;
	int meant = read_patterns(call), r;

	(void)error;
	if (meant < 0)
		return meant;
	r = sd_bus_message_new_method_return(call, &reply);
	if (r >= 0)
		r = sd_bus_message_open_container(reply, 'a', "{sa{sv}}");
	if (r >= 0 && meant)
		r = append_all(reply, &core->portal.appearance);
	if (r >= 0)
		r = sd_bus_message_close_container(reply);
	if (r >= 0)
		r = sd_bus_send(NULL, reply, NULL);
	sd_bus_message_unref(reply);
	return r < 0 ? r : 1;
}

static int get_version(sd_bus *bus, const char *path, const char *interface, const char *property,
	sd_bus_message *reply, void *user, sd_bus_error *error)
{
	(void)bus, (void)path, (void)interface, (void)property, (void)user, (void)error;
	return sd_bus_message_append(reply, "u", 1);
}

static const sd_bus_vtable interface[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD("Read", "ss", "v", handle_read, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD("ReadAll", "as", "a{sa{sv}}", handle_read_all, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_SIGNAL("SettingChanged", "ssv", 0),
	SD_BUS_PROPERTY("version", "u", get_version, 0, SD_BUS_VTABLE_PROPERTY_CONST),
	SD_BUS_VTABLE_END,
};

static int tell_change(struct oriel_portal *portal, int i)
{
	sd_bus_message *signal = NULL;
	int r = sd_bus_message_new_signal(
		oriel_bus_sd(portal->bus), &signal, OBJECT, INTERFACE, "SettingChanged");

	if (r >= 0)
		r = sd_bus_message_append(signal, "ss", NAMESPACE, settings[i].key);
	if (r >= 0)
		r = settings[i].append(signal, &portal->appearance);
	if (r >= 0)
		r = sd_bus_send(NULL, signal, NULL);
	sd_bus_message_unref(signal);
	return r;
}

void oriel_portal_set(struct oriel_core *core, const struct oriel_msg_appearance *appearance)
{
	struct oriel_portal *portal = &core->portal;
	struct oriel_msg_appearance before = portal->appearance;
	int r = 0;

	portal->appearance = *appearance;
	if (!portal->bus)
		return;
	for (int i = 0; i < SETTINGS; i++)
		if (r >= 0 && differs(i, appearance, &before))
			r = tell_change(portal, i);
	if (r < 0)
		oriel_debug("the host's colours can't be told: %s", strerror(-r));
	oriel_bus_flush(portal->bus);
}

/* The bus ----------------------------------------------------------------------------------------
 */

static void tell_missing(int error)
{
	oriel_info("no session bus (%s): programs don't follow the host's dark or light colours",
		strerror(-error));
}

static void handle_lost(void *user, int error)
{
	tell_missing(error);
	oriel_portal_close(user);
}

static int handle_name(sd_bus_message *reply, void *user, sd_bus_error *error)
{
	(void)user;
	(void)error;
	if (sd_bus_message_is_method_error(reply, NULL))
		oriel_warning("the session bus does not give us the name " NAME ": %s",
			sd_bus_message_get_error(reply)->message);
	return 1;
}

/* Where programs that the bus starts (the portals) find their display. Only in a session of which
 * Oriel is the desktop: elsewhere they belong to another one. */
static int tell_displays(struct oriel_core *core)
{
	const char *desktop = getenv("XDG_CURRENT_DESKTOP");
	sd_bus_message *call = NULL;
	int r;

	if (!desktop || strcmp(desktop, "Oriel") != 0)
		return 0;
	r = sd_bus_message_new_method_call(oriel_bus_sd(core->portal.bus), &call,
		"org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
		"UpdateActivationEnvironment");
	if (r >= 0)
		r = sd_bus_message_append(call, "a{ss}", core->x11_display ? 4 : 3,
			"XDG_CURRENT_DESKTOP", desktop, "XDG_SESSION_TYPE", "wayland",
			"WAYLAND_DISPLAY", core->wayland_display, "DISPLAY", core->x11_display);
	if (r >= 0)
		r = sd_bus_send(NULL, call, NULL);
	sd_bus_message_unref(call);
	return r;
}

void oriel_portal_open(struct oriel_core *core)
{
	struct oriel_portal *portal = &core->portal;
	int r = oriel_bus_open(core->loop, handle_lost, core, &portal->bus);

	if (r < 0) {
		tell_missing(r);
		return;
	}
	r = sd_bus_add_object_vtable(
		oriel_bus_sd(portal->bus), &portal->object, OBJECT, INTERFACE, interface, core);
	/* With an orield that is there already, we are the next. */
	if (r >= 0)
		r = sd_bus_request_name_async(oriel_bus_sd(portal->bus), &portal->name, NAME,
			SD_BUS_NAME_QUEUE, handle_name, core);
	if (r >= 0)
		r = tell_displays(core);
	oriel_bus_flush(portal->bus);
	if (r < 0)
		handle_lost(core, r);
}

void oriel_portal_close(struct oriel_core *core)
{
	struct oriel_portal *portal = &core->portal;

	sd_bus_slot_unref(portal->name);
	sd_bus_slot_unref(portal->object);
	oriel_bus_close(portal->bus);
	portal->name = portal->object = NULL;
	portal->bus = NULL;
}
