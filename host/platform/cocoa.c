/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/platform/cocoa.h"

#include <stdint.h>

/* Apple's <objc/runtime.h>, <objc/message.h> and the ABI of automatic release pools, as far as they
 * are used here. */
struct objc_object;
struct objc_selector;

struct objc_object *objc_getClass(const char *name);
struct objc_selector *sel_registerName(const char *name);
void objc_msgSend(void);
void *objc_autoreleasePoolPush(void);
void objc_autoreleasePoolPop(void *pool);

/* Apple's <CoreFoundation/CFNotificationCenter.h>; and a name of AppKit, an NSString. */
const void *CFNotificationCenterGetLocalCenter(void);
void CFNotificationCenterAddObserver(const void *center, const void *observer,
	void (*callback)(const void *center, void *observer, const void *name, const void *object,
		const void *info),
	const void *name, const void *object, long behaviour);
void CFNotificationCenterRemoveEveryObserver(const void *center, const void *observer);
extern const void *const NSSystemColorsDidChangeNotification;

/* objc_msgSend() has no type of its own: each call must have exactly the type of the method, given
 * here as its result and the arguments that follow receiver and selector. A message to NULL does
 * nothing and results in 0. */
#define SEND(result, ...) \
	((result(*)(struct objc_object *, struct objc_selector *, __VA_ARGS__))objc_msgSend)
#define SEND_BARE(result) ((result(*)(struct objc_object *, struct objc_selector *))objc_msgSend)

/* BOOL of Objective-C: signed char on Intel, bool on Arm; the values 0 and 1 are alike. */
#ifdef __x86_64__
typedef signed char objc_bool;
#else
typedef bool objc_bool;
#endif

/* CGPoint and CGSize */
struct pair {
	double a, b;
};

/* Of NSEventType; and the bit of +[NSEvent pressedMouseButtons] */
enum {
	LEFT_MOUSE_DOWN = 1,
	LEFT_MOUSE_DRAGGED = 6,
	LEFT_BUTTON = 1,
};

static struct objc_selector *selector(const char *name)
{
	return sel_registerName(name);
}

/* Methods without arguments, by what they result in. */
static struct objc_object *get(struct objc_object *receiver, const char *name)
{
	return SEND_BARE(struct objc_object *)(receiver, selector(name));
}

static long get_number(struct objc_object *receiver, const char *name)
{
	return SEND_BARE(long)(receiver, selector(name));
}

/* Methods with an object and no result. */
static void put(struct objc_object *receiver, const char *name, struct objc_object *object)
{
	SEND(void, struct objc_object *)(receiver, selector(name), object);
}

static void release(struct objc_object *object)
{
	SEND_BARE(void)(object, selector("release"));
}

static struct objc_object *application(void)
{
	return get(objc_getClass("NSApplication"), "sharedApplication");
}

static struct objc_object *string(const char *text)
{
	return SEND(struct objc_object *, const char *)(
		objc_getClass("NSString"), selector("stringWithUTF8String:"), text);
}

bool oriel_cocoa_set_policy(enum oriel_cocoa_policy policy)
{
	return SEND(objc_bool, long)(application(), selector("setActivationPolicy:"), (long)policy);
}

/* A bitmap that owns its memory: 8 bits each of R, G, B and premultiplied A. */
static struct objc_object *create_bitmap(long width, long height)
{
	return SEND(struct objc_object *, unsigned char **, long, long, long, long, objc_bool,
		objc_bool, struct objc_object *, long,
		long)(get(objc_getClass("NSBitmapImageRep"), "alloc"),
		selector("initWithBitmapDataPlanes:pixelsWide:pixelsHigh:bitsPerSample:"
			 "samplesPerPixel:hasAlpha:isPlanar:colorSpaceName:bytesPerRow:"
			 "bitsPerPixel:"),
		NULL, width, height, 8, 4, 1, 0, string("NSDeviceRGBColorSpace"), width * 4, 32);
}

static void copy_swapped(uint8_t *rgba, const uint8_t *bgra, int width, int height, size_t stride)
{
	for (int y = 0; y < height; y++, bgra += stride) {
		for (size_t x = 0; x < (size_t)width * 4; x += 4, rgba += 4) {
			rgba[0] = bgra[x + 2];
			rgba[1] = bgra[x + 1];
			rgba[2] = bgra[x];
			rgba[3] = bgra[x + 3];
		}
	}
}

static bool show_icon(struct objc_object *bitmap, int width, int height)
{
	struct pair size = {width, height};
	struct objc_object *image = SEND(struct objc_object *, struct pair)(
		get(objc_getClass("NSImage"), "alloc"), selector("initWithSize:"), size);

	if (!image)
		return false;
	put(image, "addRepresentation:", bitmap);
	put(application(), "setApplicationIconImage:", image);
	release(image);
	return true;
}

