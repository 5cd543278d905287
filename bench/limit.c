/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "bench/limit.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <unistd.h>
#include <X11/extensions/XShm.h>
#include <X11/Xutil.h>

#include "bench/cost.h"
#include "src/base/clock.h"

#define WIDTH 1920
#define HEIGHT 1080
#define FRAME ((size_t)WIDTH * HEIGHT * 4)

struct limit {
	Display *display;
	Window window;
	GC gc;
	XShmSegmentInfo segment;
	XImage *image;
	char *frames[2]; /* two contents in turn, as a client has */
};

pid_t limit_server(Display *display)
{
	struct ucred peer = {0};
	socklen_t size = sizeof peer;

	getsockopt(ConnectionNumber(display), SOL_SOCKET, SO_PEERCRED, &peer, &size);
	return peer.pid;
}

struct limit *limit_create(Display *display)
{
	struct limit *l = calloc(1, sizeof *l);
	int screen = DefaultScreen(display);

	if (!l)
		abort();
	l->display = display;
	l->window = XCreateSimpleWindow(
		display, DefaultRootWindow(display), 0, 0, WIDTH, HEIGHT, 0, 0, 0);
	XSetWindowAttributes attributes = {.override_redirect = True};
	XChangeWindowAttributes(display, l->window, CWOverrideRedirect, &attributes);
	l->gc = XCreateGC(display, l->window, 0, NULL);
	l->image = XShmCreateImage(display, DefaultVisual(display, screen),
		(unsigned)DefaultDepth(display, screen), ZPixmap, NULL, &l->segment, WIDTH, HEIGHT);
	l->segment.shmid = shmget(IPC_PRIVATE, FRAME, IPC_CREAT | 0600);
	l->segment.shmaddr = l->image->data = shmat(l->segment.shmid, NULL, 0);
	XShmAttach(display, &l->segment);
	XSync(display, False);
	shmctl(l->segment.shmid, IPC_RMID, NULL);
	for (int i = 0; i < 2; i++) {
		l->frames[i] = malloc(FRAME);
		if (!l->frames[i])
			abort();
		memset(l->frames[i], 0x40 + i, FRAME);
	}
	return l;
}

void limit_destroy(struct limit *l)
{
	XShmDetach(l->display, &l->segment);
	XDestroyWindow(l->display, l->window);
	XFreeGC(l->display, l->gc);
	l->image->data = NULL;
	XDestroyImage(l->image);
	XSync(l->display, False);
	shmdt(l->segment.shmaddr);
	free(l->frames[0]);
	free(l->frames[1]);
	free(l);
}

/* Only while it is measured: it would cover what Oriel shows. */
static void show(struct limit *l)
{
	XMapRaised(l->display, l->window);
	XSync(l->display, False);
}

struct limit_cost limit_frames(struct limit *l, int n)
{
	pid_t server = limit_server(l->display);
	uint64_t client_0, server_0, t0;
	struct limit_cost cost;

	show(l);
	client_0 = cost_cpu_ns(getpid());
	server_0 = cost_cpu_ns(server);
	t0 = oriel_now_ns();
	for (int i = 0; i < n; i++) {
		memcpy(l->image->data, l->frames[i & 1], FRAME);
		XShmPutImage(
			l->display, l->window, l->gc, l->image, 0, 0, 0, 0, WIDTH, HEIGHT, False);
		XSync(l->display, False);
	}
	cost = (struct limit_cost){
		.client_ms = (double)(cost_cpu_ns(getpid()) - client_0) / 1e6 / n,
		.server_ms = (double)(cost_cpu_ns(server) - server_0) / 1e6 / n,
		.wall_ms = (double)(oriel_now_ns() - t0) / 1e6 / n,
	};
	XUnmapWindow(l->display, l->window);
	XSync(l->display, False);
	return cost;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double limit_glyph_ms(struct limit *l, int n)
{
	double *ms = calloc((size_t)n, sizeof *ms), median;

	if (!ms)
		abort();
	show(l);
	for (int i = 0; i < n; i++) {
		uint64_t t0 = oriel_now_ns();

		XShmPutImage(l->display, l->window, l->gc, l->image, 0, 0, i % 1000, i % 500, 10,
			20, False);
		XSync(l->display, False);
		ms[i] = (double)(oriel_now_ns() - t0) / 1e6;
	}
	qsort(ms, (size_t)n, sizeof *ms, compare);
	XUnmapWindow(l->display, l->window);
	median = ms[n / 2];
	free(ms);
	return median;
}
