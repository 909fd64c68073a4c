/* SPDX-License-Identifier: MIT */
/* The address mapper under threads, signal handlers and fork: whatever happens
 * at once, no client is taken for another. */
#define _GNU_SOURCE
#include "datagrams.h"

#include "peers/mapper.h"
#include "peers/peer_table.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>

/* Peers that are in each other's way: many in a small pool, many in a few sets
 * of the table, and a few more than there is room for in a single one. */
enum { CROWDS = 3, PEERS = 4096 };

static const struct crowd {
	struct pool pool;
	uint32_t peers, sets;
} crowds[CROWDS] = {
    {{.network = 0xc6120000, .length = 24}, PEERS, PEER_TABLE_SETS},
    {{.network = 0xf0000000, .length = 4}, PEERS, 8},
    {{.network = 0xf0000000, .length = 4}, 20, 1},
};

static struct address peers[CROWDS][PEERS];

static uint32_t checksum(uint32_t number)
{
	return number * UINT32_C(2654435761) ^ UINT32_C(0x5bd1e995);
}

/* Any half of one address and half of another is found out. */
static struct address numbered(uint32_t number)
{
	struct address address = peer6("2001:db8::", checksum(number) >> 7, 5000);
	uint32_t sum = checksum(number), words[3] = {number, sum, ~number};

	memcpy(&address.in6.sin6_addr.s6_addr[4], words, sizeof words);
	return address;
}

static bool is_whole(const struct address *real)
{
	uint32_t number;
	struct address expected;

	memcpy(&number, &real->in6.sin6_addr.s6_addr[4], sizeof number);
	expected = numbered(number);
	return same_address(real, &expected);
}

/* Whether it may stand for REAL: one of the choices that REAL has, or a spare one. */
static bool is_choice(const struct pool *pool, const struct address *shown, const struct address *real)
{
	uint32_t place;
	unsigned line;

	for (unsigned choice = 0; choice < SYNTHETIC_CHOICES; choice++) {
		struct address one = synthetic_address(pool, real, choice);

		if (same_address(&one, shown))
			return true;
	}
	return synthetic_is_spare(pool, shown->in.sin_addr.s_addr, &line, &place) &&
	       line == synthetic_rotation(pool, real);
}

static atomic_uint wrong, found_somebody;

static void check_find(const struct pool *pool, const struct address *shown)
{
	struct address real;

	if (!mapper_find(shown, &real))
		return;
	atomic_fetch_add(&found_somebody, 1);
	if (!is_whole(&real) || !is_choice(pool, shown, &real))
		atomic_fetch_add(&wrong, 1);
}

static const struct address *peer_of(unsigned crowd, uint32_t number)
{
	return &peers[crowd][number % crowds[crowd].peers];
}

static void show_and_check(unsigned crowd, uint32_t number)
{
	const struct pool *pool = &crowds[crowd].pool;
	const struct address *real = peer_of(crowd, number);
	struct address shown;

	/* A small pool may have no address left for it. */
	if (!mapper_show(pool, real, &shown))
		return;
	if (!is_choice(pool, &shown, real))
		atomic_fetch_add(&wrong, 1);
	check_find(pool, &shown);
}

static uint32_t next_random(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	return *seed ^= *seed << 5;
}

static int choose_peers(void **state)
{
	(void)state;
	for (unsigned crowd = 0; crowd < CROWDS; crowd++)
		for (uint32_t i = 0, number = 0; i < crowds[crowd].peers; number++) {
			struct address real = numbered(number),
				       shown = synthetic_address(&crowds[crowd].pool, &real, 0);

			if (ntohl(shown.in.sin_addr.s_addr) / PEER_TABLE_WAYS % PEER_TABLE_SETS <
			    crowds[crowd].sets)
				peers[crowd][i++] = real;
		}
	return 0;
}

static void nothing_is_wrong(void)
{
	assert_int_equal(atomic_load(&wrong), 0);
	assert_true(atomic_exchange(&found_somebody, 0) > 1000);
}

#ifdef __SANITIZE_THREAD__ /* takes ten times as long */
enum { WRITERS = 4, READERS = 2, ROUNDS = 20000 };
#else
enum { WRITERS = 4, READERS = 2, ROUNDS = 200000 };
#endif

static atomic_bool stop;

static void *write_for_a_while(void *argument)
{
	uint32_t seed = 1 + (uint32_t)(uintptr_t)argument;

	for (unsigned i = 0; i < ROUNDS; i++)
		show_and_check(i % CROWDS, next_random(&seed));
	return NULL;
}

