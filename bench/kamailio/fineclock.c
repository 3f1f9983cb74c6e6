/* SIPp reads the coarse clock, which moves in steps of 4 ms on many kernels. Preloaded into SIPp alone, this gives it the fine one. */
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t id, struct timespec *now)
{
	if (id == CLOCK_MONOTONIC_COARSE) id = CLOCK_MONOTONIC;
	if (id == CLOCK_REALTIME_COARSE) id = CLOCK_REALTIME;
	return syscall(SYS_clock_gettime, id, now);
}
