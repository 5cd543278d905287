/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* Where a machine's memory (machine.h) lies; the viewer under test is told the same. */
#ifndef ORIEL_TESTS_VIEWER_MACHINE_LAYOUT_H
#define ORIEL_TESTS_VIEWER_MACHINE_LAYOUT_H

#define MACHINE_PAGE 4096u
#define MACHINE_DEVICE (256u << 20) /* bytes */
#define MACHINE_LOW (24u << 20)     /* bytes of RAM below the hole */
#define MACHINE_HIGH (40u << 20)    /* and above it */
#define MACHINE_RAM (MACHINE_LOW + MACHINE_HIGH)
#define MACHINE_HIGH_ADDRESS (4ull << 30)
#define MACHINE_TOKEN "token of bytes!" /* 16 of them, with the last */

/* Files in the folder, for the viewer too. */
#define MACHINE_DEVICE_FILE "device"
#define MACHINE_RAM_FILE "ram"

#endif