static void *write_until_stopped(void *argument)
{
	uint32_t seed = 100 + (uint32_t)(uintptr_t)argument;

	for (unsigned i = 0; !atomic_load(&stop); i++)
		show_and_check(i % CROWDS, next_random(&seed));
	return NULL;
}

static void *read_until_stopped(void *argument)
{
	uint32_t seed = 1000 + (uint32_t)(uintptr_t)argument;

	for (unsigned i = 0; !atomic_load(&stop); i++) {
		const struct pool *pool = &crowds[i % CROWDS].pool;
		struct address shown = synthetic_address(pool, peer_of(i % CROWDS, next_random(&seed)), 0);

		check_find(pool, &shown);
	}
	return NULL;
}

static void start_threads(pthread_t *threads, size_t count, void *(*run)(void *))
{
	for (size_t i = 0; i < count; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, run, (void *)i), 0);
}

static void join_threads(const pthread_t *threads, size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
}

/* When all is quiet each address that is shown stands for its peer. */
static void settles(uint32_t seed)
{
	struct address real;

	for (unsigned i = 0; i < 1000; i++) {
		const struct address *peer = peer_of(i % CROWDS, next_random(&seed));
		struct address shown;

		if (!mapper_show(&crowds[i % CROWDS].pool, peer, &shown))
			continue;
		if (!mapper_find(&shown, &real) || !same_address(&real, peer))
			atomic_fetch_add(&wrong, 1);
	}
}

static void writers_and_readers(void **state)
{
	pthread_t writers[WRITERS], readers[READERS];

	(void)state;
	atomic_store(&stop, false);
	start_threads(readers, READERS, read_until_stopped);
	start_threads(writers, WRITERS, write_for_a_while);
	join_threads(writers, WRITERS);
	atomic_store(&stop, true);
	join_threads(readers, READERS);
	settles(77);
	nothing_is_wrong();
}

enum { INTERRUPTIONS = 5000, SECONDS_MOST = 20 };

static atomic_uint interruptions;

/* If it takes longer than the timer, nothing else would ever run. */
static void interrupt(int signal)
{
	static uint32_t seed = 4711;

	(void)signal;
	if (atomic_load(&interruptions) >= INTERRUPTIONS)
		return;
	for (unsigned i = 0; i < 20; i++)
		show_and_check(i % CROWDS, next_random(&seed));
	atomic_fetch_add(&interruptions, 1);
}

static void set_timer(long microseconds)
{
	struct itimerval every = {{0, microseconds}, {0, microseconds}};

	assert_int_equal(setitimer(ITIMER_REAL, &every, NULL), 0);
}

static void signal_handler(void **state)
{
	struct sigaction action = {.sa_handler = interrupt, .sa_flags = SA_RESTART};
	time_t end = time(NULL) + SECONDS_MOST;
	uint32_t seed = 31337;

	(void)state;
	assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
	set_timer(100);
	for (unsigned i = 0; atomic_load(&interruptions) < INTERRUPTIONS && time(NULL) < end; i++)
		show_and_check(i % CROWDS, next_random(&seed));
	set_timer(0);
	signal(SIGALRM, SIG_IGN); /* one may be on its way */
	assert_true(atomic_load(&interruptions) > INTERRUPTIONS / 50);
	settles(78);
	nothing_is_wrong();
}

/* In the child of a process whose other threads were writing: what they left
 * half written is never used again, and holds no thread up. */
static int in_child(void)
{
	signal(SIGALRM, SIG_DFL);
	alarm(30);
	atomic_store(&wrong, 0);
	settles((uint32_t)getpid());
	return atomic_load(&wrong) != 0;
}

static void fork_in_the_middle(void **state)
{
	enum { FORKS = 200 };
	pthread_t writers[WRITERS];

	(void)state;
	atomic_store(&stop, false);
	start_threads(writers, WRITERS, write_until_stopped);
	for (unsigned i = 0; i < FORKS; i++) {
		int status;
		pid_t child = fork();

		if (child == 0)
			_exit(in_child());
		assert_true(child > 0);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_int_equal(status, 0);
	}
	atomic_store(&stop, true);
	join_threads(writers, WRITERS);
	settles(79);
	nothing_is_wrong();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(writers_and_readers),
	    cmocka_unit_test(signal_handler),
	    cmocka_unit_test(fork_in_the_middle),
	};

	return cmocka_run_group_tests_name("mapper: at once", tests, choose_peers, NULL);
}
