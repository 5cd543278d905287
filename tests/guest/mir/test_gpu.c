/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Real DMA-BUFs, where there are devices that make them: /dev/udmabuf, and vgem, whose fences are
 * set and signalled by programs. Both are in Debian's kernel: run it in a virtual machine, as root,
 * after `modprobe vgem`. And a GPU: with QEMU's virtio-gpu-gl (virgl) the pattern that OpenGL has
 * drawn is on the host until it is brought; without any GPU it comes in wl_shm.
 */
#include "tests/clients/pattern.h"
#include "tests/guest/mir/fixture.h"
#include <drm/drm.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { WIDTH = 300, HEIGHT = 200 };

extern char **environ;

static pid_t program;

/* Starts the pattern client. Its commands are NULL-ended. */
static void start_pattern(const char *const commands[])
{
	char *args[16] = {(char *)ORIEL_CLIENTS "/pattern"};
	int n = 1;

	while (*commands)
		args[n++] = (char *)*commands++;
	setenv("WAYLAND_DISPLAY", core.wayland_display, 1);
	assert_int_equal(posix_spawn(&program, args[0], NULL, NULL, args, environ), 0);
}

static void stop_program(void)
{
	int status;

	kill(program, SIGKILL);
	waitpid(program, &status, 0);
	core_wait(&core, all_gone, NULL);
	for (int i = 0; i < core.n_copies; i++)
		free(core.copies[i].pixels);
	core.n_copies = core.n_windows = core.n_gone = 0;
	core.fetched = 0;
	core_reset_damage(&core);
}

/* The card of the module vgem; NULL: there is none. */
static const char *find_vgem(void)
{
	static char path[32];
	bool found = false;

	for (int i = 0; i < 8 && !found; i++) {
		char name[5] = "";
		struct drm_version version = {.name = name, .name_len = 4};

		snprintf(path, sizeof path, "/dev/dri/card%d", i);
		int fd = open(path, O_RDWR | O_CLOEXEC);
		found = fd >= 0 && ioctl(fd, DRM_IOCTL_VERSION, &version) == 0 &&
			strcmp(name, "vgem") == 0;
		if (fd >= 0)
			close(fd);
	}
	return found ? path : NULL;
}

static bool is_offered(void)
{
	client_connect(&client, &core);
	bool offered = client.dmabuf;
	core.pump = NULL;
	client_disconnect(&client);
	return offered;
}

static uint32_t layer_id(const struct core_window *window)
{
	return oriel_mir_frame_info(window->held)->layers[0].id;
}

/* What of the newest frame of a window is not as the pattern client drew it. */
static int wrong_pixels(const char *title, uint32_t seed, bool alpha)
{
	struct core_window *window = core_titled(&core, title);
	const uint32_t *pixels = core_copy(&core, window->now.id, layer_id(window))->pixels;
	int wrong = 0;

	for (uint32_t y = 0; y < HEIGHT; y++)
		for (uint32_t x = 0; x < WIDTH; x++) {
			uint32_t now = pixels[y * WIDTH + x];
			uint32_t right =
				alpha ? pattern_alpha_pixel(x, y, seed) : pattern_pixel(x, y, seed);

			wrong += alpha ? now != right : (now ^ right) << 8 != 0;
		}
	return wrong;
}

struct frames {
	const char *title;
	unsigned n;
};

static bool have_come(struct core *c, void *data)
{
	const struct frames *frames = data;
	struct core_window *window = core_titled(c, frames->title);

	return window && window->frames >= frames->n;
}

static void wait_frames(const char *title, unsigned n)
{
	core_wait(&core, have_come, &((struct frames){title, n}));
}

static void check_content(const char *device)
{
	char opaque[128], clear[128];
	struct oriel_mir_memory memory;

	snprintf(opaque, sizeof opaque, "toplevel opaque %dx%d seed=3 dmabuf=%s", WIDTH, HEIGHT,
		device);
	snprintf(clear, sizeof clear, "toplevel clear %dx%d seed=4 alpha=1 dmabuf=%s", WIDTH,
		HEIGHT, device);
	start_pattern((const char *const[]){opaque, clear, "shown opaque", "shown clear",
		"animate opaque 20 glyph", "animate opaque 20 full", "redraw opaque 77",
		"shown opaque", NULL});
	wait_frames("opaque", 42);
	core_run(&core, 100);
	assert_int_equal(wrong_pixels("opaque", 77, false), 0);
	assert_int_equal(wrong_pixels("clear", 4, true), 0);
	assert_int_equal(core.damage.missed, 0);
	struct oriel_mir_frame *frame = core_titled(&core, "clear")->held;
	assert_int_equal(oriel_mir_frame_memory(frame, 0, &memory), 0);
	assert_true(memory.dmabuf >= 0 && !memory.map);
	stop_program();
}

static void test_udmabuf(void **state)
{
	(void)state;
	if (access("/dev/udmabuf", R_OK | W_OK) < 0 || !is_offered())
		skip();
	check_content("/dev/udmabuf");
}

static void test_dumb_buffers(void **state)
{
	(void)state;
	if (!find_vgem() || !is_offered())
		skip();
	check_content(find_vgem());
}

