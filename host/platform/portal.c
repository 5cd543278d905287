/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * How a Linux desktop looks, from the portal org.freedesktop.portal.Settings of the user's session
 * bus. SDL asks it too, but for dark or light alone.
 */
#include <errno.h>
#include <string.h>

#include "host/platform/platform.h"
#include "src/base/log.h"
#include "src/bus/bus.h"
#include "src/wire/messages.h"

#define PORTAL "org.freedesktop.portal.Desktop"
#define OBJECT "/org/freedesktop/portal/desktop"
#define INTERFACE "org.freedesktop.portal.Settings"
#define NAMESPACE "org.freedesktop.appearance"

static const struct oriel_platform_appearance unknown = {
	.color_scheme = -1, .accent = ORIEL_ACCENT_NONE};

static struct {
	struct oriel_bus *bus; /* NULL: there is none */
	sd_bus_slot *signal, *reply;
	struct oriel_platform_appearance appearance;
	void (*changed)(void *user);
	void *user;
} portal = {.appearance = {.color_scheme = -1, .accent = ORIEL_ACCENT_NONE}};

/* Values --------------------------------------------------------------------------------------- */

static int read_color_scheme(sd_bus_message *value)
{
	uint32_t scheme;
	int r = sd_bus_message_read(value, "u", &scheme);

	/* Numbers that are not there yet count as no preference. */
	if (r >= 0)
		portal.appearance.color_scheme =
			scheme <= ORIEL_COLOR_SCHEME_LIGHT ? (int)scheme : ORIEL_COLOR_SCHEME_NONE;
	return r;
}

static int read_contrast(sd_bus_message *value)
{
	uint32_t contrast;
	int r = sd_bus_message_read(value, "u", &contrast);

	if (r >= 0)
		portal.appearance.contrast = contrast == 1;
	return r;
}

static int read_accent(sd_bus_message *value)
{
	double rgb[3];
	uint32_t accent = 0;
	int r = sd_bus_message_read(value, "(ddd)", &rgb[0], &rgb[1], &rgb[2]);

	if (r < 0)
		return r;
	for (int i = 0; i < 3; i++) {
		/* Out of range, or not a number: none. */
		if (!(rgb[i] >= 0 && rgb[i] <= 1))
			accent = ORIEL_ACCENT_NONE;
		else if (accent != ORIEL_ACCENT_NONE)
			accent = accent << 8 | (uint32_t)(rgb[i] * 255 + 0.5);
	}
	portal.appearance.accent = accent;
	return 0;
}

static const struct {
	const char *key, *type;
	int (*read)(sd_bus_message *value);
} settings[] = {
	{"color-scheme", "u", read_color_scheme},
	{"contrast", "u", read_contrast},
	{"accent-color", "(ddd)", read_accent},
};

/* Reads a variant, or skips it. */
static int read_value(sd_bus_message *message, const char *key)
{
	char container;
	const char *type;
	int r = sd_bus_message_peek_type(message, &container, &type);

	if (r < 0)
		return r;
	if (r == 0 || container != 'v')
		return -EBADMSG;
	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
		if (strcmp(key, settings[i].key) != 0 || strcmp(type, settings[i].type) != 0)
			continue;
		r = sd_bus_message_enter_container(message, 'v', type);
		if (r >= 0)
			r = settings[i].read(message);
		return r < 0 ? r : sd_bus_message_exit_container(message);
	}
	return sd_bus_message_skip(message, "v");
}

/* Messages ------------------------------------------------------------------------------------- */

/* a{sv} */
static int read_keys(sd_bus_message *message)
{
	const char *key;
	int r = sd_bus_message_enter_container(message, 'a', "{sv}");

	while (r >= 0 && (r = sd_bus_message_enter_container(message, 'e', "sv")) > 0) {
		r = sd_bus_message_read(message, "s", &key);
		if (r >= 0)
			r = read_value(message, key);
		if (r >= 0)
			r = sd_bus_message_exit_container(message);
	}
	return r < 0 ? r : sd_bus_message_exit_container(message);
}

/* a{sa{sv}}, of our namespace alone */
static int read_all(sd_bus_message *message)
{
	int r = sd_bus_message_enter_container(message, 'a', "{sa{sv}}");

	while (r >= 0 && (r = sd_bus_message_enter_container(message, 'e', "sa{sv}")) > 0) {
		r = sd_bus_message_skip(message, "s");
		if (r >= 0)
			r = read_keys(message);
		if (r >= 0)
			r = sd_bus_message_exit_container(message);
	}
	return r;
}

static int handle_reply(sd_bus_message *reply, void *user, sd_bus_error *error)
{
	int r = sd_bus_message_is_method_error(reply, NULL) ? -ENOENT : read_all(reply);

	(void)user;
	(void)error;
	if (r < 0)
		oriel_debug("the desktop portal tells no colours: %s",
			r == -ENOENT ? sd_bus_message_get_error(reply)->message : strerror(-r));
	else
		portal.changed(portal.user);
	return 1;
}

static int handle_signal(sd_bus_message *signal, void *user, sd_bus_error *error)
{
	const char *namespace, *key;
	int r = sd_bus_message_read(signal, "ss", &namespace, &key);

	(void)user;
	(void)error;
	if (r < 0 || strcmp(namespace, NAMESPACE) != 0)
		return 0;
	r = read_value(signal, key);
	if (r >= 0)
		portal.changed(portal.user);
	return 0;
}

/* The bus -------------------------------------------------------------------------------------- */

static void handle_lost(void *user, int error)
{
	(void)user;
	oriel_debug("session bus: %s", strerror(-error));
	oriel_platform_appearance_close();
}

static int ask(void)
{
	sd_bus *bus = oriel_bus_sd(portal.bus);
	int r = sd_bus_match_signal_async(bus, &portal.signal, PORTAL, OBJECT, INTERFACE,
		"SettingChanged", handle_signal, NULL, NULL);

	if (r < 0)
		return r;
	return sd_bus_call_method_async(bus, &portal.reply, PORTAL, OBJECT, INTERFACE, "ReadAll",
		handle_reply, NULL, "as", 1, NAMESPACE);
}

void oriel_platform_appearance_open(uv_loop_t *loop, void (*changed)(void *user), void *user)
{
	int r = oriel_bus_open(loop, handle_lost, NULL, &portal.bus);

	portal.appearance = unknown;
	portal.changed = changed;
	portal.user = user;
	if (r < 0) {
		oriel_debug("no session bus: %s", strerror(-r));
		return;
	}
	r = ask();
	oriel_bus_flush(portal.bus);
	if (r < 0)
		handle_lost(NULL, r);
}

void oriel_platform_appearance_close(void)
{
	sd_bus_slot_unref(portal.signal);
	sd_bus_slot_unref(portal.reply);
	oriel_bus_close(portal.bus);
	portal.signal = portal.reply = NULL;
	portal.bus = NULL;
}

void oriel_platform_appearance(struct oriel_platform_appearance *ret_appearance)
{
	*ret_appearance = portal.appearance;
}
