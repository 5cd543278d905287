/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Copy and paste between programs of the host (xclip) and of the guest (wl-clipboard; xclip in its
 * Xwayland), with real contents, compared byte by byte.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/clock.h"
#include "tests/e2e/e2e.h"

#define LARGE (64u * 1024 * 1024)
#define CHANGES 10000
#define DEAF_MS 5000 /* from then on, a small paste is tried again */

/* Files --------------------------------------------------------------------------------------- */

static const char *path_of(const char *name)
{
	static char paths[64][256];
	static unsigned next;
	char *path = paths[next++ % 64];

	snprintf(path, sizeof(paths[0]), "%s/%s", e2e_dir(), name);
	return path;
}

/* Text that is not the same twice, and has characters of several bytes. */
static const char *make_text(const char *name, size_t size, unsigned seed)
{
	const char *path = path_of(name);
	FILE *file = fopen(path, "we");

	for (size_t n = 0; n < size;)
		n += (size_t)fprintf(
			file, "%08x \xc3\xa9\xe2\x82\xac %zu\n", seed * 2654435761u, n);
	fclose(file);
	return path;
}

static char *read_file(const char *path, size_t *ret_size)
{
	FILE *file = fopen(path, "re");
	struct stat st;
	char *data;

	if (!file || fstat(fileno(file), &st) < 0)
		e2e_fail("no file %s", path);
	data = malloc((size_t)st.st_size + 1);
	*ret_size = fread(data, 1, (size_t)st.st_size, file);
	fclose(file);
	return data;
}

static bool same_files(const char *a, const char *b)
{
	size_t sizes[2];
	char *data[2] = {read_file(a, &sizes[0]), read_file(b, &sizes[1])};
	bool same = sizes[0] == sizes[1] && memcmp(data[0], data[1], sizes[0]) == 0;

	free(data[0]);
	free(data[1]);
	return same;
}

/* Programs ------------------------------------------------------------------------------------ */

enum where { HOST, GUEST, GUEST_X };

static const char *const selections[] = {"clipboard", "primary"};

static struct process *run_shell(enum where where, const char *command)
{
	if (where == HOST)
		return process_run("sh", "sh", "-c", command, NULL);
	if (where == GUEST)
		return session_client("sh", "-c", command, NULL);
	return session_x_client("sh", "-c", command, NULL);
}

/* wl-clipboard opens a window and waits for focus, which the host need not give to a window that
 * comes by itself: a pager does it. The window may go at any time. */
static void focus_helper(void)
{
	struct screen_window window;
	XEvent event = {.xclient = {.type = ClientMessage, .format = 32}};

	if (!screen_find("wl-clipboard", &window) || screen_focused() == window.window)
		return;
	event.xclient.window = window.window;
	event.xclient.message_type = XInternAtom(screen, "_NET_ACTIVE_WINDOW", False);
	event.xclient.data.l[0] = 2;
	XSendEvent(screen, DefaultRootWindow(screen), False,
		SubstructureRedirectMask | SubstructureNotifyMask, &event);
	XFlush(screen);
}

static bool poll_helped(uint64_t deadline)
{
	focus_helper();
	return e2e_poll(deadline);
}

/* A program that has the file's content copied, until it is killed or something else is copied. */
static struct process *copy(enum where where, int selection, const char *type, const char *path)
{
	char command[600];

	if (where == GUEST)
		snprintf(command, sizeof(command), "exec wl-copy --foreground %s --type '%s' < %s",
			selection ? "--primary" : "", type, path);
	else
		snprintf(command, sizeof(command), "exec xclip -quiet -selection %s -t '%s' -i %s",
			selections[selection], type, path);
	return run_shell(where, command);
}

static struct process *start_paste(
	enum where where, int selection, const char *type, const char *path)
{
	char command[600];

	if (where == GUEST)
		snprintf(command, sizeof(command),
			"wl-paste --no-newline %s --type '%s' > %s.new; mv %s.new %s",
			selection ? "--primary" : "", type, path, path, path);
	else
		snprintf(command, sizeof(command),
			"xclip -o -selection %s -t '%s' > %s.new; mv %s.new %s",
			selections[selection], type, path, path, path);
	return run_shell(where, command);
}

_Noreturn static void fail_different(const char *type, const char *pasted, const char *copied)
{
	size_t sizes[2];
	char *data[2] = {read_file(pasted, &sizes[0]), read_file(copied, &sizes[1])};

	e2e_fail("%s that was pasted is not what was copied: %zu bytes, '%.*s'; but %zu, '%.*s'",
		type, sizes[0], (int)(sizes[0] < 40 ? sizes[0] : 40), data[0], sizes[1],
		(int)(sizes[1] < 40 ? sizes[1] : 40), data[1]);
}

