/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * desktopportal: the portal of a host's desktop, as far as its looks go, on the session bus. Reads
 * lines from standard input and answers "ok" to each:
 *
 *   set KEY NUMBER               color-scheme or contrast
 *   set accent-color R G B
 *   lie KEY                      the key's value is a string from now on
 */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-bus.h>

#define OBJECT "/org/freedesktop/portal/desktop"
#define INTERFACE "org.freedesktop.portal.Settings"
#define NAMESPACE "org.freedesktop.appearance"

enum { SCHEME, CONTRAST, ACCENT, KEYS };

static const char *const keys[KEYS] = {"color-scheme", "contrast", "accent-color"};
static struct {
	unsigned number;
	double rgb[3];
	int lies;
} values[KEYS] = {[ACCENT] = {.rgb = {-1, -1, -1}}};

static int append(sd_bus_message *m, int key)
{
	const double *rgb = values[key].rgb;

	if (values[key].lies)
		return sd_bus_message_append(m, "v", "s", "a lie");
	if (key == ACCENT)
		return sd_bus_message_append(m, "v", "(ddd)", rgb[0], rgb[1], rgb[2]);
	return sd_bus_message_append(m, "v", "u", values[key].number);
}

static int handle_read_all(sd_bus_message *call, void *user, sd_bus_error *error)
{
	sd_bus_message *m = NULL;
	int r = sd_bus_message_new_method_return(call, &m);

	(void)user;
	(void)error;
	if (r < 0)
		return r;
	sd_bus_message_open_container(m, 'a', "{sa{sv}}");
	sd_bus_message_open_container(m, 'e', "sa{sv}");
	sd_bus_message_append(m, "s", NAMESPACE);
	sd_bus_message_open_container(m, 'a', "{sv}");
	for (int i = 0; i < KEYS; i++) {
		sd_bus_message_open_container(m, 'e', "sv");
		sd_bus_message_append(m, "s", keys[i]);
		append(m, i);
		sd_bus_message_close_container(m);
	}
	sd_bus_message_close_container(m);
	sd_bus_message_close_container(m);
	sd_bus_message_close_container(m);
	r = sd_bus_send(NULL, m, NULL);
	sd_bus_message_unref(m);
	return r;
}

static const sd_bus_vtable interface[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD("ReadAll", "as", "a{sa{sv}}", handle_read_all, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_SIGNAL("SettingChanged", "ssv", 0),
	SD_BUS_VTABLE_END,
};

static int tell_change(sd_bus *bus, int key)
{
	sd_bus_message *m = NULL;
	int r = sd_bus_message_new_signal(bus, &m, OBJECT, INTERFACE, "SettingChanged");

	if (r < 0)
		return r;
	sd_bus_message_append(m, "ss", NAMESPACE, keys[key]);
	append(m, key);
	r = sd_bus_send(NULL, m, NULL);
	sd_bus_message_unref(m);
	return r;
}

static int obey(sd_bus *bus, const char *line)
{
	char verb[8], name[32];
	int used = 0, key = 0;

	if (sscanf(line, "%7s %31s%n", verb, name, &used) != 2)
		return -1;
	while (key < KEYS && strcmp(name, keys[key]) != 0)
		key++;
	if (key == KEYS)
		return -1;
	values[key].lies = strcmp(verb, "lie") == 0;
	if (!values[key].lies && key == ACCENT)
		sscanf(line + used, "%lf %lf %lf", &values[key].rgb[0], &values[key].rgb[1],
			&values[key].rgb[2]);
	else if (!values[key].lies)
		sscanf(line + used, "%u", &values[key].number);
	return tell_change(bus, key) < 0 ? -1 : sd_bus_flush(bus);
}

static int serve(sd_bus *bus)
{
	struct pollfd fds[2] = {{.events = POLLIN}, {.events = POLLIN, .fd = sd_bus_get_fd(bus)}};
	char line[256];

	for (;;) {
		while (sd_bus_process(bus, NULL) > 0)
			;
		if (poll(fds, 2, -1) < 0 || fds[1].revents & POLLHUP)
			return 1;
		if (!fds[0].revents)
			continue;
		if (!fgets(line, sizeof line, stdin))
			return 0;
		puts(obey(bus, line) < 0 ? "error" : "ok");
		fflush(stdout);
	}
}

int main(void)
{
	sd_bus *bus = NULL;
	int status = 1;

	if (sd_bus_open_user(&bus) >= 0 &&
		sd_bus_add_object_vtable(bus, NULL, OBJECT, INTERFACE, interface, NULL) >= 0 &&
		sd_bus_request_name(bus, "org.freedesktop.portal.Desktop", 0) >= 0) {
		setvbuf(stdin, NULL, _IONBF, 0);
		puts("ready");
		fflush(stdout);
		status = serve(bus);
	}
	sd_bus_close_unref(bus);
	return status;
}
