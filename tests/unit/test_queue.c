/* SPDX-License-Identifier: MIT */
/* Calls that were received, of a child whose threads make them all at once. */
#define _GNU_SOURCE
#include "sockets.h"

#include "supervisable.h"
#include "supervise/answer.h"
#include "supervise/queue.h"
#include "waiting.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { THREADS = QUEUE_MAX + 3, FIRST = 100 };

static void nothing(void)
{
}

/* Each is answered with the number that it names. */
static void *call(void *place)
{
	int number = FIRST + *(int *)place;

	*(int *)place = syscall(SYS_listen, number, 1, 0L, 0L) < 0 && errno == number;
	return NULL;
}

/* The others call once the first call has its answer. */
static void call_at_once(void)
{
	pthread_t threads[THREADS];
	int places[THREADS], right = 0;

	syscall(SYS_listen, -1, 1, 0L, 0L);
	for (int i = 0; i < THREADS; i++) {
		places[i] = i;
		pthread_create(&threads[i], NULL, call, &places[i]);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		right += places[i];
	}
	_exit(right);
}

static void read_line(char *line, int room, pid_t process, const char *thread, const char *name)
{
	char path[320];
	FILE *file;

	line[0] = '\0';
	snprintf(path, sizeof path, "/proc/%d/task/%s/%s", process, thread, name);
	file = fopen(path, "r");
	if (file == NULL)
		return;
	if (fgets(line, room, file) == NULL)
		line[0] = '\0';
	fclose(file);
}

/* User-mode Linux does not tell system calls: there a thread that sleeps, and is not the first one, counts. */
static bool waits_in_listen(pid_t process, const char *thread)
{
	char line[64], wanted[16];

	if (access("/proc/self/syscall", F_OK) != 0) {
		read_line(line, sizeof line, process, thread, "stat");
		return atoi(thread) != process && strstr(line, ") S ") != NULL;
	}
	read_line(line, sizeof line, process, thread, "syscall");
	snprintf(wanted, sizeof wanted, "%d ", SYS_listen);
	return strncmp(line, wanted, strlen(wanted)) == 0;
}

static int count_waiting(pid_t process)
{
	char path[64];
	struct dirent *entry;
	int count = 0;
	DIR *folder;

	snprintf(path, sizeof path, "/proc/%d/task", process);
	folder = opendir(path);
	assert_non_null(folder);
	while ((entry = readdir(folder)) != NULL)
		count += entry->d_name[0] != '.' && waits_in_listen(process, entry->d_name);
	closedir(folder);
	return count;
}

/* How many are in the queue; each is answered and dropped. */
static unsigned empty(struct queue *queue, int listener)
{
	struct seccomp_notif one;
	unsigned count = 0;
	uint64_t last = 0;

	while (queue_first(queue, &one)) {
		assert_true(count == 0 || one.id != last);
		last = one.id;
		answer_send(listener, one.id, (struct answer){.error = (int)one.data.args[0]});
		queue_drop(queue, one.id);
		count++;
	}
	return count;
}

static void all_that_wait_are_received(void **state)
{
	static struct queue queue;
	struct seccomp_notif one;
	struct waiting waiting = {0};

	(void)state;
	assert_true(waiting_start(&waiting, nothing, call_at_once));
	assert_false(queue_first(&queue, &one));
	answer_send(waiting.listener, waiting.notification.id, (struct answer){.error = EBADF});
	for (int i = 0; i < 10000 && count_waiting(waiting.child) < THREADS; i++)
		usleep(1000);
	assert_true(queue_receive(&queue, waiting.listener));
	assert_true(queue_first(&queue, &one));
	queue_drop(&queue, one.id + THREADS); /* none of them */
	assert_int_equal(empty(&queue, waiting.listener), QUEUE_MAX);
	assert_true(queue_receive(&queue, waiting.listener));
	assert_int_equal(empty(&queue, waiting.listener), THREADS - QUEUE_MAX);
	assert_int_equal(waiting_end(&waiting), THREADS);
}

static void a_listener_that_is_none(void **state)
{
	static struct queue queue;
	struct seccomp_notif one;

	(void)state;
	assert_false(queue_receive(&queue, -1));
	assert_false(queue_first(&queue, &one));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(all_that_wait_are_received),
	    cmocka_unit_test(a_listener_that_is_none),
	};

	return is_supervisable() ? cmocka_run_group_tests(tests, NULL, NULL) : 0;
}