/* Whether it has ended. One that gets the focus before there is a primary selection may never hear
 * of it: Mir 2.20 does not tell it. */
static bool wait_paste(struct process *paste, bool may_be_deaf)
{
	uint64_t deadline = e2e_deadline(), deaf = oriel_now_ns() + DEAF_MS * 1000000ull;

	while (process_running(paste)) {
		if (!poll_helped(deadline))
			e2e_fail("a paste does not end");
		if (may_be_deaf && oriel_now_ns() > deaf)
			return false;
	}
	return true;
}

/* Pastes until that is what was copied: how soon it is known everywhere nobody promises. */
static void expect_paste(enum where where, int selection, const char *type, const char *expected)
{
	static unsigned count;
	char name[32];
	uint64_t deadline = e2e_deadline();
	const char *path;

	snprintf(name, sizeof(name), "pasted%u", count++);
	path = path_of(name);
	for (;;) {
		struct process *paste = start_paste(where, selection, type, path);
		bool ended = wait_paste(paste, where == GUEST && selection);

		process_stop(paste);
		if (ended && same_files(path, expected))
			break;
		if (poll_helped(deadline))
			continue;
		if (!ended)
			e2e_fail("pasting %s does not end", type);
		fail_different(type, path, expected);
	}
	unlink(path);
}

static void expect_translated(
	enum where from, enum where to, int selection, const char *copied, const char *pasted)
{
	static unsigned seed;
	char name[32];
	const char *path;
	struct process *owner;

	snprintf(name, sizeof(name), "copied%u", seed);
	path = make_text(name, 100, seed++);
	owner = copy(from, selection, copied, path);
	expect_paste(to, selection, pasted, path);
	process_stop(owner);
	unlink(path);
}

static void expect_copied(enum where from, enum where to, int selection, const char *type)
{
	expect_translated(from, to, selection, type, type);
}

/* Tests --------------------------------------------------------------------------------------- */

static void attach(void)
{
	session_attach();
	session_pattern("toplevel main 200x150 seed=1");
	screen_wait("main");
}

static void test_text_to_guest(void **state)
{
	(void)state;
	attach();
	for (int i = 0; i < 2; i++) {
		expect_copied(HOST, GUEST, i, "UTF8_STRING");
		expect_copied(HOST, GUEST, i, "text/plain;charset=utf-8");
	}
}

static void test_text_to_host(void **state)
{
	(void)state;
	attach();
	for (int i = 0; i < 2; i++) {
		expect_copied(GUEST, HOST, i, "UTF8_STRING");
		expect_copied(GUEST, HOST, i, "text/plain;charset=utf-8");
	}
}

static void test_types(void **state)
{
	static const char *const types[] = {
		"text/html", "text/rtf", "application/x-something-else"};

	(void)state;
	attach();
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		expect_copied(HOST, GUEST, 0, types[i]);
		expect_copied(GUEST, HOST, 0, types[i]);
		expect_copied(GUEST_X, HOST, 0, types[i]);
		expect_copied(HOST, GUEST_X, 0, types[i]);
		expect_copied(GUEST_X, GUEST, 0, types[i]);
		expect_copied(GUEST, GUEST_X, 0, types[i]);
		expect_copied(GUEST_X, GUEST_X, 0, types[i]);
	}
}

static void test_x11_programs(void **state)
{
	(void)state;
	attach();
	for (int i = 0; i < 2; i++) {
		expect_copied(GUEST_X, HOST, i, "UTF8_STRING");
		expect_copied(HOST, GUEST_X, i, "UTF8_STRING");
		expect_translated(GUEST_X, GUEST, i, "UTF8_STRING", "text/plain;charset=utf-8");
		expect_translated(GUEST, GUEST_X, i, "text/plain;charset=utf-8", "UTF8_STRING");
		expect_copied(GUEST, GUEST_X, i, "UTF8_STRING");
		expect_copied(GUEST, GUEST, i, "UTF8_STRING");
		expect_copied(GUEST_X, GUEST_X, i, "UTF8_STRING");
	}
}

/* The same 64 MB, however large the pieces are, while a window goes on. */
static void expect_large(enum where from, enum where to)
{
	const char *path = make_text("large", LARGE, 7);
	struct process *owner = copy(from, 0, "UTF8_STRING", path);
	uint64_t before, after;

	before = session_counter("frames_presented");

	expect_paste(to, 0, "UTF8_STRING", path);
	after = session_counter("frames_presented");
	e2e_note("64 MB: %" PRIu64 " frames meanwhile", after - before);
	if (after - before < 10)
		e2e_fail("only %" PRIu64 " frames were shown meanwhile", after - before);
	process_stop(owner);
	unlink(path);
}

