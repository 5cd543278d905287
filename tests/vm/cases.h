/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * What must be true of a machine however its pixels come out of it. Each is a test (machine.h).
 */
#ifndef ORIEL_TESTS_VM_CASES_H
#define ORIEL_TESTS_VM_CASES_H

/* A known picture, whole and in parts, pixel for pixel. */
void case_pixels(void **state);
/* The same picture at sizes that the host's user gives the window. */
void case_resize(void **state);
/* A terminal, a GTK 4 program and one of X11: what the screen shows is what a second viewer gets,
 * to which all pixels travel in messages. Pictures of them stay in the tests' folder. */
void case_foot(void **state);
void case_gtk4(void **state);
void case_gtk4_gl(void **state); /* that draws by OpenGL */
void case_xterm(void **state);
/* Keys that are pressed here arrive there. */
void case_typing(void **state);
/* A program's end: its windows go, and its status comes. */
void case_exit(void **state);
/* A viewer dies; the next one shows the same. */
void case_reconnect(void **state);

/* Those that every way of sharing pixels has to pass, as tests of a list. */
#define CASES_OF_SHARING \
	MACHINE_TEST(case_pixels), MACHINE_TEST(case_resize), MACHINE_TEST(case_foot), \
		MACHINE_TEST(case_gtk4), MACHINE_TEST(case_reconnect)

/* Ends the machine. The last test. */
void case_down(void **state);

/* What full frames and small ones cost in copied bytes, per byte of damage. */
double case_copies(void);

#endif