/* A picture that is still being drawn is waited for, and nobody else is. */
static void test_fences(void **state)
{
	(void)state;
	char late[128];

	if (!find_vgem() || !is_offered())
		skip();
	snprintf(late, sizeof late, "toplevel late %dx%d seed=9 late=4000 dmabuf=%s", WIDTH, HEIGHT,
		find_vgem());
	start_pattern(
		(const char *const[]){"toplevel other 100x100", "spin other glyph", late, NULL});
	wait_frames("other", 5);
	core_wait_titled(&core, "late");
	while (!core_titled(&core, "late")->waiting && !core_titled(&core, "late")->frames)
		core_run(&core, 5);
	unsigned before = core_titled(&core, "other")->frames;
	assert_int_equal(core_titled(&core, "late")->frames, 0);
	wait_frames("late", 1);
	assert_int_equal(wrong_pixels("late", 9, false), 0);
	assert_true(core.fetched >= 1);
	assert_true(core_titled(&core, "other")->frames > before + 3);
	stop_program();
}

/* The kernel signals its fence then. */
static void test_killed_while_drawing(void **state)
{
	(void)state;
	char late[128];

	if (!find_vgem() || !is_offered())
		skip();
	snprintf(late, sizeof late, "toplevel late %dx%d late=9000 dmabuf=%s", WIDTH, HEIGHT,
		find_vgem());
	start_pattern((const char *const[]){late, NULL});
	core_wait_titled(&core, "late");
	while (!core_titled(&core, "late")->waiting)
		core_run(&core, 5);
	stop_program();
}

struct gl {
	int to, from; /* its standard input and output */
	char text[512];
	size_t length;
};

static void start_gl(struct gl *gl)
{
	char *args[] = {(char *)ORIEL_CLIENTS "/glpattern", (char *)"gl", (char *)"300x200", NULL};
	posix_spawn_file_actions_t actions;
	int in[2], out[2];

	memset(gl, 0, sizeof *gl);
	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC | O_NONBLOCK), 0);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
	setenv("WAYLAND_DISPLAY", core.wayland_display, 1);
	assert_int_equal(posix_spawn(&program, args[0], &actions, NULL, args, environ), 0);
	posix_spawn_file_actions_destroy(&actions);
	close(in[0]);
	close(out[1]);
	gl->to = in[1];
	gl->from = out[0];
}

static bool has_answered(struct core *c, void *data)
{
	struct gl *gl = data;
	ssize_t n = read(gl->from, gl->text + gl->length, sizeof gl->text - 1 - gl->length);

	(void)c;
	if (n == 0)
		fail_msg("glpattern has ended");
	gl->length += n > 0 ? (size_t)n : 0;
	return gl->length > 0 && gl->text[gl->length - 1] == '\n';
}

/* The frame of a command has been shown then. */
static void command(struct gl *gl, const char *line)
{
	gl->length = 0;
	memset(gl->text, 0, sizeof gl->text);
	assert_int_equal(write(gl->to, line, strlen(line)), strlen(line));
	core_wait(&core, has_answered, gl);
}

static bool is_in(uint32_t x, uint32_t y, const struct oriel_rect *r)
{
	return (int)x >= r->x && (int)y >= r->y && (int)x < r->x + r->width &&
	       (int)y < r->y + r->height;
}

/* Two parts of OpenGL's picture, the second inside of the first. */
static int wrong_gl(uint32_t seed, const struct oriel_rect *part, uint32_t part_seed)
{
	struct core_window *window = core_titled(&core, "gl");
	const uint32_t *pixels = core_copy(&core, window->now.id, layer_id(window))->pixels;
	int wrong = 0;

	for (uint32_t y = 0; y < HEIGHT; y++)
		for (uint32_t x = 0; x < WIDTH; x++) {
			uint32_t right = pattern_pixel(x, y, is_in(x, y, part) ? part_seed : seed);

			wrong += (pixels[y * WIDTH + x] ^ right) << 8 != 0;
		}
	return wrong;
}

static void test_gl(void **state)
{
	(void)state;
	const struct oriel_rect part = {30, 20, 50, 70}, none = {0};
	struct oriel_mir_memory memory;
	struct gl gl;

	/* What is not asked for stays as it was long ago, in each of the client's buffers. */
	core.only_damage = true;
	start_gl(&gl);
	core_wait(&core, has_answered, &gl); /* the renderer's name */
	printf("# %s", gl.text);
	bool is_virgl = strstr(gl.text, "virgl");
	command(&gl, "redraw 5\n");
	assert_int_equal(wrong_gl(5, &none, 0), 0);
	for (uint32_t seed = 6; seed < 30; seed++) {
		char line[32];

		snprintf(line, sizeof line, "redraw %u\n", seed);
		command(&gl, line);
		assert_int_equal(wrong_gl(seed, &none, 0), 0);
	}
	core_reset_damage(&core);
	command(&gl, "damage 30,20,50,70 99\n");
	assert_int_equal(wrong_gl(29, &part, 99), 0);
	assert_exact();
	command(&gl, "damage 299,199,1,1 29\n");
	command(&gl, "damage 0,0,300,1 29\n");
	assert_int_equal(wrong_gl(29, &part, 99), 0);
	struct oriel_mir_frame *frame = core_titled(&core, "gl")->held;
	assert_int_equal(oriel_mir_frame_memory(frame, 0, &memory), 0);
	printf("# %s, %u waits for pictures\n", memory.map ? "wl_shm" : "DMA-BUF", core.fetched);
	assert_int_equal(is_virgl, memory.dmabuf >= 0);
	close(gl.to);
	close(gl.from);
	stop_program();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_udmabuf),
		cmocka_unit_test(test_dumb_buffers),
		cmocka_unit_test(test_fences),
		cmocka_unit_test(test_killed_while_drawing),
		cmocka_unit_test(test_gl),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, start_mir, stop_mir);
}