bool oriel_cocoa_set_dock_icon(const void *pixels, int width, int height, size_t stride)
{
	struct objc_object *bitmap;
	unsigned char *data;
	void *pool;
	bool shown = false;

	if (width <= 0 || height <= 0 || stride / 4 < (size_t)width)
		return false;
	pool = objc_autoreleasePoolPush();
	bitmap = create_bitmap(width, height);
	data = SEND_BARE(unsigned char *)(bitmap, selector("bitmapData"));
	if (data) {
		copy_swapped(data, pixels, width, height, stride);
		shown = show_icon(bitmap, width, height);
	}
	release(bitmap);
	objc_autoreleasePoolPop(pool);
	return shown;
}

/* A press of the left button, made up at the place of the pointer. */
static struct objc_object *make_press(struct objc_object *window)
{
	struct objc_object *info = get(objc_getClass("NSProcessInfo"), "processInfo");
	struct pair at =
		SEND_BARE(struct pair)(window, selector("mouseLocationOutsideOfEventStream"));
	double now = SEND_BARE(double)(info, selector("systemUptime"));

	return SEND(struct objc_object *, unsigned long, struct pair, unsigned long, double, long,
		struct objc_object *, long, long, float)(objc_getClass("NSEvent"),
		selector("mouseEventWithType:location:modifierFlags:timestamp:windowNumber:"
			 "context:eventNumber:clickCount:pressure:"),
		LEFT_MOUSE_DOWN, at, 0, now, get_number(window, "windowNumber"), NULL, 0, 1, 1.0f);
}

/* AppKit wants the press, or a drag, that the move begins with. The guest's wish to move may come
 * when a later event has taken its place. */
static struct objc_object *press_event(struct objc_object *window)
{
	struct objc_object *event = get(application(), "currentEvent");
	long type = get_number(event, "type");

	if (type == LEFT_MOUSE_DOWN || type == LEFT_MOUSE_DRAGGED)
		return event;
	return make_press(window);
}

bool oriel_cocoa_begin_move(void *nswindow)
{
	struct objc_object *event;
	void *pool;

	if (!(get_number(objc_getClass("NSEvent"), "pressedMouseButtons") & LEFT_BUTTON))
		return false;
	pool = objc_autoreleasePoolPush();
	event = press_event(nswindow);
	if (event)
		put(nswindow, "performWindowDragWithEvent:", event);
	objc_autoreleasePoolPop(pool);
	return event;
}

static void strip_menu(struct objc_object *menu, struct objc_object *none)
{
	long n = get_number(menu, "numberOfItems");

	for (long i = 0; i < n; i++) {
		struct objc_object *item =
			SEND(struct objc_object *, long)(menu, selector("itemAtIndex:"), i);

		put(item, "setKeyEquivalent:", none);
		strip_menu(get(item, "submenu"), none);
	}
}

void oriel_cocoa_strip_shortcuts(void)
{
	void *pool = objc_autoreleasePoolPush();

	strip_menu(get(application(), "mainMenu"), string(""));
	objc_autoreleasePoolPop(pool);
}

void oriel_cocoa_set_shadow(void *nswindow, bool shadow)
{
	SEND(void, objc_bool)(nswindow, selector("setHasShadow:"), shadow);
}

bool oriel_cocoa_accent(uint32_t *ret_rgb)
{
	void *pool = objc_autoreleasePoolPush();
	struct objc_object *space = get(objc_getClass("NSColorSpace"), "sRGBColorSpace");
	struct objc_object *color = SEND(struct objc_object *, struct objc_object *)(
		get(objc_getClass("NSColor"), "controlAccentColor"),
		selector("colorUsingColorSpace:"), space);
	double rgba[4] = {0};
	uint32_t rgb = 0;

	SEND(void, double *, double *, double *, double *)
	(color, selector("getRed:green:blue:alpha:"), &rgba[0], &rgba[1], &rgba[2], &rgba[3]);
	for (int i = 0; i < 3; i++) {
		double value = rgba[i] < 0 ? 0 : rgba[i] > 1 ? 1 : rgba[i];

		rgb = rgb << 8 | (uint32_t)(value * 255 + 0.5);
	}
	objc_autoreleasePoolPop(pool);
	if (color)
		*ret_rgb = rgb;
	return color;
}

bool oriel_cocoa_contrast(void)
{
	return SEND_BARE(objc_bool)(get(objc_getClass("NSWorkspace"), "sharedWorkspace"),
		selector("accessibilityDisplayShouldIncreaseContrast"));
}

static struct {
	void (*changed)(void *user);
	void *user;
} colors;

static void handle_colors(
	const void *center, void *observer, const void *name, const void *object, const void *info)
{
	(void)center, (void)observer, (void)name, (void)object, (void)info;
	colors.changed(colors.user);
}

void oriel_cocoa_watch_colors(void (*changed)(void *user), void *user)
{
	const void *center = CFNotificationCenterGetLocalCenter();

	CFNotificationCenterRemoveEveryObserver(center, &colors);
	colors.changed = changed;
	colors.user = user;
	if (!changed)
		return;
	CFNotificationCenterAddObserver(
		center, &colors, handle_colors, NSSystemColorsDidChangeNotification, NULL, 0);
}
