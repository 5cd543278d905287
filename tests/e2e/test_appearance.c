/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The host's dark or light colours and its accent colour, in programs of the guest: from a portal
 * on the host's session bus, through viewer, orield and the guest's xdg-desktop-portal, to the
 * pixels of a program.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/e2e/e2e.h"

#define PORTAL "/usr/libexec/xdg-desktop-portal"

static const char bus_config[] =
	"<busconfig><type>session</type><listen>unix:path=%s</listen>"
	"<servicedir>%s</servicedir><policy context='default'><allow send_destination='*' "
	"eavesdrop='true'/><allow eavesdrop='true'/>"
	"<allow own='*'/></policy></busconfig>";
static const char service[] =
	"[D-BUS Service]\nName=org.freedesktop.portal.Desktop\nExec=" PORTAL "\n";

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

/* A session bus of its own; ret_address: of 128 bytes. In the guest it starts the portal. */
static struct process *start_bus(const char *name, bool guest, char *ret_address)
{
	char folder[80], path[128], text[1024], option[160];
	struct process *bus;

	snprintf(folder, sizeof folder, "%s/%s", getenv("HOME"), name);
	mkdir(folder, 0700);
	snprintf(path, sizeof path, "%s/org.freedesktop.portal.Desktop.service", folder);
	if (guest)
		write_file(path, service);
	snprintf(path, sizeof path, "%s/bus", folder);
	snprintf(ret_address, 128, "unix:path=%.100s", path);
	snprintf(text, sizeof text, bus_config, path, folder);
	snprintf(path, sizeof path, "%s/config", folder);
	write_file(path, text);
	snprintf(option, sizeof option, "--config-file=%s", path);
	bus = process_run(
		"dbus-daemon", "dbus-daemon", "--nofork", "--print-address", option, NULL);
	process_expect(bus, "unix:");
	return bus;
}

struct desktop {
	struct process *host_bus, *guest_bus, *portal;
	char host[128], guest[128];
};

static void start_host(struct desktop *desktop)
{
	desktop->host_bus = start_bus("host-bus", false, desktop->host);
	setenv("DBUS_SESSION_BUS_ADDRESS", desktop->host, 1);
	desktop->portal = process_run("desktopportal", "desktopportal", NULL);
	process_expect(desktop->portal, "ready");
}

/* The bus knows the desktop from orield alone. */
static void start_guest(struct desktop *desktop)
{
	setenv("XDG_DESKTOP_PORTAL_DIR", getenv("E2E_PORTAL_DIR"), 1);
	desktop->guest_bus = start_bus("guest-bus", true, desktop->guest);
	setenv("DBUS_SESSION_BUS_ADDRESS", desktop->guest, 1);
	setenv("XDG_CURRENT_DESKTOP", "Oriel", 1);
	session_start_orield();
	unsetenv("XDG_CURRENT_DESKTOP");
}

static void attach(struct desktop *desktop)
{
	setenv("DBUS_SESSION_BUS_ADDRESS", desktop->host, 1);
	session_attach();
	setenv("DBUS_SESSION_BUS_ADDRESS", desktop->guest, 1);
}

static int teardown(void **state)
{
	setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:", 1);
	unsetenv("XDG_DESKTOP_PORTAL_DIR");
	return e2e_teardown(state);
}

/* What the guest's portal answers to its programs is what is expected. */
static bool portal_says(const char *key, const char *expected)
{
	struct process *gdbus = process_run("gdbus", "gdbus", "call", "--session", "--dest",
		"org.freedesktop.portal.Desktop", "--object-path",
		"/org/freedesktop/portal/desktop", "--method",
		"org.freedesktop.portal.Settings.ReadOne", "org.freedesktop.appearance", key, NULL);
	bool same = strstr(process_output(gdbus), expected);

	process_stop(gdbus);
	return same;
}

