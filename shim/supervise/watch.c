/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "supervise/watch.h"

#include "base/procfs.h"
#include "base/sys.h"
#include "supervise/errand.h"
#include "supervise/noted.h"
#include "supervise/notify.h"
#include "supervise/report.h"
#include "supervise/target.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum { LEFT_BEHIND_MAX = 8, STACK_BYTES = 512 * 1024 };

struct worker {
	const struct watch *watch;
	unsigned generation;
};

/* One tick each second. */
static void set_timer(const struct watch *watch, bool runs)
{
	struct itimerspec when = {.it_value.tv_sec = runs, .it_interval.tv_sec = runs};

	timerfd_settime(watch->timer, 0, &when, NULL);
}

static bool is_current(const struct worker *worker)
{
	return atomic_load(&worker->watch->shared->generation) == worker->generation;
}

/* Takes the next call. The worker counts as busy before it takes the call: a call that was taken
 * must get an answer. False: there is no call (any more). */
static bool take(const struct watch *watch, struct seccomp_notif *call)
{
	struct shared *shared = watch->shared;
	bool taken;

	atomic_store(&shared->making.thread, 0);
	atomic_store(&shared->busy, true);
	set_timer(watch, true);
	taken = queue_first(&shared->queue, call);
	if (!taken && !atomic_load(&watch->ending) && queue_receive(&shared->queue, watch->listener)) {
		noted_look_anew();
		taken = queue_first(&shared->queue, call);
	}
	if (taken) {
		atomic_store(&shared->id, call->id);
		return true;
	}
	set_timer(watch, false);
	atomic_store(&shared->busy, false);
	return false;
}

/* False if no process is left that could make a call, or this worker should not answer any more: only one may
 * receive calls, which would take the same places of the queue. */
static bool receive(const struct worker *worker, struct seccomp_notif *call)
{
	const struct watch *watch = worker->watch;

	while (!atomic_load(&watch->ending) && is_current(worker)) {
		struct pollfd watched = {.fd = watch->listener, .events = POLLIN, .revents = POLLIN};
		int count = queue_first(&watch->shared->queue, call) ? 1 : poll(&watched, 1, -1);

		if (!is_current(worker))
			return false;
		if (count > 0 && (watched.revents & POLLIN)) {
			if (take(watch, call))
				return true;
		} else if (count > 0) {
			return false;
		} else if (errno != EINTR) {
			usleep(100000); /* no memory */
		}
	}
	return false;
}

static struct answer look(const struct watch *watch, const struct seccomp_notif *notification)
{
	/* So many threads were left behind that no further call is looked at. */
	if (watch->left_behind >= LEFT_BEHIND_MAX)
		return (struct answer){.continues = true};
	return notify_decide(watch->listener, notification, watch->settings, &watch->shared->making);
}

static void serve(const struct worker *worker)
{
	const struct watch *watch = worker->watch;
	struct seccomp_notif call;

	while (receive(worker, &call)) {
		struct answer answer = look(watch, &call);

		if (!is_current(worker))
			return;
		set_timer(watch, false);
		answer_send(watch->listener, call.id, answer);
		queue_drop(&watch->shared->queue, call.id);
		atomic_store(&watch->shared->busy, false);
	}
}

static void *work(void *context)
{
	struct worker worker = *(struct worker *)context;

	free(context);
	serve(&worker);
	return NULL;
}

static bool start_worker(struct watch *watch)
{
	struct worker *worker = malloc(sizeof *worker);
	pthread_attr_t attributes;
	pthread_t thread;
	int error;

	if (worker == NULL)
		return false;
	*worker = (struct worker){watch, atomic_load(&watch->shared->generation)};
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK_BYTES);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	error = pthread_create(&thread, &attributes, work, worker);
	pthread_attr_destroy(&attributes);
	if (error != 0)
		free(worker);
	return error == 0;
}

void watch_pass(struct watch *watch)
{
	struct seccomp_notif notification;

	memset(&notification, 0, sizeof notification);
	if (ioctl(watch->listener, SECCOMP_IOCTL_NOTIF_RECV, &notification) == 0)
		answer_send(watch->listener, notification.id, (struct answer){.continues = true});
}

/* A bind that was made already would fail if it were made again, so it gets its answer. */
static void answer_in_flight(struct watch *watch)
{
	struct answer answer = {.continues = !target_was_bound(&watch->shared->making)};

	if (atomic_load(&watch->shared->busy))
		answer_send(watch->listener, atomic_load(&watch->shared->id), answer);
	queue_drop(&watch->shared->queue, atomic_load(&watch->shared->id));
	atomic_store(&watch->shared->busy, false);
}

