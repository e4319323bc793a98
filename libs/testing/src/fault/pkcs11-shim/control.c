/*
 * The control file, one directive a line. Of single functions, where `*` means every function but those that return lists of
 * functions:
 *   C_Sign=0x32*1          the next call returns 0x32 without reaching the library
 *   C_Sign=0x32@5*1        the fifth call from now does so
 *   C_Sign=sleep:5000*1    the next call waits 5000 ms, then is forwarded
 *   C_Sign=us:2000         every call waits 2000 us, then is forwarded
 *   C_Sign=hang            every call waits until the directive is withdrawn, then is forwarded
 * Without `*N` a directive stays in force. A later line replaces an earlier one for the same function.
 * Of the token: the words of `words` and `events` below, as `sessions 16`; `mechanism 0x80002109 0x2109` shows the second
 * mechanism by the first number, `hidden 0x1057` shows none, `unknown 0x171` takes no such attribute, and `manufacturer=SafeNet`
 * and `model=Luna` are the token's. The file is read again when it is replaced; counts of calls start anew then.
 */
#include "shim.h"
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#define NAME(name) #name,
const char *const names[COUNT] = {FUNCTIONS(NAME)};
struct limits limits;

static const struct { const char *name; size_t at; } words[] = {
  {"removed", offsetof(struct limits, removed)},
  {"sessions", offsetof(struct limits, sessions)},
  {"objects", offsetof(struct limits, objects)},
  {"rw-only", offsetof(struct limits, rw_only)},
  {"login-once", offsetof(struct limits, login_once)},
  {"own-templates", offsetof(struct limits, own_templates)},
  {"own-objects", offsetof(struct limits, own_objects)},
  {"gcm-iv", offsetof(struct limits, gcm_iv)},
  {"gcm-max", offsetof(struct limits, gcm_max)},
  {"sign-max", offsetof(struct limits, sign_max)},
  {"creation-us", offsetof(struct limits, creation_us)},
  {"v2-only", offsetof(struct limits, v2_only)},
  {"no-data", offsetof(struct limits, no_data)},
  {"kw-length", offsetof(struct limits, kw_length)},
  {"user-pin", offsetof(struct limits, user_pin)},
  {"no-plain-ecdh", offsetof(struct limits, no_plain_ecdh)},
};
static const char *const events[EVENTS] = {"restart", "lose-sessions", "log-out", "renew-handles"};

enum { MECHANISMS = 64, ATTRIBUTES = 16 };
/* A hidden mechanism has no number of the vendor. */
static struct { word vendor, inside; } mechanisms[MECHANISMS];
static int mechanism_count;
static word unknown[ATTRIBUTES];
static int unknown_count;
char manufacturer[MANUFACTURER + 1], model[MODEL + 1];
static struct fault faults[COUNT];
static word happened[EVENTS];
static int was_read;
static struct timespec read_at;
static ino_t read_inode;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void control_lock(void) { pthread_mutex_lock(&lock); }
void control_unlock(void) { pthread_mutex_unlock(&lock); }

static void read_fault(const char *name, const char *what) {
  if (strcmp(name, "manufacturer") == 0) strncpy(manufacturer, what, MANUFACTURER);
  if (strcmp(name, "model") == 0) strncpy(model, what, MODEL);
  struct fault fault = {0, 0, 0, 1, -1};
  const char *first = strchr(what, '@'), *times = strchr(what, '*');
  if (first) fault.first = atol(first + 1);
  if (times) fault.left = atol(times + 1);
  if (strncmp(what, "hang", 4) == 0) fault.hang = 1;
  else if (strncmp(what, "sleep:", 6) == 0) fault.wait_us = 1000 * strtoul(what + 6, NULL, 10);
  else if (strncmp(what, "us:", 3) == 0) fault.wait_us = strtoul(what + 3, NULL, 10);
  else fault.code = strtoul(what, NULL, 0);
  for (int function = 0; function < COUNT; function++)
    if (strcmp(name, "*") == 0 || strcmp(name, names[function]) == 0) faults[function] = fault;
}

static unsigned read_word(const char *name, word value, word second) {
  const int hidden = strcmp(name, "hidden") == 0;
  if ((hidden || strcmp(name, "mechanism") == 0) && mechanism_count < MECHANISMS) {
    mechanisms[mechanism_count].vendor = hidden ? NO_MECHANISM : value;
    mechanisms[mechanism_count++].inside = hidden ? value : second;
  }
  if (strcmp(name, "unknown") == 0 && unknown_count < ATTRIBUTES) unknown[unknown_count++] = value;
  for (size_t index = 0; index < sizeof words / sizeof *words; index++)
    if (strcmp(name, words[index].name) == 0) *(word *)((char *)&limits + words[index].at) = value;
  for (int event = 0; event < EVENTS; event++) {
    if (strcmp(name, events[event]) != 0 || value == happened[event]) continue;
    happened[event] = value;
    /* What happened before this process began does not concern it. */
    return was_read ? 1u << event : 0;
  }
  return 0;
}

static unsigned read_line(const char *line) {
  char name[64], what[64];
  word value = 1, second = 0;
  if (sscanf(line, "%63[^= \n]=%63[^\n]", name, what) == 2) {
    read_fault(name, what);
    return 0;
  }
  return sscanf(line, "%63s %li %li", name, (long *)&value, (long *)&second) < 1 ? 0 : read_word(name, value, second);
}

unsigned control_read(void) {
  const char *path = getenv("ANKASECURE_FAULT_CONTROL");
  struct stat now;
  unsigned happening = 0;
  if (!path || stat(path, &now) != 0) return 0;
  if (now.st_ino == read_inode && memcmp(&now.st_mtim, &read_at, sizeof read_at) == 0) return 0;
  read_inode = now.st_ino;
  read_at = now.st_mtim;
  const int was_removed = limits.removed != 0;
  memset(faults, 0, sizeof faults);
  memset(&limits, 0, sizeof limits);
  mechanism_count = unknown_count = 0;
  manufacturer[0] = model[0] = 0;
  FILE *file = fopen(path, "r");
  char line[160];
  while (file && fgets(line, sizeof line, file)) happening |= read_line(line);
  if (file) fclose(file);
  /* A token that leaves its slot takes its sessions along. */
  if (limits.removed && !was_removed) happening |= 1u << EVENT_RESTART;
  was_read = 1;
  return happening;
}

struct fault control_take(int function) {
  struct fault *fault = &faults[function];
  const struct fault none = {0};
  if (fault->left == 0) return none;
  if (fault->first > 1) {
    fault->first--;
    return none;
  }
  if (fault->left > 0) fault->left--;
  return *fault;
}

/* `faults[function]` may be withdrawn while a call hangs, so its caller asks again. */
int control_hangs(int function) { return faults[function].hang != 0; }

word mechanism_inside(word vendor) {
  for (int index = 0; index < mechanism_count; index++)
    if (mechanisms[index].vendor == vendor) return mechanisms[index].inside;
  /* The standard's number means nothing to a token that has another for the same mechanism. */
  for (int index = 0; index < mechanism_count; index++)
    if (mechanisms[index].inside == vendor) return NO_MECHANISM;
  return vendor;
}

word mechanism_outside(word inside) {
  for (int index = 0; index < mechanism_count; index++)
    if (mechanisms[index].inside == inside) return mechanisms[index].vendor;
  return inside;
}

int attribute_unknown(word type) {
  for (int index = 0; index < unknown_count; index++) if (unknown[index] == type) return 1;
  return 0;
}
