/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "tests/viewer/shows.h"

/* The capture of a window, once it has the size; a picture of another size is no answer yet. */
static struct x_image capture(struct guest *guest, uint32_t id, int width, int height)
{
	for (int i = 0; i < X_PATIENCE_MS / 10; i++) {
		Window window = x_find(&screen, id);
		struct x_rect place = window ? x_place(&screen, window) : (struct x_rect){0};

		if (place.width == width && place.height == height)
			return x_capture(&screen, window);
		guest_pump(guest, 10);
	}
	fail_msg("window %u never was %dx%d", id, width, height);
	return (struct x_image){0};
}

static int differences(const struct x_image *image, const uint32_t *wanted, int width, int height)
{
	int n = 0;

	for (int y = 0; y < height; y++)
		for (int x = 0; x < width; x++) {
			uint32_t a = image->pixels[y * image->width + x];
			uint32_t b = wanted[y * width + x] & 0xffffff;

			if (a != b && n++ < 3)
				print_message("# at %d,%d: %06x, not %06x\n", x, y, a, b);
		}
	return n;
}

void shows_exactly(struct guest *guest, uint32_t id, const uint32_t *wanted, int width, int height)
{
	struct x_image image = capture(guest, id, width, height);

	/* Presenting by OpenGL may take a moment to reach the screen. */
	for (int i = 0; i < 100; i++) {
		bool same = true;

		for (int k = 0; k < width * height && same; k++)
			same = image.pixels[k] == (wanted[k] & 0xffffff);
		if (same)
			break;
		guest_pump(guest, 20);
		x_image_free(&image);
		image = capture(guest, id, width, height);
	}
	assert_int_equal(differences(&image, wanted, width, height), 0);
	x_image_free(&image);
}
