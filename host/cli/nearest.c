/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include <string.h>

#include "host/cli/cli.h"

#define LONGEST 31 /* no command or option is longer */

static unsigned smaller(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Edits between two words, where one is: add, drop or change a letter, or swap two neighbours. */
static unsigned distance(const char *a, const char *b)
{
	unsigned d[LONGEST + 1][LONGEST + 1];
	size_t length_a = strlen(a), length_b = strlen(b);

	if (length_a > LONGEST || length_b > LONGEST)
		return LONGEST;
	for (unsigned i = 0; i <= length_a; i++)
		d[i][0] = i;
	for (unsigned j = 0; j <= length_b; j++)
		d[0][j] = j;
	for (size_t i = 1; i <= length_a; i++)
		for (size_t j = 1; j <= length_b; j++) {
			d[i][j] = smaller(d[i - 1][j], d[i][j - 1]) + 1;
			d[i][j] = smaller(d[i][j], d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				d[i][j] = smaller(d[i][j], d[i - 2][j - 2] + 1);
		}
	return d[length_a][length_b];
}

const char *oriel_cli_nearest(const char *text, const char *const *names, size_t n_names)
{
	const char *nearest = NULL;
	unsigned best = 3; /* further than two edits is a guess, not a help */

	for (size_t i = 0; i < n_names; i++) {
		unsigned d;

		if (!names[i])
			continue;
		d = distance(text, names[i]);
		/* The start of a name counts as near however long the rest is. */
		if (strlen(text) >= 2 && strncmp(text, names[i], strlen(text)) == 0)
			d = smaller(d, 1);
		if (d < best && d < strlen(names[i])) {
			best = d;
			nearest = names[i];
		}
	}
	return nearest;
}