/* Lets the calls that were received go on natively. */
static void pass_queued(struct watch *watch)
{
	struct seccomp_notif call;

	while (queue_first(&watch->shared->queue, &call)) {
		answer_send(watch->listener, call.id, (struct answer){.continues = true});
		queue_drop(&watch->shared->queue, call.id);
	}
}

static bool is_stuck(struct watch *watch, uint64_t ticks)
{
	return patience_ends(&watch->patience, atomic_load(&watch->shared->id), ticks) &&
	       atomic_load(&watch->shared->busy);
}

void watch_expired(struct watch *watch)
{
	uint64_t ticks;

	if (read(watch->timer, &ticks, sizeof ticks) != sizeof ticks || !is_stuck(watch, ticks))
		return;
	patience_renew(&watch->patience);
	atomic_fetch_add(&watch->shared->generation, 1);
	watch->left_behind++;
	report_event(
	    watch->settings, LOG_ERROR,
	    watch->left_behind < LEFT_BEHIND_MAX
		? "not converted: a program kept its supervisor waiting too long"
		: "not converted: a program kept its supervisor waiting again and again: from now on no call "
		  "is looked at",
	    0);
	answer_in_flight(watch);
	errand_give_up();
	watch->works = start_worker(watch);
	if (!watch->works)
		pass_queued(watch);
}

void watch_finish(struct watch *watch)
{
	struct pollfd watched = {.fd = watch->timer, .events = POLLIN};

	atomic_store(&watch->ending, true);
	while (watch->shared != NULL && atomic_load(&watch->shared->busy))
		if (poll(&watched, 1, 1) > 0)
			watch_expired(watch);
}

struct keeping {
	const int *kept;
	unsigned count;
};

static bool close_other(void *context, int folder, const char *name, int number)
{
	const struct keeping *keeping = context;

	(void)name;
	if (number <= STDERR_FILENO || number == folder)
		return true;
	for (unsigned i = 0; i < keeping->count; i++)
		if (keeping->kept[i] == number)
			return true;
	sys_close(number);
	return true;
}

void watch_keep_only(const int *kept, unsigned count)
{
	struct keeping keeping = {kept, count};
	int folder = procfs_open_own("/fd", O_DIRECTORY);

	if (folder < 0)
		return;
	procfs_walk(folder, close_other, &keeping);
	sys_close(folder);
}

/* Closes the outputs: a process that reads a pipe or a socket to its end waits for the program, which
 * has ended. */
static void leave_output(void)
{
	struct stat status;

	if (fstat(STDERR_FILENO, &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode)))
		dup2(STDIN_FILENO, STDERR_FILENO);
}

/* Runs in the stand-in, where no process looks at the timer. */
static void stand_in(struct watch *watch, int lifeline)
{
	const int kept[] = {watch->listener, watch->timer, lifeline};
	struct pollfd watched[2] = {{.fd = lifeline}, {.fd = watch->listener}};
	const pid_t supervisor = getppid();

	setsid();
	watch_keep_only(kept, sizeof kept / sizeof kept[0]);
	/* Nothing is written to the lifeline: it is closed when the supervisor ends. */
	while (poll(watched, 1, -1) < 0 && errno == EINTR)
		;
	/* Once the stand-in has another parent, the sockets that the supervisor had are closed, too, and
	 * cannot be in the way. */
	for (int i = 0; i < 1000 && getppid() == supervisor; i++)
		usleep(1000);
	leave_output();
	answer_in_flight(watch);
	if (poll(&watched[1], 1, 0) > 0 && (watched[1].revents & POLLHUP))
		_exit(0);
	atomic_fetch_add(&watch->shared->generation, 1);
	if (!start_worker(watch))
		_exit(0);
	watched[0].fd = watch->timer;
	watched[0].events = POLLIN;
	while (poll(watched, 2, -1) >= 0 || errno == EINTR) {
		if (watched[0].revents & POLLIN)
			watch_expired(watch);
		if (watched[1].revents & (POLLHUP | POLLERR))
			_exit(0);
	}
	_exit(0);
}

static void leave_stand_in(struct watch *watch)
{
	int ends[2];
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return;
	child = fork();
	if (child == 0) {
		close(ends[1]);
		stand_in(watch, ends[0]);
	}
	close(ends[0]); /* the other end stays open until this process ends */
}

bool watch_start(struct watch *watch, int listener, const struct settings *settings)
{
	void *page = mmap(NULL, sizeof *watch->shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	memset(watch, 0, sizeof *watch);
	watch->listener = listener;
	watch->settings = settings;
	watch->timer = -1;
	if (page == MAP_FAILED)
		return false;
	watch->shared = page;
	watch->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (watch->timer < 0)
		return false;
	leave_stand_in(watch); /* while there are no other threads */
	watch->works = start_worker(watch);
	return watch->works;
}
