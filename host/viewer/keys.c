/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/viewer/keys.h"

#include <string.h>

/* Codes as in linux/input-event-codes.h, which only Linux has. */
/* clang-format off */
static const uint16_t evdev_of[SDL_SCANCODE_COUNT] = {
	[SDL_SCANCODE_A] = 30, 48, 46, 32, 18, 33, 34, 35, 23, 36, 37, 38, 50, 49, 24, 25, 16,
		19, 31, 20, 22, 47, 17, 45, 21, 44, /* to z */
	[SDL_SCANCODE_1] = 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, /* to 0 */
	[SDL_SCANCODE_RETURN] = 28,
	[SDL_SCANCODE_ESCAPE] = 1,
	[SDL_SCANCODE_BACKSPACE] = 14,
	[SDL_SCANCODE_TAB] = 15,
	[SDL_SCANCODE_SPACE] = 57,
	[SDL_SCANCODE_MINUS] = 12,
	[SDL_SCANCODE_EQUALS] = 13,
	[SDL_SCANCODE_LEFTBRACKET] = 26,
	[SDL_SCANCODE_RIGHTBRACKET] = 27,
	[SDL_SCANCODE_BACKSLASH] = 43,
	[SDL_SCANCODE_NONUSHASH] = 43,
	[SDL_SCANCODE_SEMICOLON] = 39,
	[SDL_SCANCODE_APOSTROPHE] = 40,
	[SDL_SCANCODE_GRAVE] = 41,
	[SDL_SCANCODE_COMMA] = 51,
	[SDL_SCANCODE_PERIOD] = 52,
	[SDL_SCANCODE_SLASH] = 53,
	[SDL_SCANCODE_CAPSLOCK] = 58,
	[SDL_SCANCODE_F1] = 59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 87, 88, /* to F12 */
	[SDL_SCANCODE_PRINTSCREEN] = 99,
	[SDL_SCANCODE_SCROLLLOCK] = 70,
	[SDL_SCANCODE_PAUSE] = 119,
	[SDL_SCANCODE_INSERT] = 110,
	[SDL_SCANCODE_HOME] = 102,
	[SDL_SCANCODE_PAGEUP] = 104,
	[SDL_SCANCODE_DELETE] = 111,
	[SDL_SCANCODE_END] = 107,
	[SDL_SCANCODE_PAGEDOWN] = 109,
	[SDL_SCANCODE_RIGHT] = 106,
	[SDL_SCANCODE_LEFT] = 105,
	[SDL_SCANCODE_DOWN] = 108,
	[SDL_SCANCODE_UP] = 103,
	[SDL_SCANCODE_NUMLOCKCLEAR] = 69,
	[SDL_SCANCODE_KP_DIVIDE] = 98,
	[SDL_SCANCODE_KP_MULTIPLY] = 55,
	[SDL_SCANCODE_KP_MINUS] = 74,
	[SDL_SCANCODE_KP_PLUS] = 78,
	[SDL_SCANCODE_KP_ENTER] = 96,
	[SDL_SCANCODE_KP_1] = 79, 80, 81, 75, 76, 77, 71, 72, 73, 82, /* to 0 */
	[SDL_SCANCODE_KP_PERIOD] = 83,
	[SDL_SCANCODE_NONUSBACKSLASH] = 86,
	[SDL_SCANCODE_APPLICATION] = 127,
	[SDL_SCANCODE_POWER] = 116,
	[SDL_SCANCODE_KP_EQUALS] = 117,
	[SDL_SCANCODE_F13] = 183, 184, 185, 186, 187, 188, 189, 190, 191, 192, 193,
		194, /* to F24 */
	[SDL_SCANCODE_EXECUTE] = 134,
	[SDL_SCANCODE_HELP] = 138,
	[SDL_SCANCODE_MENU] = 139,
	[SDL_SCANCODE_STOP] = 128,
	[SDL_SCANCODE_AGAIN] = 129,
	[SDL_SCANCODE_UNDO] = 131,
	[SDL_SCANCODE_CUT] = 137,
	[SDL_SCANCODE_COPY] = 133,
	[SDL_SCANCODE_PASTE] = 135,
	[SDL_SCANCODE_FIND] = 136,
	[SDL_SCANCODE_MUTE] = 113,
	[SDL_SCANCODE_VOLUMEUP] = 115,
	[SDL_SCANCODE_VOLUMEDOWN] = 114,
	[SDL_SCANCODE_KP_COMMA] = 121,
	[SDL_SCANCODE_INTERNATIONAL1] = 89,
	[SDL_SCANCODE_INTERNATIONAL2] = 93,
	[SDL_SCANCODE_INTERNATIONAL3] = 124,
	[SDL_SCANCODE_INTERNATIONAL4] = 92,
	[SDL_SCANCODE_INTERNATIONAL5] = 94,
	[SDL_SCANCODE_INTERNATIONAL6] = 95,
	[SDL_SCANCODE_LANG1] = 122,
	[SDL_SCANCODE_LANG2] = 123,
	[SDL_SCANCODE_LANG3] = 90,
	[SDL_SCANCODE_LANG4] = 91,
	[SDL_SCANCODE_LANG5] = 85,
	[SDL_SCANCODE_LCTRL] = 29,
	[SDL_SCANCODE_LSHIFT] = 42,
	[SDL_SCANCODE_LALT] = 56,
	[SDL_SCANCODE_LGUI] = 125,
	[SDL_SCANCODE_RCTRL] = 97,
	[SDL_SCANCODE_RSHIFT] = 54,
	[SDL_SCANCODE_RALT] = 100,
	[SDL_SCANCODE_RGUI] = 126,
	[SDL_SCANCODE_SLEEP] = 142,
	[SDL_SCANCODE_WAKE] = 143,
	[SDL_SCANCODE_MEDIA_PLAY] = 207,
	[SDL_SCANCODE_MEDIA_PAUSE] = 201,
	[SDL_SCANCODE_MEDIA_RECORD] = 167,
	[SDL_SCANCODE_MEDIA_FAST_FORWARD] = 208,
	[SDL_SCANCODE_MEDIA_REWIND] = 168,
	[SDL_SCANCODE_MEDIA_NEXT_TRACK] = 163,
	[SDL_SCANCODE_MEDIA_PREVIOUS_TRACK] = 165,
	[SDL_SCANCODE_MEDIA_STOP] = 166,
	[SDL_SCANCODE_MEDIA_EJECT] = 161,
	[SDL_SCANCODE_MEDIA_PLAY_PAUSE] = 164,
	[SDL_SCANCODE_AC_SEARCH] = 217,
	[SDL_SCANCODE_AC_HOME] = 172,
	[SDL_SCANCODE_AC_BACK] = 158,
	[SDL_SCANCODE_AC_FORWARD] = 159,
	[SDL_SCANCODE_AC_STOP] = 128,
	[SDL_SCANCODE_AC_REFRESH] = 173,
	[SDL_SCANCODE_AC_BOOKMARKS] = 156,
};
/* clang-format on */

