/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "src/carrier/stream.h"
#include "tests/carrier/probe.h"

static void handle_accept(void *user, struct oriel_carrier *carrier, const char *peer)
{
	unsigned port;
	char rest;

	assert_int_equal(sscanf(peer, "127.0.0.1:%u%c", &port, &rest), 1);
	probe_start(user, carrier);
}

static struct oriel_listener *start_two(
	struct harness *harness, struct probe *a, struct probe *b, const char *host)
{
	struct oriel_listener *listener;
	struct oriel_carrier *carrier;

	assert_int_equal(oriel_listener_tcp(&harness->loop, 0, handle_accept, b, &listener), 0);
	unsigned port = oriel_listener_port(listener);
	assert_true(port >= 1 && port <= 65535);
	assert_int_equal(oriel_carrier_tcp_connect(&harness->loop, host, port, &carrier), 0);
	probe_start(a, carrier);
	return listener;
}

static void check_socket(const struct probe *probe)
{
	const struct oriel_stream *stream = (const struct oriel_stream *)probe->carrier;
	struct sockaddr_in address;
	socklen_t size = sizeof(address);
	int nodelay = 0;

	assert_int_equal(getsockname(stream->in_fd, (struct sockaddr *)&address, &size), 0);
	assert_int_equal(address.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
	size = sizeof(nodelay);
	assert_int_equal(getsockopt(stream->out_fd, IPPROTO_TCP, TCP_NODELAY, &nodelay, &size), 0);
	assert_true(nodelay != 0);
	assert_false(probe->carrier->ops->passes_fds);
}

static void test_exchange(void **state)
{
	static const char *const hosts[] = {"127.0.0.1", "localhost"};

	for (size_t i = 0; i < 2; i++) {
		struct probe a = {0}, b = {0};
		struct oriel_listener *listener = start_two(*state, &a, &b, hosts[i]);

		/* The first write comes before the connection is there. */
		probe_write(&a, "early", 5, -1);
		RUN_UNTIL(*state, b.size == 5);
		check_socket(&a);
		check_socket(&b);
		a.written = 0;
		b.size = 0;
		probe_exchange(*state, &a, &b, 8 << 20);
		probe_finish(&a);
		RUN_UNTIL(*state, b.closed);
		probe_destroy(&b);
		RUN_UNTIL(*state, a.closed);
		assert_int_equal(a.error, 0);
		probe_destroy(&a);
		oriel_listener_destroy(listener);
	}
}

static void test_finish_before_connected(void **state)
{
	struct probe a = {0}, b = {0};
	struct oriel_listener *listener = start_two(*state, &a, &b, "127.0.0.1");

	probe_finish(&a);
	RUN_UNTIL(*state, b.closed);
	probe_destroy(&b);
	RUN_UNTIL(*state, a.closed);
	probe_destroy(&a);
	oriel_listener_destroy(listener);
}

static void test_other_hosts_refused(void **state)
{
	static const char *const hosts[] = {"10.0.0.1", "0.0.0.0", "128.0.0.1", "::", "fe80::1",
		"example.org", "", "127.1", "::ffff:10.0.0.1"};
	struct harness *harness = *state;
	struct oriel_carrier *carrier;

	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++)
		assert_int_equal(
			oriel_carrier_tcp_connect(&harness->loop, hosts[i], 80, &carrier), -EINVAL);
	assert_int_equal(
		oriel_carrier_tcp_connect(&harness->loop, "127.0.0.1", 0, &carrier), -EINVAL);
	assert_int_equal(
		oriel_carrier_tcp_connect(&harness->loop, "127.0.0.1", 65536, &carrier), -EINVAL);
}

static void test_nobody_listens(void **state)
{
	struct harness *harness = *state;
	struct oriel_listener *listener;
	struct oriel_carrier *carrier;
	struct probe a = {0};

	assert_int_equal(oriel_listener_tcp(&harness->loop, 0, handle_accept, NULL, &listener), 0);
	unsigned port = oriel_listener_port(listener);
	oriel_listener_destroy(listener);
	int r = oriel_carrier_tcp_connect(&harness->loop, "127.0.0.1", port, &carrier);
	if (r < 0) {
		assert_int_equal(r, -ECONNREFUSED);
		return;
	}
	harness_turn(harness); /* the refusal comes before the start */
	probe_start(&a, carrier);
	probe_write(&a, "x", 1, -1);
	RUN_UNTIL(harness, a.closed);
	assert_int_equal(a.error, -ECONNREFUSED);
	probe_destroy(&a);
}

static void test_port_taken(void **state)
{
	struct harness *harness = *state;
	struct oriel_listener *listener, *second;

	assert_int_equal(oriel_listener_tcp(&harness->loop, 0, handle_accept, NULL, &listener), 0);
	assert_int_equal(oriel_listener_tcp(&harness->loop, oriel_listener_port(listener),
				 handle_accept, NULL, &second),
		-EADDRINUSE);
	assert_int_equal(
		oriel_listener_tcp(&harness->loop, 65536, handle_accept, NULL, &second), -EINVAL);
	oriel_listener_destroy(listener);
}

static void test_ipv6(void **state)
{
	struct harness *harness = *state;
	struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_addr = in6addr_loopback};
	socklen_t size = sizeof(address);
	struct oriel_carrier *carrier;
	struct probe a = {0};
	int listener = socket(AF_INET6, SOCK_STREAM, 0);

	if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) < 0) {
		if (listener >= 0)
			close(listener);
		print_message("# this machine has no ::1\n");
		skip();
	}
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
	assert_int_equal(oriel_carrier_tcp_connect(
				 &harness->loop, "::1", ntohs(address.sin6_port), &carrier),
		0);
	probe_start(&a, carrier);
	probe_write(&a, "x", 1, -1);
	RUN_UNTIL(harness, a.written);
	probe_destroy(&a);
	close(listener);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_exchange),
		HARNESS_TEST(test_finish_before_connected),
		HARNESS_TEST(test_other_hosts_refused),
		HARNESS_TEST(test_nobody_listens),
		HARNESS_TEST(test_port_taken),
		HARNESS_TEST(test_ipv6),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
