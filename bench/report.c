/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "bench/report.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <X11/Xutil.h>

#include "src/base/clock.h"
#include "tests/e2e/e2e.h"

static json_object *results;
static const char *json_path;

void bench_begin(const char *path)
{
	results = json_object_new_object();
	json_path = path;
}

void bench_report(const char *key, double value, const char *unit, const char *aim)
{
	json_object_object_add(results, key, json_object_new_double(value));
	e2e_note("%-34s %10.3f %-12s %s", key, value, unit, aim);
}

void bench_save(void **state)
{
	(void)state;
	if (json_path && json_object_to_file_ext(json_path, results, JSON_C_TO_STRING_PRETTY))
		e2e_fail("can't write %s", json_path);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double bench_percentile(double *values, int n, int percent)
{
	qsort(values, (size_t)n, sizeof *values, compare);
	return values[(n - 1) * percent / 100];
}

static unsigned long pixel_at(Window window, int x, int y)
{
	XImage *image = XGetImage(screen, window, x, y, 1, 1, AllPlanes, ZPixmap);
	unsigned long pixel = image ? XGetPixel(image, 0, 0) & 0xffffff : 0;

	if (image)
		XDestroyImage(image);
	return pixel;
}

/* Milliseconds of one click. */
static double click(Window window)
{
	unsigned long before = pixel_at(window, 120, 120);
	uint64_t start = oriel_now_ns();
	double ms;

	screen_button(1, true);
	while (pixel_at(window, 120, 120) == before)
		if (oriel_now_ns() - start > 5000000000)
			e2e_fail("a click had no effect");
	ms = (double)(oriel_now_ns() - start) / 1e6;
	screen_button(1, false);
	return ms;
}

void bench_clicks(const char *prefix, int n)
{
	struct screen_window window = screen_wait("bench");
	double *ms = calloc((size_t)n, sizeof *ms);
	char key[64];

	screen_activate(window.window);
	screen_point(window.area.x + 50, window.area.y + 50);
	e2e_sleep(300);
	for (int i = 0; i < n; i++) {
		ms[i] = click(window.window);
		e2e_sleep(10);
	}
	snprintf(key, sizeof key, "%sclick_to_pixel_p50_ms", prefix);
	bench_report(key, bench_percentile(ms, n, 50), "ms", "");
	snprintf(key, sizeof key, "%sclick_to_pixel_p99_ms", prefix);
	bench_report(key, bench_percentile(ms, n, 99), "ms", "");
	free(ms);
}