/* The highest code that a message can carry. */
#define CODE_MAX 767

uint32_t oriel_keys_from_scancode(SDL_Scancode scancode)
{
	return (unsigned)scancode < SDL_SCANCODE_COUNT ? evdev_of[scancode] : 0;
}

/* X11's keycodes are evdev's plus 8: exact, also for keys that SDL has no name for. */
static bool raw_is_x11(void)
{
	static int answer = -1;
	const char *driver = SDL_GetCurrentVideoDriver();

	if (answer < 0 && driver)
		answer = strcmp(driver, "x11") == 0;
	return answer > 0;
}

uint32_t oriel_keys_from_event(const SDL_KeyboardEvent *event)
{
	/* Releases that SDL makes up when focus is lost have no raw code. */
	if (event->raw > 8 && event->raw <= CODE_MAX && raw_is_x11())
		return event->raw - 8u;
	return oriel_keys_from_scancode(event->scancode);
}

uint32_t oriel_keys_map(enum oriel_keys keys, uint32_t code)
{
	static const uint32_t ctrl[] = {29, 97}, super[] = {125, 126}; /* left, right */

	for (int i = 0; i < 2; i++) {
		if (code == super[i] && keys == ORIEL_KEYS_SWAP)
			return ctrl[i];
		if (code == ctrl[i] && keys == ORIEL_KEYS_SWAP)
			return super[i];
		/* The right one, so that the left is let go by itself alone. */
		if (code == super[i] && keys == ORIEL_KEYS_MAC)
			return ctrl[1];
	}
	return code;
}

uint32_t oriel_keys_from_button(uint8_t button)
{
	static const uint32_t codes[] = {
		[SDL_BUTTON_LEFT] = 0x110,
		[SDL_BUTTON_RIGHT] = 0x111,
		[SDL_BUTTON_MIDDLE] = 0x112,
		[SDL_BUTTON_X1] = 0x113, /* side */
		[SDL_BUTTON_X2] = 0x114, /* extra */
		[6] = 0x115,             /* forward */
		[7] = 0x116,             /* back */
		[8] = 0x117,             /* task */
	};

	return button < SDL_arraysize(codes) ? codes[button] : 0;
}

uint32_t oriel_keys_locked(void)
{
	SDL_Keymod mod = SDL_GetModState();

	return (mod & SDL_KMOD_CAPS ? 1u : 0) | (mod & SDL_KMOD_NUM ? 2u : 0) |
	       (mod & SDL_KMOD_SCROLL ? 4u : 0);
}
