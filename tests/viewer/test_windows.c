/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* Windows and the window manager, both ways. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <X11/Xatom.h>
#include <X11/Xutil.h>

#include "tests/viewer/guest.h"

static const struct guest_window decorated = {.id = 7,
	.flags = GUEST_DECORATED,
	.width = 320,
	.height = 200,
	.title = "First \xc3\xa4",
	.app_id = "org.example.App"};

static const struct guest_window bare = {
	.id = 7, .flags = GUEST_BARE, .width = 320, .height = 200, .app_id = "bare"};

static Window wait_window(struct guest *guest, uint32_t id)
{
	Window window;

	for (int i = 0; !(window = x_find(&screen, id)); i++) {
		assert_true(i < X_PATIENCE_MS / 10);
		guest_pump(guest, 10);
	}
	return window;
}

/* Waits till a condition on the screen holds. */
#define WAIT_FOR(guest, condition) \
	do { \
		for (int tries = 0; !(condition); tries++) { \
			assert_true(tries < X_PATIENCE_MS / 10); \
			guest_pump(guest, 10); \
		} \
	} while (0)

static Window start(struct guest *guest, const struct guest_window *window)
{
	x_move(&screen, 1599, 1199);
	guest_start(guest, NULL);
	guest_open(guest, window, 1);
	return wait_window(guest, window->id);
}

static void finish(struct guest *guest)
{
	assert_int_equal(guest_stop(guest), 1);
}

static void send_request(struct guest *guest, uint32_t window, uint8_t kind, uint32_t arg)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_REQUEST};

	msg.request = (struct oriel_msg_request){.window = window, .kind = kind, .arg = arg};
	guest_send(guest, &msg);
}

struct wanted {
	uint8_t state, hidden;
};

static bool has_state(const struct oriel_msg *msg, void *user)
{
	const struct wanted *wanted = user;

	return msg->configure.window == 7 && msg->configure.state == wanted->state &&
	       msg->configure.hidden == wanted->hidden;
}

static void expect_state(struct guest *guest, uint8_t state, uint8_t hidden)
{
	guest_expect(guest, ORIEL_MSG_CONFIGURE, has_state, &(struct wanted){state, hidden});
}

static void names(void **state)
{
	struct guest_window changed = decorated;
	struct guest guest;
	Window window = start(&guest, &decorated);
	XClassHint class = {0};
	char text[256];

	(void)state;
	x_text(&screen, window, "_NET_WM_NAME", text, sizeof text);
	assert_string_equal(text, "First \xc3\xa4");
	assert_true(XGetClassHint(screen.display, window, &class));
	assert_string_equal(class.res_class, "org.example.App");
	XFree(class.res_name);
	XFree(class.res_class);
	changed.title = "Second";
	guest_describe(&guest, &changed);
	WAIT_FOR(&guest, (x_text(&screen, window, "_NET_WM_NAME", text, sizeof text),
				 strcmp(text, "Second") == 0));
	finish(&guest);
}

static void limits(void **state)
{
	struct guest_window limited = decorated;
	struct guest guest;
	XSizeHints hints = {0};
	Window window;
	long flags;

	(void)state;
	limited.min_width = 200;
	limited.min_height = 100;
	limited.max_width = 500;
	limited.max_height = 400;
	window = start(&guest, &limited);
	assert_true(XGetWMNormalHints(screen.display, window, &hints, &flags));
	assert_int_equal(hints.min_width, 200);
	assert_int_equal(hints.min_height, 100);
	assert_int_equal(hints.max_width, 500);
	assert_int_equal(hints.max_height, 400);
	limited.min_width = 0;
	limited.min_height = 0;
	limited.max_width = 0;
	limited.max_height = 0;
	guest_describe(&guest, &limited);
	WAIT_FOR(&guest, (XGetWMNormalHints(screen.display, window, &hints, &flags),
				 !(hints.flags & PMaxSize)));
	finish(&guest);
}