/* The mean of all channels. */
static unsigned brightness(const char *title)
{
	struct screen_window window;
	struct image *image = screen_find(title, &window) ? screen_capture(window.window) : NULL;
	uint64_t sum = 0;
	size_t n;

	if (!image)
		return 128;
	n = (size_t)image->width * (size_t)image->height;
	for (size_t i = 0; i < n; i++)
		sum += (image->pixels[i] & 0xff) + (image->pixels[i] >> 8 & 0xff) +
		       (image->pixels[i] >> 16 & 0xff);
	image_destroy(image);
	return (unsigned)(sum / n / 3);
}

#define EXPECT_SETTING(key, expected) \
	E2E_UNTIL(portal_says(key, expected), "%s is not %s", key, expected)

static void test_colors_follow(void **state)
{
	struct desktop desktop;

	(void)state;
	if (access(PORTAL, X_OK) < 0)
		skip();
	start_host(&desktop);
	process_ask(desktop.portal, "set color-scheme 2");
	start_guest(&desktop);
	attach(&desktop);
	EXPECT_SETTING("color-scheme", "uint32 2");
	session_client("zenity", "--info", "--title=Colours", "--text=All of them", NULL);
	screen_wait("Colours");
	E2E_UNTIL(
		brightness("Colours") > 200, "the window is not light: %u", brightness("Colours"));
	process_ask(desktop.portal, "set color-scheme 1");
	E2E_UNTIL(brightness("Colours") < 80, "the window is not dark: %u", brightness("Colours"));
	EXPECT_SETTING("color-scheme", "uint32 1");
	process_ask(desktop.portal, "set color-scheme 2");
	E2E_UNTIL(brightness("Colours") > 200, "the window stays dark: %u", brightness("Colours"));

	EXPECT_SETTING("accent-color", "(-1.0, -1.0, -1.0)");
	process_ask(desktop.portal, "set accent-color 1 0 0.2");
	EXPECT_SETTING("accent-color", "(1.0, 0.0, 0.2");
	process_ask(desktop.portal, "set contrast 1");
	EXPECT_SETTING("contrast", "uint32 1");
	/* What makes no sense changes nothing, or means none. */
	process_ask(desktop.portal, "lie color-scheme");
	process_ask(desktop.portal, "set accent-color 0 nan 1");
	EXPECT_SETTING("accent-color", "(-1.0, -1.0, -1.0)");
	EXPECT_SETTING("color-scheme", "uint32 2");
}

/* The buses go away under us: windows stay. */
static void test_bus_dies(void **state)
{
	struct desktop desktop;
	struct process *app;
	char *log;

	(void)state;
	if (access(PORTAL, X_OK) < 0)
		skip();
	start_host(&desktop);
	start_guest(&desktop);
	attach(&desktop);
	process_ask(desktop.portal, "set color-scheme 1");
	EXPECT_SETTING("color-scheme", "uint32 1");
	app = session_pattern("toplevel main 300x200 seed=1");
	screen_wait("main");
	process_kill(desktop.guest_bus);
	process_kill(desktop.host_bus);
	E2E_UNTIL((log = process_log(orield), strstr(log, "no session bus")) || (free(log), false),
		"orield does not notice that the bus is gone");
	free(log);
	process_ask(app, "toplevel second 200x100 seed=2");
	screen_expect("second", image_pattern(200, 100, 0, 0, 2), 0);
}

static void test_no_bus(void **state)
{
	char *log = process_log(orield), *at = strstr(log, "no session bus");

	(void)state;
	assert_non_null(at);
	assert_null(strstr(at + 1, "no session bus"));
	free(log);
}

#define BUS_TEST(f) {#f, f, e2e_setup, teardown, (void *)(uintptr_t)#f}

int main(int argc, char *argv[])
{
	static const struct CMUnitTest tests[] = {
		BUS_TEST(test_colors_follow),
		BUS_TEST(test_bus_dies),
		E2E_TEST(test_no_bus),
	};

	return e2e_main(argc, argv, "appearance", tests, sizeof(tests) / sizeof(*tests));
}
