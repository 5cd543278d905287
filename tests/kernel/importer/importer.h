/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* The calls of /dev/importer. One DMA-BUF at a time; the argument is its descriptor. */
#ifndef IMPORTER_H
#define IMPORTER_H

#include <linux/ioctl.h>

#define IMPORTER_IMPORT _IO('I', 0)          /* attaches and maps it */
#define IMPORTER_IMPORT_STUBBORN _IO('I', 1) /* it will take its time to let go */
#define IMPORTER_MAP _IO('I', 2)             /* maps it again */
#define IMPORTER_BYTES _IO('I', 3)           /* how much is mapped */
#define IMPORTER_DROP _IO('I', 4)

#endif
