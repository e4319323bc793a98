/* The exported functions, and the lists of functions that stand for the lists of the library behind. */
#include "shim.h"
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { ARGUMENTS_BAD = 7, MOST_LISTS = 16 };
struct interface { const char *name; void *list; word flags; };

function real[COUNT];
static void *library;
static struct { const struct list *real; struct list ours; } lists[MOST_LISTS];
static int list_count;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
/* Held to read during each call, and to write while something happens to all sessions at once. */
static pthread_rwlock_t calls = PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP;

static void wait_us(word microseconds) {
  nanosleep(&(struct timespec){microseconds / 1000000, (microseconds % 1000000) * 1000}, NULL);
}

static void obey(unsigned events) {
  if (!events) return;
  pthread_rwlock_wrlock(&calls);
  happen(events);
  pthread_rwlock_unlock(&calls);
}

/* Waits while calls of the function hang. */
static void wait_out(int function) {
  for (int hangs = 1; hangs;) {
    wait_us(20000);
    control_lock();
    const unsigned events = control_read();
    hangs = control_hangs(function);
    control_unlock();
    obey(events);
  }
}

static word forward(int function, PARAMETERS) {
  if (limits.user_pin && function == N_C_Login && c) {
    const char *pin = (const char *)c, *colon = memchr(pin, ':', d);
    if (!colon) return PIN_INCORRECT;
    d -= colon + 1 - pin;
    c = (word)(colon + 1);
  }
  if (limits.creation_us && (function == N_C_GenerateKey || function == N_C_GenerateKeyPair))
    shared_wait_turn(limits.creation_us);
  pthread_rwlock_rdlock(&calls);
  word code = session_refused(function, ARGUMENTS);
  if (code == OK) {
    code = vendor_call(function, ARGUMENTS);
    session_done(function, code, ARGUMENTS);
    if (function == N_C_Initialize && code == OK) shared_initialised();
  }
  pthread_rwlock_unlock(&calls);
  return code;
}

static word pass(int function, PARAMETERS) {
  control_lock();
  const unsigned events = control_read();
  const struct fault fault = control_take(function);
  control_unlock();
  shared_count(function);
  obey(events);
  if (fault.code) return fault.code;
  if (fault.hang) wait_out(function);
  if (fault.wait_us) wait_us(fault.wait_us);
  return forward(function, ARGUMENTS);
}

#define WRAPPER(name) static word W_##name(PARAMETERS) { return pass(N_##name, ARGUMENTS); }
FUNCTIONS(WRAPPER)
#define WRAPPED(name) W_##name,
static const function wrappers[COUNT] = {FUNCTIONS(WRAPPED)};

#define EXPORTED __attribute__((visibility("default"))) word
EXPORTED C_GetFunctionList(struct list **out);
EXPORTED C_GetInterfaceList(struct interface *out, word *count);
EXPORTED C_GetInterface(const char *name, const unsigned char *version, struct interface **out, word flags);

static int count_of(const unsigned char *version) {
  if (version[0] < 3) return COUNT_2_40;
  return version[0] == 3 && version[1] < 2 ? COUNT_3_0 : COUNT;
}

/* The list that stands for `list`. A function that it lacks is lacking here too. */
static struct list *ours_for(const struct list *list) {
  for (int index = 0; index < list_count; index++) if (lists[index].real == list) return &lists[index].ours;
  if (list_count == MOST_LISTS) return NULL;
  struct list *ours = &lists[list_count].ours;
  lists[list_count++].real = list;
  memcpy(ours->version, list->version, sizeof ours->version);
  for (int index = 0; index < count_of(list->version); index++) {
    if (!list->call[index]) continue;
    if (!real[index]) real[index] = list->call[index];
    ours->call[index] = wrappers[index];
  }
  ours->call[N_C_GetFunctionList] = (function)(void *)C_GetFunctionList;
  if (ours->call[N_C_GetInterfaceList]) ours->call[N_C_GetInterfaceList] = (function)(void *)C_GetInterfaceList;
  if (ours->call[N_C_GetInterface]) ours->call[N_C_GetInterface] = (function)(void *)C_GetInterface;
  return ours;
}

static void *found(const char *name) {
  if (!library) {
    const char *path = getenv("ANKASECURE_FAULT_LIBRARY");
    library = path ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
    if (library) shared_open();
  }
  return library ? dlsym(library, name) : NULL;
}

static int has_interfaces(void) {
  control_lock();
  const unsigned events = control_read();
  const int has = !limits.v2_only;
  control_unlock();
  obey(events);
  return has;
}

static int is_standard(const char *name) { return name && strcmp(name, "PKCS 11") == 0; }

static word function_list(struct list **out) {
  word (*get)(struct list **) = (word(*)(struct list **))found("C_GetFunctionList");
  struct list *list;
  const word code = get ? get(&list) : GENERAL_ERROR;
  if (code != OK) return code;
  *out = ours_for(list);
  return *out ? OK : GENERAL_ERROR;
}

static word interface_list(struct interface *out, word *count) {
  word (*get)(struct interface *, word *) = (word(*)(struct interface *, word *))found("C_GetInterfaceList");
  if (!get) return FUNCTION_NOT_SUPPORTED;
  const word code = get(out, count);
  for (word index = 0; code == OK && out && index < *count; index++)
    if (is_standard(out[index].name)) out[index].list = ours_for(out[index].list);
  return code;
}

static word interface_named(const char *name, const unsigned char *version, struct interface **out, word flags) {
  static struct interface given[MOST_LISTS];
  static int next;
  word (*get)(const char *, const unsigned char *, struct interface **, word) =
    (word(*)(const char *, const unsigned char *, struct interface **, word))found("C_GetInterface");
  struct interface *theirs;
  if (!get) return FUNCTION_NOT_SUPPORTED;
  const word code = get(name, version, &theirs, flags);
  if (code != OK) return code;
  *out = theirs;
  if (!is_standard(theirs->name)) return OK;
  given[next % MOST_LISTS] = (struct interface){theirs->name, ours_for(theirs->list), theirs->flags};
  *out = &given[next++ % MOST_LISTS];
  return OK;
}

word C_GetFunctionList(struct list **out) {
  if (!out) return ARGUMENTS_BAD;
  pthread_mutex_lock(&lock);
  const word code = function_list(out);
  pthread_mutex_unlock(&lock);
  return code;
}

word C_GetInterfaceList(struct interface *out, word *count) {
  if (!count) return ARGUMENTS_BAD;
  if (!has_interfaces()) return FUNCTION_NOT_SUPPORTED;
  pthread_mutex_lock(&lock);
  const word code = interface_list(out, count);
  pthread_mutex_unlock(&lock);
  return code;
}

word C_GetInterface(const char *name, const unsigned char *version, struct interface **out, word flags) {
  if (!out) return ARGUMENTS_BAD;
  if (!has_interfaces()) return FUNCTION_NOT_SUPPORTED;
  pthread_mutex_lock(&lock);
  const word code = interface_named(name, version, out, flags);
  pthread_mutex_unlock(&lock);
  return code;
}