static void states_by_host(void **state)
{
	struct guest guest;
	Window window = start(&guest, &decorated);

	(void)state;
	guest_pump(&guest, 100);
	guest_forget(&guest);
	x_ask_state(&screen, window, true, "_NET_WM_STATE_MAXIMIZED_VERT",
		"_NET_WM_STATE_MAXIMIZED_HORZ");
	expect_state(&guest, ORIEL_STATE_MAXIMIZED, 0);
	x_ask_state(&screen, window, false, "_NET_WM_STATE_MAXIMIZED_VERT",
		"_NET_WM_STATE_MAXIMIZED_HORZ");
	expect_state(&guest, ORIEL_STATE_NORMAL, 0);
	x_ask_state(&screen, window, true, "_NET_WM_STATE_FULLSCREEN", NULL);
	expect_state(&guest, ORIEL_STATE_FULLSCREEN, 0);
	x_ask_state(&screen, window, false, "_NET_WM_STATE_FULLSCREEN", NULL);
	expect_state(&guest, ORIEL_STATE_NORMAL, 0);
	x_iconify(&screen, window);
	expect_state(&guest, ORIEL_STATE_MINIMIZED, 1);
	x_ask_activate(&screen, window);
	expect_state(&guest, ORIEL_STATE_NORMAL, 0);
	finish(&guest);
}

static void states_by_request(void **state)
{
	struct guest guest;
	Window window = start(&guest, &bare);

	(void)state;
	send_request(&guest, 7, ORIEL_REQUEST_STATE, ORIEL_STATE_MAXIMIZED);
	expect_state(&guest, ORIEL_STATE_MAXIMIZED, 0);
	assert_true(x_has_state(&screen, window, "_NET_WM_STATE_MAXIMIZED_VERT"));
	send_request(&guest, 7, ORIEL_REQUEST_STATE, ORIEL_STATE_NORMAL);
	expect_state(&guest, ORIEL_STATE_NORMAL, 0);
	send_request(&guest, 7, ORIEL_REQUEST_STATE, ORIEL_STATE_FULLSCREEN);
	expect_state(&guest, ORIEL_STATE_FULLSCREEN, 0);
	WAIT_FOR(&guest, x_place(&screen, window).width == 1600);
	send_request(&guest, 7, ORIEL_REQUEST_STATE, ORIEL_STATE_NORMAL);
	expect_state(&guest, ORIEL_STATE_NORMAL, 0);
	send_request(&guest, 7, ORIEL_REQUEST_STATE, ORIEL_STATE_MINIMIZED);
	expect_state(&guest, ORIEL_STATE_MINIMIZED, 1);
	send_request(&guest, 7, ORIEL_REQUEST_STATE, ORIEL_STATE_NORMAL);
	expect_state(&guest, ORIEL_STATE_NORMAL, 0);
	finish(&guest);
}

/* States in descriptions, as of an app that starts maximised, or of Mir's own doing. */
static void states_by_description(void **state)
{
	struct guest_window window = bare;
	struct guest guest;

	(void)state;
	window.state = ORIEL_STATE_MAXIMIZED;
	start(&guest, &window);
	expect_state(&guest, ORIEL_STATE_MAXIMIZED, 0);
	guest_pump(&guest, 600);
	window.state = ORIEL_STATE_NORMAL;
	guest_describe(&guest, &window);
	expect_state(&guest, ORIEL_STATE_NORMAL, 0);
	finish(&guest);
}

/* The answer to what the host did is not taken for a wish: no ping-pong. */
static void no_echo(void **state)
{
	struct guest_window window = decorated;
	struct x_rect place = {200, 150, 500, 350};
	struct guest guest;
	Window xwindow = start(&guest, &window);

	(void)state;
	for (int i = 0; i < 5; i++) {
		place.width += 10;
		x_move_resize(&screen, xwindow, place);
		guest_expect(&guest, ORIEL_MSG_CONFIGURE, NULL, NULL);
		/* The guest is one step behind. */
		window.width = (uint32_t)place.width - 10;
		window.height = 350;
		guest_describe(&guest, &window);
	}
	guest_pump(&guest, 100);
	assert_int_equal(x_place(&screen, xwindow).width, place.width);
	finish(&guest);
}