static void test_large(void **state)
{
	struct process *animation;

	(void)state;
	session_attach();
	animation = session_client("weston-simple-shm", NULL);
	screen_wait("simple-shm");
	expect_large(HOST, GUEST);
	expect_large(GUEST, HOST);
	expect_large(GUEST_X, HOST);
	expect_large(HOST, GUEST_X);
	expect_large(GUEST, GUEST_X);
	expect_large(GUEST_X, GUEST);
	assert_true(process_running(animation));
}

static bool is_sanitized(void)
{
#ifdef __has_feature
	return __has_feature(address_sanitizer);
#else
	return false;
#endif
}

/* Alive, and no larger, after very many changes. */
static void expect_changes(struct process *copier, enum where to)
{
	const char *path = path_of("last");
	FILE *file = fopen(path, "we");

	fprintf(file, "change %d", CHANGES);
	fclose(file);
	process_expect(copier, "done");
	expect_paste(to, 0, "UTF8_STRING", path);
	process_stop(copier);
}

static void test_many_changes(void **state)
{
	char number[16];
	size_t before[2], after[2], fds[2];

	(void)state;
	snprintf(number, sizeof(number), "%d", CHANGES);
	attach();
	expect_copied(HOST, GUEST_X, 0, "UTF8_STRING");
	expect_copied(GUEST, HOST, 0, "UTF8_STRING");
	before[0] = process_memory(process_pid(orield));
	before[1] = process_memory(process_pid(viewer));
	fds[0] = process_fds(process_pid(orield));
	fds[1] = process_fds(process_pid(viewer));
	expect_changes(process_run("xcopier", "xcopier", number, NULL), GUEST);
	expect_changes(session_client("copier", number, NULL), HOST);
	expect_changes(session_x_client("xcopier", number, NULL), HOST);
	after[0] = process_memory(process_pid(orield));
	after[1] = process_memory(process_pid(viewer));
	e2e_note("orield %zu to %zu kB, viewer %zu to %zu kB", before[0] >> 10, after[0] >> 10,
		before[1] >> 10, after[1] >> 10);
	/* A kilobyte kept of each change would be 30 MB. The sanitizers keep what is freed. */
	if (!is_sanitized() &&
		(after[0] > before[0] + (24u << 20) || after[1] > before[1] + (24u << 20)))
		e2e_fail("the changes are kept");
	E2E_UNTIL(process_fds(process_pid(orield)) <= fds[0] + 4 &&
			  process_fds(process_pid(viewer)) <= fds[1] + 4,
		"file descriptors are left open");
}

/* A program of the guest that has something copied is not robbed of it by a viewer that comes, nor
 * are others when one goes. */
static void test_several_viewers(void **state)
{
	const char *path = make_text("of-guest", 1000, 1), *other = make_text("of-host", 1000, 2);
	struct process *first, *second, *owner;

	(void)state;
	attach();
	first = viewer;
	owner = copy(GUEST, 0, "UTF8_STRING", path);
	expect_paste(HOST, 0, "UTF8_STRING", path);
	session_attach();
	second = viewer;
	E2E_UNTIL(session_counter("peers_connected") >= 2, "the second viewer does not connect");
	e2e_sleep(500);
	expect_paste(GUEST, 0, "UTF8_STRING", path);
	expect_paste(HOST, 0, "UTF8_STRING", path);
	assert_true(process_running(owner));
	/* Its offer is handed on. */
	process_kill(first);
	expect_paste(HOST, 0, "UTF8_STRING", path);
	session_attach();
	first = viewer;
	process_stop(owner);
	owner = copy(HOST, 0, "UTF8_STRING", other);
	expect_paste(GUEST, 0, "UTF8_STRING", other);
	process_kill(second);
	screen_wait("main");
	expect_paste(GUEST, 0, "UTF8_STRING", other);
	process_stop(owner);
	viewer = first;
}

static void wait_end(struct process *process, const char *what)
{
	uint64_t deadline = e2e_deadline();

	while (process_running(process))
		if (!poll_helped(deadline))
			e2e_fail("%s does not end", what);
	process_stop(process);
}

