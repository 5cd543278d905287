/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * A link against a bare carrier that does what no link would do. Each fault must come back as a bye
 * with code and reason, and end the link with the error that goes with it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/link/duel.h"

static const size_t reads[] = {0, 1};
#define FOR_EACH_READ(i) for (size_t i = 0; i < 2; i++)

static void test_garbage(void **state)
{
	static const char *const garbage[] = {
		"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"SSH-2.0-OpenSSH_10.0\r\n",
		"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
		"\x16\x03\x01\x02\x01\x01\x00\x01\xfc\x03\x03",
	};

	for (size_t i = 0; i < sizeof(garbage) / sizeof(garbage[0]); i++) {
		for (int side = 0; side < 2; side++) {
			struct duel *duel = duel_new(*state, side);

			duel_start(duel, 1);
			duel_add_bytes(
				duel, garbage[i], strlen(garbage[i]) < 8 ? 8 : strlen(garbage[i]));
			duel_expect(duel, -1, -EPROTO, ORIEL_ERROR_PROTOCOL, "");
			assert_int_equal(duel->party->ready, 0);
			duel_free(duel);
		}
	}
}

static void test_zeros(void **state)
{
	static const unsigned char zeros[64];
	struct duel *duel = duel_new(*state, GUEST);

	duel_start(duel, 0);
	duel_add_bytes(duel, zeros, sizeof(zeros));
	duel_expect(duel, -1, -EPROTO, ORIEL_ERROR_PROTOCOL, "");
	duel_free(duel);
}

static void test_message_before_hello(void **state)
{
	FOR_EACH_READ(i)
	{
		struct duel *duel = duel_new(*state, HOST);

		duel_start(duel, reads[i]);
		/* The header is enough: of a large message nothing is waited for. */
		duel_add_bytes(duel, "\x00\x80\x40\x00\x22\x00\x00\x00", 8);
		duel_expect(duel, -1, -EPROTO, ORIEL_ERROR_PROTOCOL, "before hello");
		assert_int_equal(duel->party->messages, 0);
		duel_free(duel);
	}
}

static void test_wrong_magic(void **state)
{
	struct duel *duel = duel_new(*state, GUEST);

	duel_start(duel, 0);
	duel_add_hello(duel);
	duel->out[8] ^= 1;
	duel_expect(duel, -1, -EPROTO, ORIEL_ERROR_PROTOCOL, "magic");
	duel_free(duel);
}

static void test_second_hello(void **state)
{
	FOR_EACH_READ(i)
	{
		struct duel *duel = duel_new(*state, GUEST);

		duel_start(duel, reads[i]);
		duel_add_hello(duel);
		duel_add_hello(duel);
		duel_expect(duel, -1, -EPROTO, ORIEL_ERROR_PROTOCOL, "second hello");
		assert_int_equal(duel->party->ready, 1);
		duel_free(duel);
	}
}

static void test_wrong_direction(void **state)
{
	struct duel *duel = duel_new(*state, GUEST);

	duel_start(duel, 0);
	duel_add_hello(duel);
	duel_add_window_gone(duel); /* for the host only */
	duel_expect(duel, -1, -EPROTO, ORIEL_ERROR_PROTOCOL, "window_gone");
	assert_int_equal(duel->party->messages, 0);
	duel_free(duel);
}

static void test_out_of_range(void **state)
{
	struct duel *duel = duel_new(*state, HOST);

	duel_start(duel, 0);
	duel_add_hello(duel);
	duel_add_window_gone(duel);
	memset(duel->out + duel->size - 4, 0, 4);
	duel_expect(duel, -1, -EPROTO, ORIEL_ERROR_PROTOCOL, "window_gone");
	duel_free(duel);
}

/* Messages before the fault count, those behind it don't. */
static void test_fault_between_messages(void **state)
{
	struct duel *duel = duel_new(*state, HOST);

	duel_start(duel, 0);
	duel_add_hello(duel);
	duel_add_window_gone(duel);
	duel_add_window_gone(duel);
	duel_add_bytes(duel, "\xff\xff\xff\xff\xff\xff\x00\x00", 8);
	duel_add_window_gone(duel);
	duel_expect(duel, -1, -EPROTO, ORIEL_ERROR_PROTOCOL, "");
	assert_int_equal(duel->party->messages, 2);
	duel_free(duel);
}

static void test_version(void **state)
{
	for (int side = 0; side < 2; side++) {
		struct duel *duel = duel_new(*state, side);

		duel_start(duel, 0);
		duel_make_hello(duel);
		duel->msg->hello.major = ORIEL_WIRE_MAJOR + 1;
		duel_add_message(duel);
		duel_expect(duel, -1, -EPROTONOSUPPORT, ORIEL_ERROR_VERSION, "same release");
		assert_int_equal(duel->party->ready, 0);
		duel_free(duel);
	}
}

/* What an echo says to a viewer, and a viewer to a viewer. */
static void test_own_side(void **state)
{
	static const char *const reasons[] = {"sends back what it is sent", "a guest as well"};

	for (int side = 0; side < 2; side++) {
		struct duel *duel = duel_new(*state, side);

		duel_start(duel, 0);
		make_hello(duel->msg, side);
		duel_add_message(duel);
		duel_expect(duel, -1, -EPROTO, ORIEL_ERROR_PROTOCOL, reasons[side]);
		assert_int_equal(duel->party->ready, 0);
		duel_free(duel);
	}
}