/* A terminal that has room for whole rows only: the window takes its size in the end. */
static void app_insists_on_size(void **state)
{
	struct guest_window window = decorated;
	struct x_rect place = {200, 150, 505, 355};
	struct guest guest;
	Window xwindow = start(&guest, &window);

	(void)state;
	x_move_resize(&screen, xwindow, place);
	WAIT_FOR(&guest, x_place(&screen, xwindow).width == 505);
	guest_pump(&guest, 50);
	window.width = 500;
	window.height = 350;
	guest_open(&guest, &window, 2);
	WAIT_FOR(&guest, x_place(&screen, xwindow).width == 500);
	assert_int_equal(x_place(&screen, xwindow).height, 350);
	finish(&guest);
}

static bool is_at(const struct oriel_msg *msg, void *user)
{
	const struct x_rect *r = user;

	return msg->configure.x == r->x && msg->configure.y == r->y;
}

static void moved_by_host(void **state)
{
	struct x_rect place = {333, 222, 320, 200};
	struct guest guest;
	Window window = start(&guest, &bare);

	(void)state;
	x_move_resize(&screen, window, place);
	guest_expect(&guest, ORIEL_MSG_CONFIGURE, is_at, &place);
	finish(&guest);
}

static void closed_by_host(void **state)
{
	struct guest guest;
	Window window = start(&guest, &decorated);
	uint32_t id = 7;

	(void)state;
	x_ask_close(&screen, window);
	guest_expect(&guest, ORIEL_MSG_CLOSE, guest_is_window, &id);
	assert_true(x_find(&screen, 7) != None); /* it is the app's to go */
	guest_gone(&guest, 7);
	WAIT_FOR(&guest, x_find(&screen, 7) == None);
	finish(&guest);
}

static bool is_release(const struct oriel_msg *msg, void *user)
{
	(void)user;
	return msg->button.code == 0x110 && !msg->button.down;
}

static bool is_press(const struct oriel_msg *msg, void *user)
{
	(void)user;
	return msg->button.code == 0x110 && msg->button.down;
}

static bool has_changed(Window window, struct x_rect from, struct x_rect change)
{
	struct x_rect now = x_place(&screen, window);

	return now.x - from.x == change.x && now.y - from.y == change.y &&
	       now.width - from.width == change.width && now.height - from.height == change.height;
}

/* Apps that draw their own title bar ask for moves and resizes; the window manager does them. */
static void interactive(uint8_t kind, uint32_t arg, struct x_rect change)
{
	struct x_rect from = {300, 300, 320, 200};
	struct guest guest;
	Window window = start(&guest, &bare);

	x_move_resize(&screen, window, from);
	WAIT_FOR(&guest, x_place(&screen, window).x == 300 && x_place(&screen, window).y == 300);
	x_move(&screen, 310, 310);
	x_button(&screen, 1, true);
	guest_expect(&guest, ORIEL_MSG_BUTTON, is_press, NULL);
	send_request(&guest, 7, kind, arg);
	guest_expect(&guest, ORIEL_MSG_BUTTON, is_release, NULL);
	/* The window manager gets going when it will; move until it does. */
	for (int i = 0; !has_changed(window, from, change); i++) {
		assert_true(i < X_PATIENCE_MS / 10);
		if (i % 50 == 0) {
			x_move(&screen, 310 + 20, 310 + 30);
			x_move(&screen, 310 + 40, 310 + 60);
		}
		guest_pump(&guest, 10);
	}
	x_button(&screen, 1, false);
	guest_pump(&guest, 50);
	guest_forget(&guest);
	/* And the next press is an ordinary one. */
	x_move(&screen, 380, 400);
	x_click(&screen, 1);
	guest_expect(&guest, ORIEL_MSG_BUTTON, is_press, NULL);
	guest_expect(&guest, ORIEL_MSG_BUTTON, is_release, NULL);
	finish(&guest);
}

static void interactive_move(void **state)
{
	(void)state;
	interactive(ORIEL_REQUEST_MOVE, 0, (struct x_rect){40, 60, 0, 0});
}

