/*
 * A PKCS#11 library that forwards every v2.40 call to the library named in ANKASECURE_FAULT_LIBRARY and fails or
 * delays the calls named in the file ANKASECURE_FAULT_CONTROL, one directive a line:
 *   C_Sign=0x32*1          the next call returns 0x32 without reaching the library
 *   C_Sign=sleep:5000*1    the next call waits 5000 ms, then is forwarded
 *   C_Sign=hang            every call waits until the directive is withdrawn, then is forwarded
 *   *=hang                 the directive holds for every function but C_GetFunctionList
 * Without `*N` a directive stays in force. The file is read again when it is replaced; counts start anew then.
 * ANKASECURE_FAULT_COUNTS names a file of one uint64 a function, in the order below: calls seen so far.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FUNCTIONS(X) \
  X(C_Initialize) X(C_Finalize) X(C_GetInfo) X(C_GetFunctionList) X(C_GetSlotList) X(C_GetSlotInfo) X(C_GetTokenInfo) \
  X(C_GetMechanismList) X(C_GetMechanismInfo) X(C_InitToken) X(C_InitPIN) X(C_SetPIN) X(C_OpenSession) X(C_CloseSession) \
  X(C_CloseAllSessions) X(C_GetSessionInfo) X(C_GetOperationState) X(C_SetOperationState) X(C_Login) X(C_Logout) \
  X(C_CreateObject) X(C_CopyObject) X(C_DestroyObject) X(C_GetObjectSize) X(C_GetAttributeValue) X(C_SetAttributeValue) \
  X(C_FindObjectsInit) X(C_FindObjects) X(C_FindObjectsFinal) X(C_EncryptInit) X(C_Encrypt) X(C_EncryptUpdate) \
  X(C_EncryptFinal) X(C_DecryptInit) X(C_Decrypt) X(C_DecryptUpdate) X(C_DecryptFinal) X(C_DigestInit) X(C_Digest) \
  X(C_DigestUpdate) X(C_DigestKey) X(C_DigestFinal) X(C_SignInit) X(C_Sign) X(C_SignUpdate) X(C_SignFinal) \
  X(C_SignRecoverInit) X(C_SignRecover) X(C_VerifyInit) X(C_Verify) X(C_VerifyUpdate) X(C_VerifyFinal) \
  X(C_VerifyRecoverInit) X(C_VerifyRecover) X(C_DigestEncryptUpdate) X(C_DecryptDigestUpdate) X(C_SignEncryptUpdate) \
  X(C_DecryptVerifyUpdate) X(C_GenerateKey) X(C_GenerateKeyPair) X(C_WrapKey) X(C_UnwrapKey) X(C_DeriveKey) \
  X(C_SeedRandom) X(C_GenerateRandom) X(C_GetFunctionStatus) X(C_CancelFunction) X(C_WaitForSlotEvent)

#define NUMBER(name) N_##name,
enum { FUNCTIONS(NUMBER) COUNT };

/* No PKCS#11 function takes more than eight arguments, all of them words or pointers. */
typedef unsigned long word;
typedef word (*function)(word, word, word, word, word, word, word, word);
struct list {
  unsigned char version[2];
  function call[COUNT];
};

#define NAME(name) #name,
static const char *const names[COUNT] = {FUNCTIONS(NAME)};
static struct list *real;
static struct list ours;
static struct { word code, sleep_ms, hang; long left; } faults[COUNT];
static uint64_t *counts;
static struct timespec read_at;
static ino_t read_inode;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void read_line(const char *line) {
  char name[64], what[64];
  long times = -1;
  if (sscanf(line, "%63[^=]=%63[^*\n]*%ld", name, what, &times) < 2) return;
  for (int i = 0; i < COUNT; i++) {
    if (strcmp(name, "*") != 0 && strcmp(name, names[i]) != 0) continue;
    faults[i].left = times;
    faults[i].hang = strcmp(what, "hang") == 0;
    faults[i].sleep_ms = strncmp(what, "sleep:", 6) == 0 ? strtoul(what + 6, NULL, 10) : 0;
    faults[i].code = faults[i].sleep_ms || faults[i].hang ? 0 : strtoul(what, NULL, 0);
  }
}

static void read_control(void) {
  const char *path = getenv("ANKASECURE_FAULT_CONTROL");
  struct stat now;
  if (!path || stat(path, &now) != 0) return;
  if (now.st_ino == read_inode && memcmp(&now.st_mtim, &read_at, sizeof read_at) == 0) return;
  read_inode = now.st_ino;
  read_at = now.st_mtim;
  memset(faults, 0, sizeof faults);
  FILE *file = fopen(path, "r");
  char line[160];
  while (file && fgets(line, sizeof line, file)) read_line(line);
  if (file) fclose(file);
}

/* Waits while calls of function `i` hang. */
static void wait_out(int i) {
  for (int hangs = 1; hangs;) {
    nanosleep(&(struct timespec){0, 20 * 1000 * 1000}, NULL);
    pthread_mutex_lock(&lock);
    read_control();
    hangs = faults[i].hang != 0;
    pthread_mutex_unlock(&lock);
  }
}

static word pass(int i, word a, word b, word c, word d, word e, word f, word g, word h) {
  word code = 0, sleep_ms = 0, hang = 0;
  pthread_mutex_lock(&lock);
  read_control();
  if (counts) counts[i]++;
  if (faults[i].left != 0) {
    code = faults[i].code;
    sleep_ms = faults[i].sleep_ms;
    hang = faults[i].hang;
    if (faults[i].left > 0) faults[i].left--;
  }
  pthread_mutex_unlock(&lock);
  if (code) return code;
  if (hang) wait_out(i);
  if (sleep_ms) nanosleep(&(struct timespec){sleep_ms / 1000, (sleep_ms % 1000) * 1000000}, NULL);
  return real->call[i](a, b, c, d, e, f, g, h);
}

#define WRAPPER(name)                                                              \
  static word W_##name(word a, word b, word c, word d, word e, word f, word g, word h) { \
    return pass(N_##name, a, b, c, d, e, f, g, h);                                  \
  }
FUNCTIONS(WRAPPER)

#define FILL(name) ours.call[N_##name] = W_##name;
word C_GetFunctionList(struct list **out) {
  pthread_mutex_lock(&lock);
  if (!real) {
    const char *path = getenv("ANKASECURE_FAULT_LIBRARY");
    void *library = path ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
    word (*get)(struct list **) = library ? (word(*)(struct list **))dlsym(library, "C_GetFunctionList") : NULL;
    if (!get || get(&real) != 0) {
      pthread_mutex_unlock(&lock);
      return 5;
    }
    memcpy(ours.version, real->version, sizeof ours.version);
    FUNCTIONS(FILL)
    const char *file = getenv("ANKASECURE_FAULT_COUNTS");
    int fd = file ? open(file, O_RDWR) : -1;
    void *map = fd < 0 ? MAP_FAILED : mmap(NULL, COUNT * sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    counts = map == MAP_FAILED ? NULL : map;
    if (fd >= 0) close(fd);
  }
  pthread_mutex_unlock(&lock);
  *out = &ours;
  return 0;
}
