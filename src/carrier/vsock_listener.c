/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include <errno.h>

#include "src/carrier/carrier.h"

#ifdef __linux__

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <linux/vm_sockets.h>

#include "src/base/log.h"
#include "src/carrier/fd.h"
#include "src/carrier/listener.h"
#include "src/carrier/vsock.h"

/* The kernel says who calls. Other programs of this machine come from VMADDR_CID_LOCAL or the
 * machine's own CID, nested VMs from theirs; any of their users can connect. */
static int adopt(struct oriel_listener *listener, int fd, struct oriel_carrier **ret_carrier,
	char peer[ORIEL_PEER_TEXT])
{
	struct sockaddr_vm address = {0};
	socklen_t size = sizeof(address);
	int r = getpeername(fd, (struct sockaddr *)&address, &size) < 0 ? -errno : 0;

	if (r == 0 && address.svm_cid != VMADDR_CID_HOST) {
		oriel_warning("refused vsock CID %u at port %u: only the host may connect",
			address.svm_cid, listener->port);
		r = -EACCES;
	}
	if (r < 0) {
		oriel_fd_close(&fd);
		return r;
	}
	snprintf(peer, ORIEL_PEER_TEXT, "the host, vsock port %u", address.svm_port);
	return oriel_carrier_vsock_adopt(listener->poll.loop, fd, false, ret_carrier);
}

static int bind_port(unsigned port, unsigned *ret_port)
{
	struct sockaddr_vm address = {
		.svm_family = AF_VSOCK,
		.svm_cid = VMADDR_CID_ANY,
		.svm_port = port ? port : VMADDR_PORT_ANY,
	};
	socklen_t size = sizeof(address);
	int fd = oriel_fd_socket(AF_VSOCK);

	if (fd < 0)
		return fd;
	if (bind(fd, (struct sockaddr *)&address, size) < 0 ||
		getsockname(fd, (struct sockaddr *)&address, &size) < 0) {
		int r = -errno;
		oriel_fd_close(&fd);
		return r;
	}
	*ret_port = address.svm_port;
	return fd;
}

int oriel_listener_vsock(uv_loop_t *loop, unsigned port, oriel_accept_fn accept, void *user,
	struct oriel_listener **ret)
{
	struct oriel_listener *listener = calloc(1, sizeof(*listener));

	if (!listener)
		return -ENOMEM;
	int fd = bind_port(port, &listener->port);
	if (fd < 0) {
		free(listener);
		return fd;
	}
	listener->accept = accept;
	listener->user = user;
	listener->adopt = adopt;
	int r = oriel_listener_init(listener, loop, fd);
	if (r == 0)
		*ret = listener;
	return r;
}

#else

int oriel_listener_vsock(uv_loop_t *loop, unsigned port, oriel_accept_fn accept, void *user,
	struct oriel_listener **ret)
{
	(void)loop;
	(void)port;
	(void)accept;
	(void)user;
	(void)ret;
	return -ENOTSUP;
}

#endif
