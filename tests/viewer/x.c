/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "tests/viewer/x.h"

// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
// clang-format on
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <X11/Xatom.h>
#include <X11/Xutil.h>

extern char **environ;

struct x_screen screen;

static pid_t spawn(const char *const argv[], int keep_fd)
{
	posix_spawn_file_actions_t actions;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", 1, 0);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", 1, 0);
	if (keep_fd >= 0)
		posix_spawn_file_actions_adddup2(&actions, keep_fd, 3);
	assert_int_equal(
		posix_spawnp(&pid, argv[0], &actions, NULL, (char *const *)argv, environ), 0);
	posix_spawn_file_actions_destroy(&actions);
	return pid;
}

/* Windows come and go while we look: that is no failure. */
static int ignore_error(Display *display, XErrorEvent *error)
{
	(void)display;
	(void)error;
	return 0;
}

static void start_server(struct x_screen *screen)
{
	static const char *const argv[] = {"Xvfb", "-displayfd", "3", "-screen", "0",
		"1600x1200x24", "-nolisten", "tcp", "-noreset", NULL};
	int fds[2];
	char number[8] = {0};
	size_t got = 0;

	assert_int_equal(pipe(fds), 0);
	screen->server = spawn(argv, fds[1]);
	close(fds[1]);
	while (got < sizeof number - 1 && !strchr(number, '\n')) {
		ssize_t n = read(fds[0], number + got, sizeof number - 1 - got);

		assert_true(n > 0);
		got += (size_t)n;
	}
	close(fds[0]);
	snprintf(screen->name, sizeof screen->name, ":%d", atoi(number));
	setenv("DISPLAY", screen->name, 1);
	screen->display = XOpenDisplay(screen->name);
	assert_non_null(screen->display);
	XSetErrorHandler(ignore_error);
}

static bool has_manager(struct x_screen *screen)
{
	return x_property_window(screen, DefaultRootWindow(screen->display),
		       "_NET_SUPPORTING_WM_CHECK") != None;
}

/* No key of the board is the window manager's; a press in a window gives it focus. */
static const char manager_config[] =
	"<?xml version='1.0'?><openbox_config xmlns='http://openbox.org/3.4/rc'>"
	"<focus><focusNew>yes</focusNew></focus>"
	"<placement><policy>Smart</policy></placement>"
	"<desktops><number>1</number><popupTime>0</popupTime></desktops>"
	"<resize><drawContents>yes</drawContents><popupShow>Never</popupShow></resize>"
	"<keyboard></keyboard><mouse><context name='Client'>"
	"<mousebind button='Left' action='Press'><action name='Focus'/><action name='Raise'/>"
	"</mousebind></context></mouse></openbox_config>";

static void write_config(char *path)
{
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(
		write(fd, manager_config, sizeof manager_config - 1), sizeof manager_config - 1);
	close(fd);
}

static bool is_viewable(struct x_screen *screen, Window window)
{
	XWindowAttributes a;

	return XGetWindowAttributes(screen->display, window, &a) && a.map_state == IsViewable;
}

/* While it starts, the window manager announces itself and then forgets windows that want to be
 * shown: try until it shows one. */
static void wait_ready(struct x_screen *screen)
{
	Window window = XCreateSimpleWindow(
		screen->display, DefaultRootWindow(screen->display), 0, 0, 10, 10, 0, 0, 0);

	for (int i = 0; !has_manager(screen) || !is_viewable(screen, window); i++) {
		assert_true(i < X_PATIENCE_MS / 10);
		if (i % 20 == 10)
			XWithdrawWindow(screen->display, window, DefaultScreen(screen->display));
		if (i % 20 == 11)
			XMapWindow(screen->display, window);
		XSync(screen->display, False);
		usleep(10000);
	}
	XDestroyWindow(screen->display, window);
	XSync(screen->display, False);
}

void x_start(struct x_screen *screen, bool with_manager)
{
	char path[] = "/tmp/oriel-openbox-XXXXXX";
	const char *const argv[] = {"openbox", "--sm-disable", "--config-file", path, NULL};

	*screen = (struct x_screen){0};
	start_server(screen);
	if (!with_manager)
		return;
	write_config(path);
	screen->manager = spawn(argv, -1);
	wait_ready(screen);
	unlink(path);
}

static void end(pid_t pid)
{
	if (pid <= 0)
		return;
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
}

void x_stop(struct x_screen *screen)
{
	XCloseDisplay(screen->display);
	end(screen->manager);
	end(screen->server);
}

int x_start_screen(void **state)
{
	(void)state;
	x_start(&screen, true);
	return 0;
}

int x_stop_screen(void **state)
{
	(void)state;
	x_stop(&screen);
	return 0;
}

static Atom atom(struct x_screen *screen, const char *name)
{
	return XInternAtom(screen->display, name, False);
}

/* The values of a 32-bit property; 0: it isn't there. */
static unsigned long get_longs(
	struct x_screen *screen, Window window, const char *name, long *values, unsigned long max)
{
	unsigned char *data = NULL;
	unsigned long n = 0, left;
	Atom type;
	int format = 0;

	if (XGetWindowProperty(screen->display, window, atom(screen, name), 0, (long)max, False,
		    AnyPropertyType, &type, &format, &n, &left, &data) != Success)
		return 0;
	if (format != 32)
		n = 0;
	if (data) {
		memcpy(values, data, n * sizeof *values);
		XFree(data);
	}
	return n;
}

Window x_property_window(struct x_screen *screen, Window window, const char *property)
{
	long value;

	return get_longs(screen, window, property, &value, 1) ? (Window)value : None;
}