static void test_viewer_killed_while_pasting(void **state)
{
	const char *path = make_text("large", LARGE, 3), *pasted = path_of("cut");
	struct process *owner, *paste;

	(void)state;
	attach();
	for (int i = 0; i < 3; i++) {
		/* xclip ends when a program that pastes goes away. */
		owner = copy(HOST, 0, "UTF8_STRING", path);
		expect_paste(GUEST, 0, "UTF8_STRING", path);
		paste = start_paste(GUEST, 0, "UTF8_STRING", pasted);
		e2e_sleep(50 + 100 * (unsigned)i);
		process_kill(viewer);
		process_kill(owner);
		attach();
		/* It may wait for focus still, which another window has now. */
		process_kill(paste);
	}
	expect_copied(HOST, GUEST, 0, "UTF8_STRING");
}

static void test_program_gone_while_pasting(void **state)
{
	const char *path = make_text("large", LARGE, 4), *pasted = path_of("cut");
	struct process *owner, *paste;

	(void)state;
	attach();
	owner = copy(GUEST, 0, "UTF8_STRING", path);
	expect_paste(HOST, 0, "UTF8_STRING", path);
	for (int i = 0; i < 10; i++) {
		paste = start_paste(HOST, 0, "UTF8_STRING", pasted);
		e2e_sleep(20 * (unsigned)i);
		process_kill(paste);
	}
	expect_paste(HOST, 0, "UTF8_STRING", path);
	paste = start_paste(HOST, 0, "UTF8_STRING", pasted);
	e2e_sleep(100);
	process_kill(owner);
	wait_end(paste, "xclip");
	expect_copied(GUEST, HOST, 0, "UTF8_STRING");
	expect_copied(HOST, GUEST, 0, "UTF8_STRING");
}

/* One that says it has something and answers nobody harms nobody. */
static void test_silent_owner(void **state)
{
	struct process *silent;

	(void)state;
	attach();
	for (int i = 0; i < 2; i++) {
		const char *path = make_text("after-silence", 100, 6);
		struct process *owner;

		silent = i ? session_x_client("xcopier", "0", NULL)
			   : process_run("xcopier", "xcopier", "0", NULL);
		process_expect(silent, "done");
		owner = copy(i ? HOST : GUEST, 0, "UTF8_STRING", path);
		/* Who asks the silent one waits for ever. */
		e2e_sleep(1000);
		expect_paste(i ? GUEST : HOST, 0, "UTF8_STRING", path);
		expect_paste(i ? GUEST_X : HOST, 0, "UTF8_STRING", path);
		process_stop(owner);
		process_stop(silent);
	}
}

/* Whether what is copied there can be pasted here: nothing is what a shut way gives. */
static void expect_policy(const char *policy, bool to_guest, bool to_host)
{
	const char *path = make_text("policy", 100, 9), *pasted = path_of("policy-pasted");
	struct process *owner, *paste;

	session_attach_with("--clipboard", policy, NULL);
	session_pattern("toplevel main 200x150 seed=1");
	screen_wait("main");
	for (int i = 0; i < 2; i++) {
		enum where from = i ? GUEST : HOST, to = i ? HOST : GUEST;

		owner = copy(from, 0, "UTF8_STRING", path);
		if (i ? to_host : to_guest) {
			expect_paste(to, 0, "UTF8_STRING", path);
		} else {
			expect_paste(from, 0, "UTF8_STRING", path);
			e2e_sleep(500);
			paste = start_paste(to, 0, "UTF8_STRING", pasted);
			/* wl-paste waits for something to be copied. */
			e2e_sleep(2000);
			process_kill(paste);
			if (access(pasted, F_OK) == 0 && same_files(path, pasted))
				e2e_fail("--clipboard %s lets it through", policy);
		}
		process_stop(owner);
	}
}

static void test_policy_both(void **state)
{
	(void)state;
	expect_policy("both", true, true);
}

static void test_policy_to_guest(void **state)
{
	(void)state;
	expect_policy("to-guest", true, false);
}

static void test_policy_to_host(void **state)
{
	(void)state;
	expect_policy("to-host", false, true);
}

static void test_policy_off(void **state)
{
	(void)state;
	expect_policy("off", false, false);
}

/* Pastes to a file that begins like that. */
static void expect_start(enum where where, const char *type, const char *start)
{
	const char *path = path_of("picture");
	uint64_t deadline = e2e_deadline();

	for (;;) {
		char *data;
		size_t size;
		bool right;

		wait_end(start_paste(where, 0, type, path), "pasting");
		data = read_file(path, &size);
		right = size > 50 && memcmp(data, start, strlen(start)) == 0;
		free(data);
		if (right)
			return;
		if (!poll_helped(deadline))
			e2e_fail("%s that was pasted is no %s", path, type);
	}
}

