/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * What a real input method of the host (fcitx, a table of the Wubi method) composes arrives in a
 * text field of the guest.
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/e2e/e2e.h"

enum {
	KEY_EQUAL = 13,
	KEY_BACKSPACE = 14,
	KEY_Q = 16,
	KEY_W = 17,
	KEY_E = 18,
	KEY_ENTER = 28,
	KEY_SPACE = 57,
	KEY_LEFT = 105
};

/* One input method, and it is on from the start. */
static const char profile[] = "[Groups/0]\nName=Default\nDefault Layout=us\nDefaultIM=wbx\n"
			      "[Groups/0/Items/0]\nName=wbx\nLayout=\n"
			      "[GroupOrder]\n0=Default\n";

/* What is composed is shown by the program, not in a window of fcitx's. */
static const char xim[] = "UseOnTheSpot=True\n";

static void write_file(const char *name, const char *text)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/.config/fcitx5/%s", getenv("HOME"), name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void configure(void)
{
	char command[256];

	snprintf(command, sizeof(command), "mkdir -p %s/.config/fcitx5/conf", getenv("HOME"));
	assert_int_equal(system(command), 0);
	write_file("profile", profile);
	write_file("conf/xim.conf", xim);
}

static bool is_serving(void)
{
	return XGetSelectionOwner(screen, XInternAtom(screen, "@server=fcitx", False)) != None;
}

/* It has the selection before it listens: who asks it then may wait for ever (any Xlib program
 * does), so somebody who can be killed asks first. */
static bool is_answering(void)
{
	int status;
	pid_t asker = fork();

	if (asker == 0) {
		Display *own = XOpenDisplay(NULL);

		alarm(3);
		setlocale(LC_ALL, "");
		XSetLocaleModifiers("");
		_exit(own && XOpenIM(own, NULL, NULL, NULL) ? 0 : 1);
	}
	return waitpid(asker, &status, 0) == asker && status == 0;
}

/* False: there is none on this machine. */
static bool start_input_method(struct process **ret_process)
{
	if (access("/usr/bin/fcitx5", X_OK) < 0 ||
		access("/usr/share/fcitx5/inputmethod/wbx.conf", R_OK) < 0)
		return false;
	configure();
	setenv("LC_ALL", "C.UTF-8", 1);
	setenv("XMODIFIERS", "@im=fcitx", 1);
	*ret_process = process_run("fcitx5", "dbus-run-session", "--", "fcitx5",
		"--disable=wayland,waylandim,notificationitem", NULL);
	E2E_UNTIL(is_serving() && is_answering(), "fcitx does not get ready");
	return true;
}

/* The viewer goes first: SDL 3.2 uses what Xlib has freed when an input method ends. */
static void stop_input_method(struct process *fcitx)
{
	process_stop(viewer);
	viewer = NULL;
	process_stop(fcitx);
}

/* The place of fcitx's window with what may be chosen. */
static bool find_candidates(int *ret_x, int *ret_y)
{
	Window root, parent, *children, child;
	unsigned n;
	bool found = false;

	if (!XQueryTree(screen, DefaultRootWindow(screen), &root, &parent, &children, &n))
		return false;
	for (unsigned i = 0; i < n && !found; i++) {
		XWindowAttributes a;
		char *name = NULL;

		found = XGetWindowAttributes(screen, children[i], &a) &&
			a.map_state == IsViewable && XFetchName(screen, children[i], &name) &&
			strstr(name, "Fcitx");
		if (found)
			XTranslateCoordinates(
				screen, children[i], root, 0, 0, ret_x, ret_y, &child);
		if (name)
			XFree(name);
	}
	XFree(children);
	return found;
}

/* Below the caret, but for a shadow. */
static bool is_at_caret(const struct screen_window *window)
{
	int x, y;

	return find_candidates(&x, &y) && abs(x - window->area.x - 100) < 30 &&
	       abs(y - window->area.y - 50 - 16) < 30;
}

static struct process *start_field(struct screen_window *ret_window)
{
	struct process *field = session_client("textlog", "textlog", NULL);
	struct screen_window window = screen_wait("*");

	screen_activate(window.window);
	*ret_window = screen_wait("textlog in");
	process_expect(field, "field in");
	assert_null(process_find(field, "offered"));
	process_forget(field);
	return field;
}

