/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* platform.h on macOS. It links, and has never run on a Mac. */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "host/platform/cocoa.h"
#include "host/platform/platform.h"
#include "src/wire/messages.h"

static void *nswindow(SDL_Window *window)
{
	return SDL_GetPointerProperty(
		SDL_GetWindowProperties(window), SDL_PROP_WINDOW_COCOA_WINDOW_POINTER, NULL);
}

void oriel_platform_prepare(void)
{
	/* Control and click is the guest's business. */
	SDL_SetHint(SDL_HINT_MAC_CTRL_CLICK_EMULATE_RIGHT_CLICK, "0");
}

void oriel_platform_init(SDL_Window *any, const struct oriel_platform_events *events, void *user)
{
	(void)any;
	(void)events;
	(void)user;
	oriel_cocoa_set_policy(ORIEL_COCOA_REGULAR);
	oriel_cocoa_strip_shortcuts();
}

bool oriel_platform_tells_focus(void)
{
	return false;
}

void oriel_platform_finish(void)
{
}

uint64_t oriel_platform_native(SDL_Window *window)
{
	return (uint64_t)(uintptr_t)nswindow(window);
}

bool oriel_platform_screen_name(SDL_DisplayID display, char *ret_name, size_t size)
{
	(void)display;
	(void)ret_name;
	(void)size;
	return false;
}

bool oriel_platform_has_alpha(void)
{
	return true;
}

void oriel_platform_choose_alpha(bool alpha)
{
	(void)alpha;
}

void oriel_platform_tag(SDL_Window *window, uint32_t id, const char *app_id)
{
	(void)id;
	(void)app_id;
	/* Apps that draw their own frame draw its shadow too, and popups theirs. */
	if (SDL_GetWindowFlags(window) & SDL_WINDOW_BORDERLESS)
		oriel_cocoa_set_shadow(nswindow(window), false);
}

void oriel_platform_show(SDL_Window *window)
{
	SDL_ShowWindow(window);
}

bool oriel_platform_begin_move(SDL_Window *window)
{
	return oriel_cocoa_begin_move(nswindow(window));
}

bool oriel_platform_begin_resize(SDL_Window *window, uint32_t edges)
{
	(void)window;
	(void)edges;
	/* macOS has no such call; borderless windows that are resizable have edges of its own. */
	return false;
}

bool oriel_platform_may_raise(void)
{
	return SDL_GetKeyboardFocus() != NULL;
}

void oriel_platform_window_menu(SDL_Window *window)
{
	(void)window;
}

bool oriel_platform_grab(SDL_Window *window)
{
	(void)window;
	/* Presses elsewhere take focus away, which dismisses popups too. */
	return false;
}

void oriel_platform_ungrab(void)
{
}

/* The layouts that have another name in XKB than macOS gives them. */
static const char *const layouts[][3] = {
	{"ABC", "us", ""},
	{"Australian", "us", ""},
	{"Austrian", "at", ""},
	{"Belgian", "be", ""},
	{"Brazilian", "br", ""},
	{"Brazilian-ABNT2", "br", ""},
	{"British", "gb", "mac"},
	{"British-PC", "gb", ""},
	{"Canadian-CSA", "ca", "multix"},
	{"Croatian", "hr", ""},
	{"Czech", "cz", ""},
	{"Czech-QWERTY", "cz", "qwerty"},
	{"Danish", "dk", "mac"},
	{"Dutch", "nl", "mac"},
	{"Dvorak", "us", "dvorak"},
	{"Colemak", "us", "colemak"},
	{"Estonian", "ee", ""},
	{"Finnish", "fi", "mac"},
	{"French", "fr", "mac"},
	{"French-PC", "fr", ""},
	{"German", "de", "mac"},
	{"German-DIN-2137", "de", ""},
	{"Greek", "gr", ""},
	{"Hebrew", "il", ""},
	{"Hungarian", "hu", ""},
	{"Icelandic", "is", "mac"},
	{"Irish", "ie", ""},
	{"Italian", "it", "mac"},
	{"Italian-Pro", "it", "mac"},
	{"Latvian", "lv", ""},
	{"Lithuanian", "lt", ""},
	{"Norwegian", "no", "mac"},
	{"Polish", "pl", ""},
	{"PolishPro", "pl", ""},
	{"Portuguese", "pt", "mac"},
	{"Romanian", "ro", ""},
	{"Russian", "ru", "mac"},
	{"RussianWin", "ru", ""},
	{"Slovak", "sk", ""},
	{"Slovenian", "si", ""},
	{"Spanish", "es", "mac"},
	{"Spanish-ISO", "es", "mac"},
	{"Swedish", "se", "mac"},
	{"Swedish-Pro", "se", "mac"},
	{"SwissFrench", "ch", "fr_mac"},
	{"SwissGerman", "ch", "de_mac"},
	{"Turkish", "tr", ""},
	{"Turkish-QWERTY", "tr", ""},
	{"US", "us", "mac"},
	{"USInternational-PC", "us", "intl"},
	{"Ukrainian", "ua", ""},
};

