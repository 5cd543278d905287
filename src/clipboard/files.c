/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* Packing and unpacking as flows: threads do the work, which blocks, at the other end of a pipe. */
#include "src/clipboard/files.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/log.h"
#include "src/clipboard/fd.h"

#define LIST_MAX (1024 * 1024)

bool oriel_files_supported(void)
{
	return true;
}

/* The private folder -----------------------------------------------------------------------------
 */

static char cache[PATH_MAX]; /* ""; not made yet */
static unsigned n_folders;

static int make_cache(void)
{
	const char *home = getenv("XDG_CACHE_HOME");
	char path[PATH_MAX];
	int n;

	if (cache[0])
		return 0;
	if (home && *home == '/')
		n = snprintf(path, sizeof path, "%s", home);
	else if ((home = getenv("HOME")))
		n = snprintf(path, sizeof path, "%s/.cache", home);
	else
		return -ENOENT;
	if (n < 0 || (size_t)n + 32 > sizeof path)
		return -ENAMETOOLONG;
	mkdir(path, 0700);
	strcpy(path + n, "/oriel");
	mkdir(path, 0700);
	strcpy(path + n, "/oriel/files-XXXXXX");
	if (!mkdtemp(path))
		return -errno;
	strcpy(cache, path);
	return 0;
}

static int delete_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	remove(path);
	return 0;
}

static void delete_tree(const char *path)
{
	nftw(path, delete_one, 16, FTW_DEPTH | FTW_PHYS);
}

void oriel_files_clean_up(void)
{
	if (cache[0])
		delete_tree(cache);
	cache[0] = '\0';
}

/* Jobs --------------------------------------------------------------------------------------- */

struct job {
	uv_work_t work;
	uv_loop_t *loop;
	struct oriel_flow *flow;   /* of the result; NULL: nobody wants it */
	struct oriel_flow *source; /* packing: of the list, while that comes */
	int fd;                    /* the thread's end of the pipe */
	int result;
	char *list;
	size_t list_size;
	/* Unpacking: */
	bool gnome;
	char path[PATH_MAX + 16];
};

static const char *explain(int error)
{
	static char text[256];

	if (error == -EPROTO)
		return "the copied files did not come whole";
	if (error == -E2BIG)
		return "more than 10000 files, or more than 1 GiB";
	snprintf(text, sizeof text, "the copied files can't be stored: %s", strerror(-error));
	return text;
}

static struct job *make_job(uv_loop_t *loop, struct oriel_flow *flow)
{
	struct job *job = calloc(1, sizeof *job);

	if (!job)
		return NULL;
	job->work.data = job;
	job->loop = loop;
	job->flow = flow;
	return job;
}

static void free_job(struct job *job)
{
	free(job->list);
	free(job);
}

static void handle_room(void *user, struct oriel_flow *flow)
{
	(void)user;
	(void)flow;
}

/* Packing ------------------------------------------------------------------------------------- */

static void pack(uv_work_t *work)
{
	struct job *job = work->data;

	job->result = oriel_files_write(job->list, job->list_size, job->fd);
	close(job->fd);
}

static void handle_packed(uv_work_t *work, int status)
{
	struct job *job = work->data;

	(void)status;
	if (job->result < 0)
		oriel_warning("files can't be copied: %s", explain(job->result));
	free_job(job);
}

static void handle_list(void *user, void *data, size_t size, const char *error)
{
	struct job *job = user;
	int fds[2];

	job->list = data;
	job->list_size = size;
	if (error || uv_pipe(fds, UV_NONBLOCK_PIPE, 0) < 0) {
		oriel_flow_end(job->flow, error ? error : "too many files are open");
		free_job(job);
		return;
	}
	job->fd = fds[1];
	/* From now on the pipe produces. */
	oriel_flow_read_fd(job->flow, job->loop, fds[0]);
	if (uv_queue_work(job->loop, &job->work, pack, handle_packed) == 0)
		return;
	close(job->fd);
	free_job(job);
}

static void handle_pack_gone(void *user, struct oriel_flow *flow)
{
	struct job *job = user;

	(void)flow;
	oriel_flow_cancel(job->source);
	free_job(job);
}

static const struct oriel_flow_producer packer = {.room = handle_room, .gone = handle_pack_gone};

struct oriel_flow *oriel_files_pack(uv_loop_t *loop, struct oriel_flow *flow)
{
	struct job *job = make_job(loop, flow);

	if (job)
		job->source = oriel_flow_collect(loop, LIST_MAX, handle_list, job);
	if (!job || !job->source) {
		free(job);
		oriel_flow_end(flow, "out of memory");
		return NULL;
	}
	oriel_flow_attach(flow, &packer, job);
	return job->source;
}

/* Unpacking ----------------------------------------------------------------------------------- */

static void unpack(uv_work_t *work)
{
	struct job *job = work->data;
	int folder = open(job->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	job->result = folder < 0 ? -errno
				 : oriel_files_read(job->fd, folder, job->path, job->gnome,
					   &job->list, &job->list_size);
	if (folder >= 0)
		close(folder);
	/* Who writes is not to wait for us. */
	shutdown(job->fd, SHUT_RDWR);
}

static void handle_unpacked(uv_work_t *work, int status)
{
	struct job *job = work->data;

	(void)status;
	close(job->fd);
	if (job->result < 0 || !job->flow)
		delete_tree(job->path);
	if (job->flow && job->result == 0)
		oriel_flow_feed(job->flow, job->list, job->list_size);
	else if (job->flow)
		oriel_flow_end(job->flow, explain(job->result));
	free_job(job);
}

/* The thread sees the end of the archive, and whoever sends it that nobody reads. */
static void handle_unpack_gone(void *user, struct oriel_flow *flow)
{
	struct job *job = user;

	(void)flow;
	job->flow = NULL;
	shutdown(job->fd, SHUT_RDWR);
}

static const struct oriel_flow_producer unpacker = {
	.room = handle_room,
	.gone = handle_unpack_gone,
};

/* *ret_source: the flow for the archive. */
static int start_unpacking(struct job *job, struct oriel_flow **ret_source)
{
	int fds[2], r = make_cache();

	if (r < 0)
		return r;
	snprintf(job->path, sizeof job->path, "%s/%u", cache, n_folders++);
	if (mkdir(job->path, 0700) < 0)
		return -errno;
	r = uv_socketpair(SOCK_STREAM, 0, fds, 0, UV_NONBLOCK_PIPE);
	if (r < 0)
		return r;
	job->fd = fds[0];
	*ret_source = oriel_flow_write_fd(job->loop, fds[1], "no files were pasted");
	if (!*ret_source) {
		close(fds[0]);
		return -ENOMEM;
	}
	r = uv_queue_work(job->loop, &job->work, unpack, handle_unpacked);
	if (r < 0) {
		oriel_flow_end(*ret_source, "out of memory");
		close(fds[0]);
	}
	return r;
}

struct oriel_flow *oriel_files_unpack(uv_loop_t *loop, bool gnome, struct oriel_flow *flow)
{
	struct job *job = make_job(loop, flow);
	struct oriel_flow *source = NULL;
	int r = job ? 0 : -ENOMEM;

	if (job) {
		job->gnome = gnome;
		r = start_unpacking(job, &source);
	}
	if (r < 0) {
		free(job);
		oriel_flow_end(flow, explain(r));
		return NULL;
	}
	oriel_flow_attach(flow, &unpacker, job);
	oriel_flow_wait(flow);
	return source;
}