static void test_newer_minor_is_fine(void **state)
{
	struct duel *duel = duel_new(*state, GUEST);

	duel_start(duel, 0);
	duel_make_hello(duel);
	duel->msg->hello.minor = ORIEL_WIRE_MINOR + 1;
	duel->msg->hello.features = ~UINT64_C(0);
	duel_add_message(duel);
	duel_write(duel, -1);
	RUN_UNTIL(*state, duel->party->ready);
	assert_true(oriel_link_features(duel->party->link) ==
		    (ORIEL_FEATURE_RING | ORIEL_FEATURE_INLINE_RAW));
	duel_free(duel);
}

static void test_wrong_tokens(void **state)
{
	static const char right[] = "0123456789abcdef";
	static const struct {
		const char *token;
		uint32_t size;
		const char *reason;
	} cases[] = {
		{"", 0, "is needed"},
		{"0123456789abcdeF", 16, "is wrong"},
		{"1123456789abcdef", 16, "is wrong"},
		{"0123456789abcde", 15, "is wrong"},
		{"0123456789abcdef0", 17, "is wrong"},
		{"0123456789abcdef\0\0\0\0", 20, "is wrong"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct duel *duel = duel_new(*state, GUEST);

		duel->party->options.token = right;
		duel->party->options.token_size = 16;
		duel_start(duel, 0);
		duel_make_hello(duel);
		duel->msg->hello.token = (struct oriel_bytes){cases[i].token, cases[i].size};
		duel_add_message(duel);
		duel_expect(duel, -1, -EACCES, ORIEL_ERROR_TOKEN, cases[i].reason);
		/* A stranger is told what to do, and nothing else: not even our hello. */
		assert_int_equal(duel->msg->type, ORIEL_MSG_BYE);
		assert_int_equal(duel->party->ready, 0);
		duel_free(duel);
	}
}

static void test_silence(void **state)
{
	for (int side = 0; side < 2; side++) {
		struct duel *duel = duel_new(*state, side);

		duel->party->options.handshake_ms = 30;
		duel_start(duel, 0);
		duel_expect(duel, -1, -ETIMEDOUT, ORIEL_ERROR_PROTOCOL, "no hello within 30 ms");
		duel_free(duel);
	}
}

static void test_half_a_hello(void **state)
{
	struct duel *duel = duel_new(*state, GUEST);

	duel->party->options.handshake_ms = 30;
	duel_start(duel, 0);
	duel_add_hello(duel);
	duel->size -= 3;
	duel_expect(duel, -1, -ETIMEDOUT, ORIEL_ERROR_PROTOCOL, "no hello");
	duel_free(duel);
}

static void test_unknown_optional_message(void **state)
{
	FOR_EACH_READ(i)
	{
		struct duel *duel = duel_new(*state, HOST);

		duel_start(duel, reads[i]);
		duel_add_hello(duel);
		/* type 0x7abc, marked optional as the icon is */
		make_window_gone(duel->msg, 1);
		struct oriel_msg *icon = calloc(1, sizeof(*icon));
		icon->type = ORIEL_MSG_ICON;
		icon->icon.width = icon->icon.height = 1;
		icon->icon.pixels = (struct oriel_bytes){"bgra", 4};
		size_t size;
		assert_int_equal(oriel_wire_encode(icon, duel->out + duel->size, 1000, &size), 0);
		duel->out[duel->size + 4] = 0xbc;
		duel->out[duel->size + 5] = 0x7a;
		duel->size += size;
		free(icon);
		duel_add_window_gone(duel);
		duel_write(duel, -1);
		RUN_UNTIL(*state, duel->party->messages == 1);
		assert_int_equal(duel->party->last_type, ORIEL_MSG_WINDOW_GONE);
		assert_int_equal(duel->party->closed, 0);
		duel_free(duel);
	}
}

static void test_bye_without_reason(void **state)
{
	struct duel *duel = duel_new(*state, HOST);

	duel_greet(duel, 0);
	memset(duel->msg, 0, sizeof(*duel->msg));
	duel->msg->type = ORIEL_MSG_BYE;
	duel_add_message(duel);
	duel_write(duel, -1);
	RUN_UNTIL(*state, duel->party->closed);
	assert_int_equal(duel->party->error, 0);
	assert_string_equal(duel->party->reason, "the other end is done");
	duel_free(duel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_garbage),
		HARNESS_TEST(test_zeros),
		HARNESS_TEST(test_message_before_hello),
		HARNESS_TEST(test_wrong_magic),
		HARNESS_TEST(test_second_hello),
		HARNESS_TEST(test_wrong_direction),
		HARNESS_TEST(test_out_of_range),
		HARNESS_TEST(test_fault_between_messages),
		HARNESS_TEST(test_version),
		HARNESS_TEST(test_own_side),
		HARNESS_TEST(test_newer_minor_is_fine),
		HARNESS_TEST(test_wrong_tokens),
		HARNESS_TEST(test_silence),
		HARNESS_TEST(test_half_a_hello),
		HARNESS_TEST(test_unknown_optional_message),
		HARNESS_TEST(test_bye_without_reason),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