/* Text Input Sources of Carbon, looked up at run time: they come with no other use of Carbon. */
static bool read_layout_id(char *id, size_t size)
{
	void *carbon = dlopen("/System/Library/Frameworks/Carbon.framework/Carbon", RTLD_LAZY);
	void *(*copy_source)(void), *(*get_property)(void *, const void *);
	unsigned char (*get_string)(const void *, char *, long, unsigned);
	void (*release)(void *);
	const void **key;
	void *source, *text;
	bool found;

	if (!carbon)
		return false;
	copy_source = (void *(*)(void))dlsym(carbon, "TISCopyCurrentKeyboardLayoutInputSource");
	get_property = (void *(*)(void *, const void *))dlsym(carbon, "TISGetInputSourceProperty");
	get_string = (unsigned char (*)(const void *, char *, long, unsigned))dlsym(
		carbon, "CFStringGetCString");
	release = (void (*)(void *))dlsym(carbon, "CFRelease");
	key = dlsym(carbon, "kTISPropertyInputSourceID");
	source = copy_source && get_property && get_string && release && key ? copy_source() : NULL;
	if (!source)
		return false;
	text = get_property(source, *key);
	found = text && get_string(text, id, (long)size, 0x08000100 /* UTF-8 */);
	release(source);
	return found;
}

/* Metal takes textures, and a ring there comes with virtual machines: nothing to attach to. */
bool oriel_platform_ring_attach(int fd, const void *start, size_t size)
{
	(void)start;
	(void)size;
	close(fd);
	return false;
}

void oriel_platform_ring_detach(void)
{
}

bool oriel_platform_ring_put(SDL_Window *window, const struct oriel_rect *rect,
	const struct oriel_rect *part, const void *pixels)
{
	(void)window;
	(void)rect;
	(void)part;
	(void)pixels;
	return false;
}

void oriel_platform_ring_wait(void)
{
}

void oriel_platform_appearance(struct oriel_platform_appearance *ret_appearance)
{
	uint32_t accent = ORIEL_ACCENT_NONE;

	oriel_cocoa_accent(&accent);
	*ret_appearance = (struct oriel_platform_appearance){
		.color_scheme = -1, .contrast = oriel_cocoa_contrast(), .accent = accent};
}

void oriel_platform_appearance_open(uv_loop_t *loop, void (*changed)(void *user), void *user)
{
	(void)loop;
	oriel_cocoa_watch_colors(changed, user);
}

void oriel_platform_appearance_close(void)
{
	oriel_cocoa_watch_colors(NULL, NULL);
}

void oriel_platform_keymap(struct oriel_platform_keymap *ret_keymap)
{
	static const char prefix[] = "com.apple.keylayout.";
	struct oriel_platform_keymap keymap = {
		.layout = "us", .repeat_rate = 25, .repeat_delay = 500};
	char id[256];

	if (read_layout_id(id, sizeof id) && strncmp(id, prefix, strlen(prefix)) == 0) {
		for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++) {
			if (strcmp(id + strlen(prefix), layouts[i][0]) != 0)
				continue;
			snprintf(keymap.layout, sizeof keymap.layout, "%s", layouts[i][1]);
			snprintf(keymap.variant, sizeof keymap.variant, "%s", layouts[i][2]);
		}
	}
	*ret_keymap = keymap;
}
