/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* SDL's keys and buttons as Linux evdev codes. */
#ifndef ORIEL_HOST_VIEWER_KEYS_H
#define ORIEL_HOST_VIEWER_KEYS_H

#include <SDL3/SDL.h>
#include <stdint.h>

/* 0: there is no such key. */
uint32_t oriel_keys_from_scancode(SDL_Scancode scancode);
uint32_t oriel_keys_from_event(const SDL_KeyboardEvent *event);

/* How Ctrl, Super (Cmd on a Mac) and Alt (Option) of the host are used in the guest. */
enum oriel_keys {
	ORIEL_KEYS_PC,   /* as they are */
	ORIEL_KEYS_MAC,  /* Super is Ctrl, too; and the right Alt is AltGr in every layout */
	ORIEL_KEYS_SWAP, /* Ctrl is Super and Super is Ctrl */
};

/* The key that one of the host is in the guest. */
uint32_t oriel_keys_map(enum oriel_keys keys, uint32_t code);

/* 0: there is no such button. */
uint32_t oriel_keys_from_button(uint8_t button);

/* The bits of focus.locked. */
uint32_t oriel_keys_locked(void);

#endif
