/* SPDX-License-Identifier: MIT */
// uv-udp-peer PORT [mmsg]: answers each datagram with its sender's address.
// mmsg: libuv receives with recvmmsg, several datagrams at a time.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

// recvmmsg takes as many datagrams as there are 64 KiB pieces.
enum { PIECE = 64 * 1024, PIECES = 8 };

struct answer {
	uv_udp_send_t request;
	char text[64];
};

static void check(int status, const char *what)
{
	if (status >= 0)
		return;
	fprintf(stderr, "%s: %s\n", what, uv_strerror(status));
	exit(1);
}

// One buffer is enough: it is empty again before the next one is asked for.
static void lend_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
	static char space[PIECE * PIECES];

	(void)suggested;
	*buffer = uv_buf_init(space, uv_udp_using_recvmmsg((uv_udp_t *)handle) ? sizeof(space) : PIECE);
}

static void sent(uv_udp_send_t *request, int status)
{
	check(status, "send");
	free(request->data);
}

static void received(uv_udp_t *socket, ssize_t length, const uv_buf_t *buffer, const struct sockaddr *sender,
		     unsigned flags)
{
	struct answer *answer;
	uv_buf_t text;

	(void)buffer;
	(void)flags;
	check((int)length, "receive");
	if (!sender)
		return; // nothing more to read, or the buffer is given back
	if (sender->sa_family != AF_INET) {
		fprintf(stderr, "the sender's family is %d\n", sender->sa_family);
		exit(1);
	}
	answer = calloc(1, sizeof(*answer));
	if (!answer)
		exit(1);
	answer->request.data = answer;
	check(uv_ip4_name((const struct sockaddr_in *)sender, answer->text, sizeof(answer->text)), "name");
	text = uv_buf_init(answer->text, (unsigned)strlen(answer->text));
	check(uv_udp_send(&answer->request, socket, &text, 1, sender, sent), "send");
}

int main(int argc, char **argv)
{
	struct sockaddr_in everywhere;
	uv_loop_t *loop = uv_default_loop();
	uv_udp_t socket;

	if (argc < 2 || argc > 3)
		return 2;
	fprintf(stderr, "libuv %s\n", uv_version_string());
	check(uv_ip4_addr("0.0.0.0", atoi(argv[1]), &everywhere), "address");
	check(uv_udp_init_ex(loop, &socket, argc == 3 ? AF_UNSPEC | UV_UDP_RECVMMSG : AF_UNSPEC), "init");
	if (argc == 3 && !uv_udp_using_recvmmsg(&socket))
		check(UV_ENOTSUP, "recvmmsg");
	check(uv_udp_bind(&socket, (const struct sockaddr *)&everywhere, 0), "bind");
	check(uv_udp_recv_start(&socket, lend_buffer, received), "start");
	return uv_run(loop, UV_RUN_DEFAULT);
}
