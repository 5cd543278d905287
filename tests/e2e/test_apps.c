/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Real programs: what the host's window shows is what the guest's buffers hold. The program is
 * stopped so that it draws nothing new, the screen is captured, and the viewer hands over to
 * refview, which composes the same window from what orield sends it.
 */
#include <signal.h>
#include <stdio.h>

#include "tests/e2e/e2e.h"
#include "tests/e2e/refview.h"

static void save(const struct image *image, const char *what)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/e2e-%s-%s.png", e2e_out(), e2e_name(), what);
	image_save(image, path);
}

static void check_same(struct process *app, const char *title)
{
	struct screen_window shown = screen_wait(title);
	struct image_difference difference;
	struct refview_window *window;
	struct refview *view;
	struct image *got, *expected;

	/* Time to draw itself: what comes later would be compared all the same. */
	e2e_sleep(1500);
	process_signal(app, SIGSTOP);
	got = screen_capture_idle(title);
	if (image_uniform(got, &(struct oriel_rect){0, 0, got->width, got->height})) {
		save(got, "got");
		e2e_fail("the window '%s' is blank", shown.title);
	}
	process_stop(viewer);
	viewer = NULL;
	view = refview_connect(ORIEL_ROLE_ATTACH);
	window = refview_wait(view, shown.title);
	expected = refview_compose(view, window);
	if (!expected)
		e2e_fail("the window '%s' has scaled parts", shown.title);
	if (!image_same(got, expected, 1, &difference)) {
		save(got, "got");
		save(expected, "expected");
		e2e_fail("the window '%s' is %dx%d, expected %dx%d; %zu pixels differ, first at "
			 "%d,%d: %08x instead of %08x",
			shown.title, got->width, got->height, expected->width, expected->height,
			difference.pixels, difference.x, difference.y, difference.got,
			difference.expected);
	}
	e2e_note("%s: %dx%d, largest difference of a channel %d", shown.title, got->width,
		got->height, difference.largest);
	image_destroy(got);
	image_destroy(expected);
	refview_destroy(view);
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
	check_same(session_client("sh", "-c",
			   "exec /usr/lib/*/qt6/examples/corelib/mimetypes/mimetypebrowser/bin/"
			   "mimetypebrowser -platform wayland",
			   NULL),
		"*");
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
		E2E_TEST(test_firefox),
	};

	return e2e_main(argc, argv, "apps", tests, sizeof(tests) / sizeof(*tests));
}