static void interactive_resize(void **state)
{
	(void)state;
	interactive(ORIEL_REQUEST_RESIZE, ORIEL_EDGE_BOTTOM | ORIEL_EDGE_RIGHT,
		(struct x_rect){0, 0, 40, 60});
}

static void dialogs(void **state)
{
	struct guest_window dialog = {.id = 8,
		.parent = 7,
		.flags = GUEST_DECORATED | ORIEL_WINDOW_MODAL,
		.width = 150,
		.height = 90};
	struct guest guest;
	Window parent = start(&guest, &decorated), window;

	(void)state;
	guest_open(&guest, &dialog, 8);
	window = wait_window(&guest, 8);
	assert_int_equal(x_property_window(&screen, window, "WM_TRANSIENT_FOR"), parent);
	WAIT_FOR(&guest, x_has_state(&screen, window, "_NET_WM_STATE_MODAL"));
	/* The parent goes first: the dialog stays. */
	guest_gone(&guest, 7);
	WAIT_FOR(&guest, x_find(&screen, 7) == None);
	assert_true(x_find(&screen, 8) != None);
	guest_gone(&guest, 8);
	WAIT_FOR(&guest, x_find(&screen, 8) == None);
	finish(&guest);
}

static void activate(void **state)
{
	struct guest_window second = decorated;
	struct guest guest;
	uint32_t seven = 7, eight = 8;

	(void)state;
	start(&guest, &decorated);
	second.id = 8;
	guest_open(&guest, &second, 8);
	guest_expect(&guest, ORIEL_MSG_FOCUS, guest_is_window, &eight);
	send_request(&guest, 7, ORIEL_REQUEST_ACTIVATE, 0);
	guest_expect(&guest, ORIEL_MSG_FOCUS, guest_is_window, &seven);
	finish(&guest);
}

static bool is_urgent(Window window)
{
	XWMHints *hints = XGetWMHints(screen.display, window);
	bool urgent = hints && hints->flags & XUrgencyHint;

	if (hints)
		XFree(hints);
	return urgent;
}

/* Who works in a program of the host keeps the focus, and sees that a guest's window wants it. */
static void attention(void **state)
{
	struct guest guest;
	Window window = start(&guest, &decorated), stranger, focus;
	uint32_t none = 0, seven = 7;
	int revert;

	(void)state;
	stranger = x_stranger(&screen, (struct x_rect){500, 400, 50, 50});
	XSetInputFocus(screen.display, stranger, RevertToPointerRoot, CurrentTime);
	XSync(screen.display, False);
	guest_expect(&guest, ORIEL_MSG_FOCUS, guest_is_window, &none);
	send_request(&guest, 7, ORIEL_REQUEST_ACTIVATE, 0);
	WAIT_FOR(&guest, is_urgent(window));
	XGetInputFocus(screen.display, &focus, &revert);
	assert_int_equal(focus, stranger);
	x_ask_activate(&screen, window);
	guest_expect(&guest, ORIEL_MSG_FOCUS, guest_is_window, &seven);
	WAIT_FOR(&guest, !is_urgent(window));
	XDestroyWindow(screen.display, stranger);
	finish(&guest);
}

static void icon(void **state)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_ICON};
	uint32_t pixels[16];
	struct guest guest;
	Window window = start(&guest, &decorated);

	(void)state;
	for (int i = 0; i < 16; i++)
		pixels[i] = 0x80402010; /* premultiplied */
	msg.icon = (struct oriel_msg_icon){.app_id = "org.example.App",
		.width = 4,
		.height = 4,
		.pixels = {.data = pixels, .size = sizeof pixels}};
	guest_send(&guest, &msg);
	for (int i = 0;; i++) {
		unsigned char *data = NULL;
		unsigned long n = 0, left;
		Atom type;
		int format;

		XGetWindowProperty(screen.display, window,
			XInternAtom(screen.display, "_NET_WM_ICON", False), 0, 100, False,
			XA_CARDINAL, &type, &format, &n, &left, &data);
		if (n == 18) {
			assert_int_equal(((long *)data)[0], 4);
			assert_int_equal(((long *)data)[5] & 0xffffffff, 0x80804020);
			XFree(data);
			break;
		}
		if (data)
			XFree(data);
		assert_true(i < X_PATIENCE_MS / 10);
		guest_pump(&guest, 10);
	}
	finish(&guest);
}

