/* Memory that all processes of one shim share: counts of calls, the next turn to make a key, and who made which object. */
#include "shim.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { MADE = 4096 };
struct shared {
  uint64_t counts[COUNT];
  uint64_t next_turn_ns;
  uint64_t made_count;
  struct { uint64_t id; uint64_t pid; } made[MADE];
};
static struct shared *shared;
static uint64_t made_before;

void shared_open(void) {
  const char *path = getenv("ANKASECURE_FAULT_COUNTS");
  int file = path ? open(path, O_RDWR) : -1;
  if (file >= 0 && ftruncate(file, sizeof *shared) == 0) {
    void *map = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (map != MAP_FAILED) shared = map;
  }
  if (file >= 0) close(file);
}

void shared_count(int function) {
  if (shared) __atomic_fetch_add(&shared->counts[function], 1, __ATOMIC_RELAXED);
}

void shared_wait_turn(word every_us) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  const uint64_t at = now.tv_sec * 1000000000ull + now.tv_nsec;
  if (!shared) return;
  uint64_t next = __atomic_load_n(&shared->next_turn_ns, __ATOMIC_RELAXED), mine;
  do mine = next > at ? next : at;
  while (!__atomic_compare_exchange_n(&shared->next_turn_ns, &next, mine + every_us * 1000, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
  if (mine == at) return;
  const struct timespec until = {mine / 1000000000, mine % 1000000000};
  /* A signal ends a sleep early. */
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR) continue;
}

/* FNV-1a */
static uint64_t hash_of(const void *bytes, word length) {
  uint64_t hash = 0xcbf29ce484222325ull;
  for (word index = 0; index < length; index++) hash = (hash ^ ((const unsigned char *)bytes)[index]) * 0x100000001b3ull;
  return hash;
}

void shared_made(const void *id, word length) {
  if (!shared) return;
  const uint64_t at = __atomic_fetch_add(&shared->made_count, 1, __ATOMIC_RELAXED) % MADE;
  shared->made[at].id = hash_of(id, length);
  shared->made[at].pid = getpid();
}

/* What was made before C_Initialize is visible to this process. */
void shared_initialised(void) { made_before = shared ? shared->made_count : 0; }

int shared_hides(const void *id, word length) {
  const uint64_t hash = hash_of(id, length);
  for (uint64_t index = made_before; shared && index < shared->made_count; index++)
    if (shared->made[index % MADE].id == hash && shared->made[index % MADE].pid != (uint64_t)getpid()) return 1;
  return 0;
}
