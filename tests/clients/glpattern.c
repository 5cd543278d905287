/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The pattern drawn by a GPU (OpenGL ES 3, EGL's Wayland window system), and handed over as
 * DMA-BUFs where that is possible. Prints the name of the renderer, then obeys lines of standard
 * input, and answers each by "ok" when its frame has been shown:
 *
 *   redraw SEED        everything anew
 *   damage RECT SEED   a rectangle anew (X,Y,W,H), and damage just for it
 */
#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <GLES3/gl3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wayland-egl.h>

#include "src/base/rect.h"
#include "tests/clients/client.h"

enum { MAX_PARTS = 64 };

/* Drawn one over the other. */
static struct part {
	struct oriel_rect rect;
	unsigned seed;
} parts[MAX_PARTS];
static int n_parts;

static struct client client;
static int width, height;
static GLint seed_place, height_place;
static EGLDisplay display;
static EGLSurface egl_surface;
static PFNEGLSWAPBUFFERSWITHDAMAGEKHRPROC swap_with_damage;

static const char vertex_source[] =
	"#version 300 es\n"
	"void main() {\n"
	"	vec2 at = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 4.0 - 1.0;\n"
	"	gl_Position = vec4(at, 0.0, 1.0);\n"
	"}\n";

/* pattern_pixel() of pattern.h. */
static const char fragment_source[] =
	"#version 300 es\n"
	"precision highp float;\n"
	"precision highp int;\n"
	"uniform uint seed, height;\n"
	"out vec4 color;\n"
	"void main() {\n"
	"	uint x = uint(gl_FragCoord.x), y = height - 1u - uint(gl_FragCoord.y);\n"
	"	uint red = x + 37u * seed, green = y + 91u * seed;\n"
	"	uint blue = ((7u * x) ^ (13u * y)) + 29u * (x >> 8) + 53u * (y >> 8) + 11u * "
	"seed;\n"
	"	color = vec4(vec3(uvec3(red, green, blue) & 255u) / 255.0, 1.0);\n"
	"}\n";

static GLuint compile(GLenum kind, const char *source)
{
	GLuint shader = glCreateShader(kind);
	char why[512] = "";
	GLint good;

	glShaderSource(shader, 1, &source, NULL);
	glCompileShader(shader);
	glGetShaderiv(shader, GL_COMPILE_STATUS, &good);
	glGetShaderInfoLog(shader, sizeof(why), NULL, why);
	if (!good)
		client_die("shader: %s", why);
	return shader;
}

static void use_program(void)
{
	GLuint program = glCreateProgram();

	glAttachShader(program, compile(GL_VERTEX_SHADER, vertex_source));
	glAttachShader(program, compile(GL_FRAGMENT_SHADER, fragment_source));
	glLinkProgram(program);
	glUseProgram(program);
	seed_place = glGetUniformLocation(program, "seed");
	height_place = glGetUniformLocation(program, "height");
}

static void start_egl(struct wl_surface *surface)
{
	static const EGLint config_wishes[] = {EGL_SURFACE_TYPE, EGL_WINDOW_BIT, EGL_RED_SIZE, 8,
		EGL_GREEN_SIZE, 8, EGL_BLUE_SIZE, 8, EGL_ALPHA_SIZE, 0, EGL_RENDERABLE_TYPE,
		EGL_OPENGL_ES3_BIT, EGL_NONE};
	static const EGLint context_wishes[] = {EGL_CONTEXT_CLIENT_VERSION, 3, EGL_NONE};
	EGLConfig config;
	EGLContext context;
	EGLint n = 0;

	display = eglGetPlatformDisplay(EGL_PLATFORM_WAYLAND_KHR, client.display, NULL);
	if (!eglInitialize(display, NULL, NULL) || !eglBindAPI(EGL_OPENGL_ES_API) ||
		!eglChooseConfig(display, config_wishes, &config, 1, &n) || n < 1)
		client_die("no EGL");
	context = eglCreateContext(display, config, EGL_NO_CONTEXT, context_wishes);
	egl_surface = eglCreateWindowSurface(display, config,
		(EGLNativeWindowType)wl_egl_window_create(surface, width, height), NULL);
	if (!eglMakeCurrent(display, egl_surface, egl_surface, context))
		client_die("no OpenGL ES 3: EGL error %x", (unsigned)eglGetError());
	swap_with_damage = (PFNEGLSWAPBUFFERSWITHDAMAGEKHRPROC)eglGetProcAddress(
		"eglSwapBuffersWithDamageKHR");
	printf("renderer %s\n", (const char *)glGetString(GL_RENDERER));
}

static void handle_shown(void *data, struct wl_callback *callback, uint32_t time)
{
	(void)time;
	*(bool *)data = true;
	wl_callback_destroy(callback);
}

static const struct wl_callback_listener shown_listener = {.done = handle_shown};

/* Draws all parts; damage is what has changed. */
static void draw(struct wl_surface *surface, const struct oriel_rect *damage)
{
	EGLint rect[4] = {
		damage->x, height - damage->y - damage->height, damage->width, damage->height};
	bool shown = false;
	int i;

	glViewport(0, 0, width, height);
	glEnable(GL_SCISSOR_TEST);
	glUniform1ui(height_place, (GLuint)height);
	for (i = 0; i < n_parts; i++) {
		const struct oriel_rect *r = &parts[i].rect;

		glScissor(r->x, height - r->y - r->height, r->width, r->height);
		glUniform1ui(seed_place, parts[i].seed);
		glDrawArrays(GL_TRIANGLES, 0, 3);
	}
	wl_callback_add_listener(wl_surface_frame(surface), &shown_listener, &shown);
	if (!(swap_with_damage ? swap_with_damage(display, egl_surface, rect, 1)
			       : eglSwapBuffers(display, egl_surface)))
		client_die("eglSwapBuffers: error %x", (unsigned)eglGetError());
	while (!shown)
		client_wait(&client, -1);
}

static void obey(struct wl_surface *surface, const char *line)
{
	struct part part = {.rect = {0, 0, width, height}};
	struct oriel_rect *r = &part.rect;

	if (sscanf(line, "redraw %u", &part.seed) == 1)
		n_parts = 0;
	else if (sscanf(line, "damage %d,%d,%d,%d %u", &r->x, &r->y, &r->width, &r->height,
			 &part.seed) != 5 ||
		 n_parts == MAX_PARTS)
		client_die("what is \"%s\"?", line);
	parts[n_parts++] = part;
	draw(surface, r);
	puts("ok");
}

static void handle_configure(void *data, struct xdg_surface *xdg, uint32_t serial)
{
	xdg_surface_ack_configure(xdg, serial);
	*(bool *)data = true;
}

static const struct xdg_surface_listener xdg_listener = {.configure = handle_configure};

static struct wl_surface *open_window(const char *title)
{
	struct wl_surface *surface = wl_compositor_create_surface(client.compositor);
	struct xdg_surface *xdg = xdg_wm_base_get_xdg_surface(client.shell, surface);
	static bool configured; /* again at any time */

	xdg_surface_add_listener(xdg, &xdg_listener, &configured);
	xdg_toplevel_set_title(xdg_surface_get_toplevel(xdg), title);
	wl_surface_commit(surface);
	while (!configured)
		client_wait(&client, -1);
	return surface;
}

int main(int argc, char *argv[])
{
	struct wl_surface *surface;
	char line[256];

	if (argc != 3 || sscanf(argv[2], "%dx%d", &width, &height) != 2)
		client_die("usage: glpattern TITLE WIDTHxHEIGHT");
	setvbuf(stdout, NULL, _IOLBF, 0);
	client_connect(&client);
	surface = open_window(argv[1]);
	start_egl(surface);
	/* Frames are waited for here, so that each can be answered. */
	eglSwapInterval(display, 0);
	use_program();
	while (fgets(line, sizeof(line), stdin))
		obey(surface, line);
	return 0;
}