static void test_pictures(void **state)
{
	const char *png = path_of("pattern.png"), *bmp = path_of("pattern.bmp");
	struct image *image = image_pattern(40, 30, 0, 0, 5);
	struct process *owner;

	(void)state;
	attach();
	assert_true(image_save(image, png));
	image_destroy(image);
	owner = copy(HOST, 0, "image/png", png);
	expect_paste(GUEST, 0, "image/png", png);
	expect_start(GUEST, "image/bmp", "BM");
	rename(path_of("picture"), bmp);
	process_stop(owner);
	owner = copy(HOST, 0, "image/bmp", bmp);
	expect_start(GUEST, "image/png", "\x89PNG");
	expect_start(GUEST_X, "image/png", "\x89PNG");
	process_stop(owner);
	owner = copy(GUEST, 0, "image/bmp", bmp);
	expect_start(HOST, "image/png", "\x89PNG");
	process_stop(owner);
	owner = copy(GUEST, 0, "image/png", png);
	expect_start(HOST, "image/bmp", "BM");
	expect_paste(HOST, 0, "image/png", png);
	process_stop(owner);
}

/* Copied files arrive as files that can be opened. */
static void expect_files(enum where from, enum where to)
{
	const char *folder = path_of("copied files"), *list = path_of("list");
	const char *pasted = path_of("pasted-list");
	char command[1200], *text, *end;
	struct process *owner;
	uint64_t deadline = e2e_deadline();
	size_t size;
	FILE *file;

	snprintf(command, sizeof(command),
		"rm -rf '%s' && mkdir -p '%s/sub' && echo first > '%s/one' && "
		"head -c 3000000 /dev/urandom > '%s/sub/gro\xc3\x9f' && ln -s /etc/passwd "
		"'%s/link'",
		folder, folder, folder, folder, folder);
	assert_int_equal(system(command), 0);
	file = fopen(list, "we");
	fprintf(file,
		"file://%s/copied%%20files\r\nfile://%s/copied%%20files/one\r\n"
		"https://example.org/x\r\n",
		e2e_dir(), e2e_dir());
	fclose(file);
	owner = copy(from, 0, "text/uri-list", list);
	for (;;) {
		unlink(pasted);
		wait_end(start_paste(to, 0, "text/uri-list", pasted), "pasting");
		text = read_file(pasted, &size);
		text[size] = 0;
		/* Not the place that was copied. */
		if (strncmp(text, "file:///", 8) == 0 && strstr(text, "/oriel/files-"))
			break;
		free(text);
		if (!poll_helped(deadline))
			e2e_fail("files that were copied are not pasted");
	}
	if (!strstr(text, "\r\nhttps://example.org/x\r\n"))
		e2e_fail("a link got lost: %s", text);
	end = strstr(text, "/copied%20files\r\n");
	assert_non_null(end);
	*end = 0;
	snprintf(command, sizeof(command),
		"rm '%s/link'; diff -r '%s' '%s/copied files' && test -f '%s/../2/one'", folder,
		folder, text + 7, text + 7);
	if (system(command))
		e2e_fail("the pasted files are not those that were copied: %s", text);
	free(text);
	process_stop(owner);
}

static void test_files(void **state)
{
	(void)state;
	attach();
	expect_files(HOST, GUEST);
	expect_files(GUEST, HOST);
	expect_files(HOST, GUEST_X);
	expect_files(GUEST_X, HOST);
	process_stop(viewer);
	viewer = NULL;
	process_stop(orield);
	orield = NULL;
	/* They are private, and gone with whoever made them. */
	if (!system("ls \"$HOME\"/.cache/oriel/files-* >/dev/null 2>&1"))
		e2e_fail("pasted files are left in %s/.cache/oriel", getenv("HOME"));
}

int main(int argc, char *argv[])
{
	static const struct CMUnitTest tests[] = {
		E2E_TEST(test_text_to_guest),
		E2E_TEST(test_text_to_host),
		E2E_TEST(test_types),
		E2E_TEST(test_x11_programs),
		E2E_TEST(test_large),
		E2E_TEST(test_many_changes),
		E2E_TEST(test_several_viewers),
		E2E_TEST(test_viewer_killed_while_pasting),
		E2E_TEST(test_program_gone_while_pasting),
		E2E_TEST(test_silent_owner),
		E2E_TEST(test_policy_both),
		E2E_TEST(test_policy_to_guest),
		E2E_TEST(test_policy_to_host),
		E2E_TEST(test_policy_off),
		E2E_TEST(test_pictures),
		E2E_TEST(test_files),
	};

	return e2e_main(argc, argv, "clipboard", tests, sizeof(tests) / sizeof(*tests));
}
