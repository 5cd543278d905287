/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Weston's demo clients: each uses a part of Wayland that few programs do.
 */
#include <signal.h>
#include <stdlib.h>

#include "tests/e2e/e2e.h"
#include "tests/e2e/reference.h"

static const struct client {
	const char *program, *argument;
	bool scaled; /* has parts that refview can't compose */
} clients[] = {
	{"weston-clickdot", NULL, false},
	{"weston-cliptest", NULL, false},
	{"weston-constraints", NULL, false},
	{"weston-dnd", NULL, false},
	{"weston-editor", NULL, false},
	{"weston-eventdemo", NULL, false},
	{"weston-flower", NULL, false},
	{"weston-fullscreen", NULL, false},
	{"weston-presentation-shm", "-f", false},
	{"weston-resizor", NULL, false},
	{"weston-scaler", "-b", true},
	{"weston-simple-damage", NULL, false},
	{"weston-simple-shm", NULL, false},
	{"weston-stacking", NULL, false},
	{"weston-terminal", NULL, false},
	{"weston-transformed", NULL, false},
};

enum { CLIENTS = sizeof(clients) / sizeof(*clients) };

static int setup(void **state)
{
	const struct client *client = *state;

	e2e_begin(client->program);
	session_start();
	return 0;
}

static void check_client(void **state)
{
	const struct client *client = *state;
	struct process *app;
	bool compared;

	session_attach();
	app = session_client(client->program, client->argument, NULL);
	compared = reference_check(app, "*");
	if (compared == client->scaled)
		e2e_fail("%s %s", client->program,
			compared ? "has no scaled parts any more" : "has scaled parts");
	process_signal(app, SIGCONT);
	if (!process_running(app))
		e2e_fail("%s has ended", client->program);
}

int main(int argc, char *argv[])
{
	struct CMUnitTest tests[CLIENTS];
	int i;

	/* Meson sets it, and weston-presentation-shm uses memory that it has not written. */
	unsetenv("MALLOC_PERTURB_");
	for (i = 0; i < CLIENTS; i++)
		tests[i] = (struct CMUnitTest){clients[i].program, check_client, setup,
			e2e_teardown, (void *)(uintptr_t)&clients[i]};
	return e2e_main(argc, argv, "weston", tests, CLIENTS);
}