void x_text(struct x_screen *screen, Window window, const char *property, char *text, int size)
{
	unsigned char *data = NULL;
	unsigned long n, left;
	Atom type;
	int format;

	text[0] = '\0';
	if (XGetWindowProperty(screen->display, window, atom(screen, property), 0, size / 4, False,
		    AnyPropertyType, &type, &format, &n, &left, &data) == Success &&
		data && format == 8)
		snprintf(text, (size_t)size, "%s", (char *)data);
	if (data)
		XFree(data);
}

/* Calls back for every viewable window with a guest's id, topmost last. */
typedef bool (*visit_fn)(void *user, Window window, uint32_t id);

static bool walk(struct x_screen *screen, Window window, visit_fn visit, void *user)
{
	Window root, parent, *children = NULL;
	unsigned n = 0;
	XWindowAttributes attributes;
	bool stop = false;
	long id;

	if (XGetWindowAttributes(screen->display, window, &attributes) &&
		attributes.map_state == IsViewable &&
		get_longs(screen, window, "_ORIEL_WINDOW", &id, 1))
		stop = visit(user, window, (uint32_t)id);
	if (!stop && XQueryTree(screen->display, window, &root, &parent, &children, &n))
		for (unsigned i = 0; i < n && !stop; i++)
			stop = walk(screen, children[i], visit, user);
	if (children)
		XFree(children);
	return stop;
}

struct search {
	uint32_t id;
	Window found;
	int count;
};

static bool match(void *user, Window window, uint32_t id)
{
	struct search *search = user;

	search->count++;
	if (id != search->id)
		return false;
	search->found = window;
	return true;
}

Window x_find(struct x_screen *screen, uint32_t id)
{
	struct search search = {.id = id, .found = None};

	walk(screen, DefaultRootWindow(screen->display), match, &search);
	return search.found;
}

int x_count(struct x_screen *screen)
{
	struct search search = {0};

	walk(screen, DefaultRootWindow(screen->display), match, &search);
	return search.count;
}

struct x_rect x_place(struct x_screen *screen, Window window)
{
	XWindowAttributes a = {0};
	Window child;
	int x = 0, y = 0;

	XGetWindowAttributes(screen->display, window, &a);
	XTranslateCoordinates(
		screen->display, window, DefaultRootWindow(screen->display), 0, 0, &x, &y, &child);
	return (struct x_rect){x, y, a.width, a.height};
}

static struct x_image get_image(struct x_screen *screen, Window window, struct x_rect r)
{
	struct x_image image = {r.width, r.height, NULL};
	XImage *from = XGetImage(screen->display, window, r.x, r.y, (unsigned)r.width,
		(unsigned)r.height, AllPlanes, ZPixmap);

	assert_non_null(from);
	image.pixels = malloc((size_t)r.width * r.height * 4);
	assert_non_null(image.pixels);
	for (int y = 0; y < r.height; y++)
		for (int x = 0; x < r.width; x++)
			image.pixels[y * r.width + x] = (uint32_t)XGetPixel(from, x, y) & 0xffffff;
	XDestroyImage(from);
	return image;
}

struct x_image x_capture(struct x_screen *screen, Window window)
{
	struct x_rect place = x_place(screen, window);

	return get_image(screen, window, (struct x_rect){0, 0, place.width, place.height});
}

struct x_image x_capture_screen(struct x_screen *screen, struct x_rect rect)
{
	return get_image(screen, DefaultRootWindow(screen->display), rect);
}

void x_image_free(struct x_image *image)
{
	free(image->pixels);
	image->pixels = NULL;
}

static void send_message(
	struct x_screen *screen, Window window, const char *type, long a, long b, long c)
{
	XEvent event = {.xclient = {
				.type = ClientMessage,
				.window = window,
				.format = 32,
				.message_type = atom(screen, type),
				.data = {.l = {a, b, c, 2, 0}}, /* 2: on behalf of the user */
			}};

	XSendEvent(screen->display, DefaultRootWindow(screen->display), False,
		SubstructureNotifyMask | SubstructureRedirectMask, &event);
	XSync(screen->display, False);
}

void x_ask_state(
	struct x_screen *screen, Window window, bool add, const char *state, const char *state2)
{
	send_message(screen, window, "_NET_WM_STATE", add, (long)atom(screen, state),
		state2 ? (long)atom(screen, state2) : 0);
}

void x_ask_close(struct x_screen *screen, Window window)
{
	send_message(screen, window, "_NET_CLOSE_WINDOW", CurrentTime, 2, 0);
}

void x_ask_activate(struct x_screen *screen, Window window)
{
	send_message(screen, window, "_NET_ACTIVE_WINDOW", 2, CurrentTime, 0);
}

void x_iconify(struct x_screen *screen, Window window)
{
	XIconifyWindow(screen->display, window, DefaultScreen(screen->display));
	XSync(screen->display, False);
}

bool x_has_state(struct x_screen *screen, Window window, const char *state)
{
	long states[32];
	unsigned long n = get_longs(screen, window, "_NET_WM_STATE", states, 32);

	for (unsigned long i = 0; i < n; i++)
		if ((Atom)states[i] == atom(screen, state))
			return true;
	return false;
}

void x_move_resize(struct x_screen *screen, Window window, struct x_rect r)
{
	XMoveResizeWindow(screen->display, window, r.x, r.y, (unsigned)r.width, (unsigned)r.height);
	XSync(screen->display, False);
}

Window x_stranger(struct x_screen *screen, struct x_rect r)
{
	Display *d = screen->display;
	XSetWindowAttributes attributes = {.override_redirect = True};
	Window window = XCreateWindow(d, DefaultRootWindow(d), r.x, r.y, (unsigned)r.width,
		(unsigned)r.height, 0, CopyFromParent, InputOutput, CopyFromParent,
		CWOverrideRedirect, &attributes);

	XMapRaised(d, window);
	XSync(d, False);
	return window;
}
