/* Preloaded into a process, lets the calls that it makes fail as a bad disk or clock would.
 *
 * FAULT_STUCK=FILE    nothing reaches the disk while this file exists: the calls wait for it.
 * FAULT_NO_LOCKS=1    no file can be locked, as on a network file system without its lock service.
 * FAULT_CLOCK_S=N     the clock is N seconds ahead; behind if N is negative. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static void *real(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}

static void wait_while_stuck(void)
{
    const char *file = getenv("FAULT_STUCK");
    while (file && !access(file, F_OK))
        usleep(10000);
}

int fsync(int file)
{
    wait_while_stuck();
    return ((int (*)(int))real("fsync"))(file);
}

int fdatasync(int file)
{
    wait_while_stuck();
    return ((int (*)(int))real("fdatasync"))(file);
}

static int no_locks(void)
{
    if (!getenv("FAULT_NO_LOCKS"))
        return 0;
    errno = ENOLCK;
    return 1;
}

int flock(int file, int operation)
{
    if (no_locks())
        return -1;
    return ((int (*)(int, int))real("flock"))(file, operation);
}

static int is_lock(int command)
{
    return command == F_SETLK || command == F_SETLKW || command == F_OFD_SETLK;
}

#define CONTROL(name)                                                   \
    int name(int file, int command, ...)                                \
    {                                                                   \
        va_list more;                                                   \
        va_start(more, command);                                        \
        void *argument = va_arg(more, void *);                          \
        va_end(more);                                                   \
        if (is_lock(command) && no_locks())                             \
            return -1;                                                  \
        return ((int (*)(int, int, ...))real(#name))(file, command, argument); \
    }

CONTROL(fcntl)
CONTROL(fcntl64)

static time_t ahead(void)
{
    const char *seconds = getenv("FAULT_CLOCK_S");
    return seconds ? atol(seconds) : 0;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    int failed = ((int (*)(clockid_t, struct timespec *))real("clock_gettime"))(clock, now);
    if (!failed && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        now->tv_sec += ahead();
    return failed;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    int failed = ((int (*)(struct timeval *, void *))real("gettimeofday"))(now, zone);
    if (!failed)
        now->tv_sec += ahead();
    return failed;
}

time_t time(time_t *now)
{
    struct timespec found;
    clock_gettime(CLOCK_REALTIME, &found);
    if (now)
        *now = found.tv_sec;
    return found.tv_sec;
}