static void cursors(void **state)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_CURSOR};
	uint32_t pixels[24 * 24];
	struct guest guest;

	(void)state;
	start(&guest, &bare);
	memset(pixels, 0xff, sizeof pixels);
	/* A hot spot outside of the image is the guest's mistake, and no reason to stop. */
	msg.cursor = (struct oriel_msg_cursor){.width = 24,
		.height = 24,
		.hot_x = 200,
		.hot_y = -3,
		.scale = 240,
		.pixels = {.data = pixels, .size = sizeof pixels}};
	guest_send(&guest, &msg);
	msg.cursor = (struct oriel_msg_cursor){.scale = 120};
	guest_send(&guest, &msg);
	assert_false(guest_has(&guest, ORIEL_MSG_BYE, NULL, NULL, 100));
	assert_false(guest.closed);
	finish(&guest);
}

static void fifty_windows(void **state)
{
	struct guest guest;
	struct guest_window window = bare;

	(void)state;
	guest_start(&guest, NULL);
	for (uint32_t i = 0; i < 50; i++) {
		window.id = 100 + i;
		guest_open(&guest, &window, i);
	}
	for (uint32_t i = 0; i < 50; i++) {
		struct x_rect place = {(int)i * 10, (int)i * 8, 320, 200};
		Window xwindow = wait_window(&guest, 100 + i);

		x_move_resize(&screen, xwindow, place);
		WAIT_FOR(&guest, x_place(&screen, xwindow).x == place.x);
	}
	assert_int_equal(x_count(&screen), 50);
	for (uint32_t i = 0; i < 50; i++)
		guest_gone(&guest, 100 + i);
	WAIT_FOR(&guest, x_count(&screen) == 0);
	assert_int_equal(oriel_ring_used(guest.ring), 0);
	finish(&guest);
}

/* Times the viewer has been woken, from the kernel's count of its context switches. */
static long wakeups(pid_t pid)
{
	char path[64], line[256];
	long total = 0, n;
	FILE *file;

	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	file = fopen(path, "r");
	assert_non_null(file);
	while (fgets(line, sizeof line, file))
		if (sscanf(line, "voluntary_ctxt_switches: %ld", &n) == 1)
			total += n;
	fclose(file);
	return total;
}

static void idle(void **state)
{
	struct guest guest;
	long before;
	size_t messages;

	(void)state;
	start(&guest, &bare);
	guest_pump(&guest, 1500);
	before = wakeups(guest.viewer);
	messages = guest.n_messages;
	guest_pump(&guest, 3000);
	assert_true(wakeups(guest.viewer) - before <= 2);
	assert_int_equal(guest.n_messages, messages);
	finish(&guest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(names, guest_teardown),
		cmocka_unit_test_teardown(limits, guest_teardown),
		cmocka_unit_test_teardown(states_by_host, guest_teardown),
		cmocka_unit_test_teardown(states_by_request, guest_teardown),
		cmocka_unit_test_teardown(states_by_description, guest_teardown),
		cmocka_unit_test_teardown(no_echo, guest_teardown),
		cmocka_unit_test_teardown(app_insists_on_size, guest_teardown),
		cmocka_unit_test_teardown(moved_by_host, guest_teardown),
		cmocka_unit_test_teardown(closed_by_host, guest_teardown),
		cmocka_unit_test_teardown(interactive_move, guest_teardown),
		cmocka_unit_test_teardown(interactive_resize, guest_teardown),
		cmocka_unit_test_teardown(dialogs, guest_teardown),
		cmocka_unit_test_teardown(activate, guest_teardown),
		cmocka_unit_test_teardown(attention, guest_teardown),
		cmocka_unit_test_teardown(icon, guest_teardown),
		cmocka_unit_test_teardown(cursors, guest_teardown),
		cmocka_unit_test_teardown(fifty_windows, guest_teardown),
		cmocka_unit_test_teardown(idle, guest_teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, x_start_screen, x_stop_screen);
}