static void test_input_method(void **state)
{
	struct process *fcitx, *field;
	struct screen_window window;

	(void)state;
	if (!start_input_method(&fcitx))
		skip();
	session_attach();
	field = start_field(&window);
	/* Keys that it does not use. */
	screen_tap(KEY_LEFT);
	process_expect(field, "key 105 down");
	process_expect(field, "key 105 up");
	screen_tap(KEY_W);
	process_expect(field, "preedit 'w'");
	screen_tap(KEY_Q);
	process_expect(field, "preedit 'wq'");
	E2E_UNTIL(is_at_caret(&window), "the candidates are not at the caret");
	screen_tap(KEY_SPACE);
	process_expect(field, "commit '\u4f60'");
	screen_tap(KEY_ENTER);
	process_expect(field, "key 28 down");
	process_expect(field, "key 28 up");
	/* None of the keys that it used has come. */
	assert_null(process_find(field, "key"));
	stop_input_method(fcitx);
}

/* Types W until the input method takes it: the viewer does not know of the field at once. */
static void start_composing(void)
{
	uint64_t end = e2e_deadline();
	int x, y;

	for (;;) {
		screen_tap(KEY_W);
		for (int i = 0; i < 20; i++) {
			if (find_candidates(&x, &y))
				return;
			e2e_sleep(50);
		}
		if (!e2e_poll(end))
			e2e_fail("the input method takes no key");
		screen_tap(KEY_BACKSPACE);
	}
}

/* An entry of GTK: letters that keys have on them come once, those of the input method whole. */
static void test_gtk(void **state)
{
	struct process *fcitx, *entry;
	struct screen_window window;

	(void)state;
	if (access("/usr/bin/zenity", X_OK) < 0 || !start_input_method(&fcitx))
		skip();
	session_attach();
	entry = session_client("zenity", "--entry", "--title=entry", "--text=text", NULL);
	window = screen_wait("entry");
	screen_activate(window.window);
	screen_type("12");
	start_composing();
	screen_tap(KEY_Q);
	screen_tap(KEY_SPACE);
	screen_type("3\n");
	assert_string_equal(process_output(entry), "12\u4f603\n");
	process_stop(entry);
	stop_input_method(fcitx);
}

/* Reads a line that is typed into a terminal, with a dead acute in it. */
static void expect_composed(const char *host_locale)
{
	char path[128], text[16] = "";
	struct process *terminal, *layout;
	FILE *file;

	snprintf(path, sizeof(path), "%s/line", e2e_dir());
	unlink(path);
	setenv("XMODIFIERS", "@im=none", 1);
	setenv("LC_ALL", host_locale, 1);
	layout = process_run("setxkbmap", "setxkbmap", "de", NULL);
	assert_int_equal(process_wait(layout), 0);
	session_attach();
	setenv("LC_ALL", "C.UTF-8", 1);
	setenv("LINE", path, 1);
	terminal = session_client("foot", "-T", "terminal", "sh", "-c",
		"read line; printf '%s\\n' \"$line\" >$LINE", NULL);
	screen_activate(screen_wait("terminal").window);
	screen_tap(KEY_W);
	screen_tap(KEY_EQUAL); /* dead acute */
	screen_tap(KEY_E);
	screen_tap(KEY_Q);
	screen_tap(KEY_ENTER);
	screen_wait_gone("terminal");
	file = fopen(path, "r");
	assert_non_null(file);
	assert_non_null(fgets(text, sizeof(text), file));
	fclose(file);
	assert_string_equal(text, "w\u00e9q\n");
	process_stop(terminal);
}

/* Xlib composes on the host, as it would for any program. */
static void test_composed_by_host(void **state)
{
	(void)state;
	expect_composed("C.UTF-8");
}

/* In this locale it does not: the guest gets the keys. */
static void test_composed_by_guest(void **state)
{
	(void)state;
	expect_composed("C");
}

int main(int argc, char *argv[])
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_input_method),
		E2E_TEST(test_gtk),
		E2E_TEST(test_composed_by_host),
		E2E_TEST(test_composed_by_guest),
	};

	return e2e_main(argc, argv, "text", tests, sizeof(tests) / sizeof(*tests));
}
