/* Preloaded into a process, kills it at the n-th call that makes something durable.
 *
 * Nothing is counted until crash_arm is called. From then on each call is named on standard output,
 * and the n-th one (none if n is 0) is the last: the process gets SIGKILL before the call is carried
 * out or, if `after` is set, once it has been. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_int armed, calls;
static int last, after_it;

void crash_arm(int n, int after)
{
    last = n;
    after_it = after;
    armed = 1;
}

static int number_of(const char *name)
{
    if (!armed)
        return -1;
    dprintf(1, "call %s\n", name);
    return ++calls;
}

static void die_if(int now)
{
    if (now)
        kill(getpid(), SIGKILL);
}

#define WATCHED(name, parameters, arguments)                      \
    int name parameters                                           \
    {                                                             \
        int (*real) parameters;                                   \
        *(void **)&real = dlsym(RTLD_NEXT, #name);                \
        int number = number_of(#name);                            \
        die_if(number == last && !after_it);                      \
        int result = real arguments;                              \
        die_if(number == last && after_it);                       \
        return result;                                            \
    }

WATCHED(fsync, (int file), (file))
WATCHED(fdatasync, (int file), (file))
WATCHED(msync, (void *start, size_t size, int flags), (start, size, flags))
WATCHED(rename, (const char *from, const char *to), (from, to))
WATCHED(renameat, (int from_in, const char *from, int to_in, const char *to),
        (from_in, from, to_in, to))
WATCHED(renameat2, (int from_in, const char *from, int to_in, const char *to, unsigned int flags),
        (from_in, from, to_in, to, flags))
WATCHED(unlink, (const char *path), (path))
WATCHED(unlinkat, (int in, const char *path, int flags), (in, path, flags))
