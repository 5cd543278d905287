/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* A folder that passes for /dev/dri, and Mir started with it: files pass for DMA-BUFs. */
#ifndef ORIEL_TESTS_GPU_H
#define ORIEL_TESTS_GPU_H

extern char gpu_folder[];

int start_with_gpu(void **state);
int stop_with_gpu(void **state);

#endif
