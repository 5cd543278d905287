/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * What the benchmarks have in common: figures, printed and kept for a JSON file, and a measurement.
 */
#ifndef ORIEL_BENCH_REPORT_H
#define ORIEL_BENCH_REPORT_H

/* path: where bench_save() writes JSON to; NULL: nowhere. Borrowed. */
void bench_begin(const char *path);
/* One figure; unit and aim are for people. */
void bench_report(const char *key, double value, const char *unit, const char *aim);
/* A test of the list, the last one. */
void bench_save(void **state);

/* Sorts the values. */
double bench_percentile(double *values, int n, int percent);

/* From n presses of the mouse on the host to the answers of `bench-client click` on the host's
 * screen, which is there. Reported under names that start with prefix. */
void bench_clicks(const char *prefix, int n);

#endif
