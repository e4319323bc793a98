/*
 * Shifts the date of a process, and not its monotonic clock. Preload it (LD_PRELOAD). ANKASECURE_CLOCK names a directory; the
 * file there named after the process id, or else the file `all`, holds the shift in seconds. It is read again at most every
 * 20 ms, so the date can be shifted while the process runs.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static _Atomic long long shift;
static _Atomic long long read_at = -1;

static int real_clock(clockid_t id, struct timespec *at) { return (int)syscall(SYS_clock_gettime, id, at); }

static int read_shift(const char *directory, const char *name, long long *found) {
  char path[512], text[32];
  snprintf(path, sizeof path, "%s/%s", directory, name);
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  ssize_t size = read(file, text, sizeof text - 1);
  close(file);
  if (size <= 0) return 0;
  text[size] = 0;
  *found = strtoll(text, NULL, 10);
  return 1;
}

static long long shift_now(void) {
  struct timespec now;
  real_clock(CLOCK_MONOTONIC, &now);
  long long ms = now.tv_sec * 1000LL + now.tv_nsec / 1000000;
  if (read_at >= 0 && ms - read_at < 20) return shift;
  read_at = ms;
  const char *directory = getenv("ANKASECURE_CLOCK");
  char own[32];
  long long found = 0;
  snprintf(own, sizeof own, "%d", (int)getpid());
  if (directory != NULL && (read_shift(directory, own, &found) || read_shift(directory, "all", &found))) shift = found;
  else shift = 0;
  return shift;
}

int clock_gettime(clockid_t id, struct timespec *at) {
  int result = real_clock(id, at);
  if (result == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)) at->tv_sec += shift_now();
  return result;
}

int gettimeofday(struct timeval *at, void *zone) {
  (void)zone;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  at->tv_sec = now.tv_sec;
  at->tv_usec = now.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *at) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (at != NULL) *at = now.tv_sec;
  return now.tv_sec;
}
