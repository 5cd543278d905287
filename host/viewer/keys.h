/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* SDL's keys and buttons as Linux evdev codes. */
#ifndef ORIEL_HOST_VIEWER_KEYS_H
#define ORIEL_HOST_VIEWER_KEYS_H

#include <SDL3/SDL.h>
#include <stdint.h>

/* 0: there is no such key. */
uint32_t oriel_keys_from_scancode(SDL_Scancode scancode);
uint32_t oriel_keys_from_event(const SDL_KeyboardEvent *event);

/* 0: there is no such button. */
uint32_t oriel_keys_from_button(uint8_t button);

/* The bits of focus.locked. */
uint32_t oriel_keys_locked(void);

#endif
