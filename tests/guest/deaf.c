/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "src/wire/wire.h"
#include "tests/guest/world.h"

void deaf_send(int fd, const struct oriel_msg *msg)
{
	uint8_t buffer[8192];
	size_t size;

	assert_int_equal(oriel_wire_encode(msg, buffer, sizeof buffer, &size), 0);
	assert_int_equal(write(fd, buffer, size), size);
}

int deaf_connect(struct world *world, enum oriel_role role)
{
	struct oriel_carrier *carrier;
	struct oriel_msg msg = {.type = ORIEL_MSG_HELLO};
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	assert_int_equal(oriel_carrier_unix_adopt(&world->loop, fds[0], &carrier), 0);
	oriel_core_accept(&world->core, carrier, "deaf", false);
	msg.hello.magic = ORIEL_WIRE_MAGIC;
	msg.hello.major = ORIEL_WIRE_MAJOR;
	msg.hello.side = ORIEL_SIDE_HOST;
	msg.hello.features = ORIEL_FEATURE_INLINE_RAW;
	msg.hello.role = role;
	deaf_send(fds[1], &msg);
	return fds[1];
}
