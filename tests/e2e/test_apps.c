/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Real programs: what the host's window shows is what the guest's buffers hold, and who draws its
 * frame.
 */
#include "tests/e2e/e2e.h"
#include "tests/e2e/reference.h"

#define QT6_PROGRAM \
	"/usr/lib/*/qt6/examples/corelib/mimetypes/mimetypebrowser/bin/mimetypebrowser " \
	"-platform wayland"

static void check_same(struct process *app, const char *title)
{
	if (!reference_check(app, title))
		e2e_fail("the window '%s' has scaled parts", title);
}

static void test_foot(void **state)
{
	(void)state;
	session_attach();
	check_same(session_client("foot", "-T", "reference", "sh", "-c",
			   "seq 1 30; printf '\\033[1;31mred \\033[44mblue\\033[0m\\n'; sleep 1000",
			   NULL),
		"reference");
}

/* A terminal takes whole letters only; the window follows it. */
static void test_foot_resized(void **state)
{
	struct screen_window window;
	struct process *app;

	(void)state;
	session_attach();
	app = session_client("foot", "-T", "reference", "sh", "-c",
		"trap 'seq 1 5' WINCH; seq 1 30; while :; do sleep 0.3; done", NULL);
	window = screen_wait("reference");
	screen_resize(&window, window.area.width + 5, window.area.height + 7);
	/* Mir takes over foot's own size with the commit after the one for the new size. */
	e2e_sleep(2000);
	check_same(app, "reference");
}

static void test_gtk4_widget_factory(void **state)
{
	(void)state;
	session_attach();
	check_same(session_client("gtk4-widget-factory", NULL), "*");
}

static void test_xterm(void **state)
{
	(void)state;
	session_attach();
	check_same(session_x_client("xterm", "-T", "reference", "-e", "sh", "-c",
			   "seq 1 20; sleep 1000", NULL),
		"reference");
}

static void test_xclock(void **state)
{
	(void)state;
	session_attach();
	check_same(session_x_client("xclock", "-title", "reference", NULL), "reference");
}

static void test_thunar(void **state)
{
	(void)state;
	session_attach();
	check_same(session_client("thunar", "/usr/share/doc/foot", NULL), "*");
}

static void test_qt6(void **state)
{
	(void)state;
	session_attach();
	check_same(session_client("sh", "-c", "exec " QT6_PROGRAM, NULL), "*");
}

static bool has_frame(const struct screen_window *window)
{
	long frame[4];

	screen_frame(window->window, frame);
	return frame[2] > 0;
}

/* The host's frame is the only one: the window has its menus at the top, and no title bar. */
static void check_framed(void)
{
	struct screen_window window, menu;

	window = screen_wait("*");
	E2E_UNTIL(has_frame(&window), "the window has no frame of the host");
	window = screen_wait("*");
	screen_activate(window.window);
	screen_click(window.area.x + 20, window.area.y + 12);
	E2E_UNTIL(screen_find("", &menu), "no menu is at the top of the window");
}

static void test_gtk3_frame(void **state)
{
	(void)state;
	session_attach();
	session_client("thunar", "/usr/share/doc/foot", NULL);
	check_framed();
}

static void test_gtk4_frame(void **state)
{
	(void)state;
	session_attach();
	session_client("gtk4-print-editor", NULL);
	check_framed();
}

static void test_qt6_frame(void **state)
{
	(void)state;
	session_attach();
	session_client("sh", "-c", "exec " QT6_PROGRAM, NULL);
	check_framed();
}

/* A GTK 4 program whose title bar has buttons of its own. */
static void test_header_bar(void **state)
{
	struct screen_window window;

	(void)state;
	session_attach();
	session_client("gtk4-widget-factory", NULL);
	window = screen_wait("*");
	screen_activate(window.window);
	if (has_frame(&window))
		e2e_fail("the window has a frame of the host around its own");
}

/* Its window comes late, and is drawn again for a while. */
static void test_firefox(void **state)
{
	(void)state;
	session_attach();
	check_same(session_client(
			   "firefox-esr", "--no-remote", "--new-instance", "about:license", NULL),
		"*");
}

int main(int argc, char *argv[])
{
	static const struct CMUnitTest tests[] = {
		E2E_TEST(test_foot),
		E2E_TEST(test_foot_resized),
		E2E_TEST(test_gtk4_widget_factory),
		E2E_TEST(test_xterm),
		E2E_TEST(test_xclock),
		E2E_TEST(test_thunar),
		E2E_TEST(test_qt6),
		E2E_TEST(test_gtk3_frame),
		E2E_TEST(test_gtk4_frame),
		E2E_TEST(test_qt6_frame),
		E2E_TEST(test_header_bar),
		E2E_TEST(test_firefox),
	};

	return e2e_main(argc, argv, "apps", tests, sizeof(tests) / sizeof(*tests));
}
