/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Real programs: what the host's window shows is what the guest's buffers hold.
 */
#include "tests/e2e/e2e.h"
#include "tests/e2e/reference.h"

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
