/* What this process has open: sessions, the login, and the objects it made. Limits and events need to know them. */
#include "shim.h"
#include <pthread.h>

enum { USER = 1, RW_SESSION = 2, CKA_CLASS = 0, CKA_TOKEN = 1, CKA_LABEL = 3, CKA_ID = 0x102, DATA_CLASS = 0, MOST = 8192,
  MOST_PIN = 256 };
static const word vendor_defined = 0x80000000ul;

static struct { word session, slot; } sessions[MOST];
static struct { word object, session; } objects[MOST];
static int session_count, object_count;
static struct { word session; unsigned char pin[MOST_PIN]; word length; int held; } login;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Where a function that makes an object takes its template and its length from, and where it puts the handle. */
static const struct { int function, attributes, handle; } makers[] = {
  {N_C_CreateObject, 1, 3}, {N_C_CopyObject, 2, 4}, {N_C_GenerateKey, 2, 4}, {N_C_GenerateKeyPair, 2, 6},
  {N_C_GenerateKeyPair, 4, 7}, {N_C_UnwrapKey, 5, 7}, {N_C_DeriveKey, 3, 5}, {N_C_DecapsulateKey, 3, 7},
  {N_C_EncapsulateKey, 3, 7},
};
enum { MAKERS = sizeof makers / sizeof *makers };

static int is_maker(int function) {
  for (int index = 0; index < MAKERS; index++) if (makers[index].function == function) return 1;
  return 0;
}

static const struct attribute *attribute_of(word type, word attributes, word count) {
  const struct attribute *all = (const struct attribute *)attributes;
  for (word index = 0; all && index < count; index++) if (all[index].type == type) return &all[index];
  return NULL;
}

static void keep_object(word object, word session, word attributes, word count) {
  const struct attribute *token = attribute_of(CKA_TOKEN, attributes, count);
  const struct attribute *id = attribute_of(CKA_ID, attributes, count);
  const int lasts = token && token->length > 0 && *(const unsigned char *)token->value;
  if (object_count < MOST) {
    objects[object_count].object = object;
    objects[object_count++].session = lasts ? 0 : session;
  }
  if (lasts && id) shared_made(id->value, id->length);
}

static void forget_objects(word session, word object) {
  int kept = 0;
  for (int index = 0; index < object_count; index++)
    if (objects[index].object != object && (session == 0 || objects[index].session != session))
      objects[kept++] = objects[index];
  object_count = kept;
}

/* `all`: of the slot. */
static void forget_session(word session, word slot, int all) {
  int kept = 0;
  for (int index = 0; index < session_count; index++) {
    if (all ? sessions[index].slot == slot : sessions[index].session == session) {
      forget_objects(sessions[index].session, 0);
      forget_gcm(sessions[index].session);
    } else sessions[kept++] = sessions[index];
  }
  session_count = kept;
  if (session_count == 0) login.held = 0;
}

static int is_own_template(word attributes, word count) {
  const struct attribute *all = (const struct attribute *)attributes;
  for (word index = 0; all && index < count; index++)
    if (all[index].type != CKA_LABEL && all[index].type < vendor_defined) return 0;
  return 1;
}

static int has_unknown(word attributes, word count) {
  const struct attribute *all = (const struct attribute *)attributes;
  for (word index = 0; all && index < count; index++) if (attribute_unknown(all[index].type)) return 1;
  return 0;
}

/* What a vendor's attributes do not allow: those it does not know, data objects, and templates that are not its own. */
static word refused_template(int function, PARAMETERS) {
  const word arguments[] = {ARGUMENTS};
  const struct attribute *class = function == N_C_CreateObject ? attribute_of(CKA_CLASS, b, c) : NULL;
  if (limits.no_data && class && *(const word *)class->value == DATA_CLASS) return ATTRIBUTE_VALUE_INVALID;
  if ((function == N_C_FindObjectsInit && has_unknown(b, c)) || (function == N_C_GetAttributeValue && has_unknown(c, d)))
    return ATTRIBUTE_TYPE_INVALID;
  for (int index = 0; index < MAKERS; index++) {
    if (makers[index].function != function) continue;
    const word attributes = arguments[makers[index].attributes], count = arguments[makers[index].attributes + 1];
    if (has_unknown(attributes, count)) return ATTRIBUTE_TYPE_INVALID;
    const int generates = function == N_C_GenerateKey || function == N_C_GenerateKeyPair;
    if (limits.own_templates && generates && !is_own_template(attributes, count)) return TEMPLATE_INCONSISTENT;
  }
  return OK;
}

static word refused_while_removed(int function) {
  if (function >= N_C_CloseSession && function != N_C_CloseAllSessions && function != N_C_WaitForSlotEvent) return DEVICE_REMOVED;
  return function >= N_C_GetTokenInfo ? TOKEN_NOT_PRESENT : OK;
}

static word refused(int function, PARAMETERS) {
  if (limits.removed && refused_while_removed(function)) return refused_while_removed(function);
  if (function == N_C_OpenSession && limits.rw_only && !(b & RW_SESSION)) return SESSION_READ_ONLY;
  if (function == N_C_OpenSession && limits.sessions && (word)session_count >= limits.sessions) return SESSION_COUNT;
  if (function == N_C_Login && limits.login_once && login.held && b == USER) return ANOTHER_ALREADY_LOGGED_IN;
  if (limits.objects && is_maker(function) && (word)object_count >= limits.objects) return DEVICE_MEMORY;
  return refused_template(function, ARGUMENTS);
}

word session_refused(int function, PARAMETERS) {
  pthread_mutex_lock(&lock);
  const word code = refused(function, ARGUMENTS);
  pthread_mutex_unlock(&lock);
  return code;
}

static void keep_login(word session, word pin, word length) {
  login.held = 1;
  login.session = session;
  login.length = length < MOST_PIN ? length : MOST_PIN;
  memcpy(login.pin, (void *)pin, login.length);
}

static void done(int function, PARAMETERS) {
  const word arguments[] = {ARGUMENTS};
  if (function == N_C_OpenSession && session_count < MOST) {
    sessions[session_count].session = *(word *)e;
    sessions[session_count++].slot = a;
  }
  if (function == N_C_CloseSession) forget_session(a, 0, 0);
  if (function == N_C_CloseAllSessions) forget_session(0, a, 1);
  if (function == N_C_Finalize) session_count = object_count = login.held = 0;
  if (function == N_C_Login && b == USER) keep_login(a, c, d);
  if (function == N_C_DestroyObject) forget_objects(0, b);
  for (int index = 0; index < MAKERS; index++)
    if (makers[index].function == function)
      keep_object(*(word *)arguments[makers[index].handle], a, arguments[makers[index].attributes],
                  arguments[makers[index].attributes + 1]);
}

void session_done(int function, word code, PARAMETERS) {
  if (code != OK) return;
  pthread_mutex_lock(&lock);
  done(function, ARGUMENTS);
  pthread_mutex_unlock(&lock);
}

static word call(int function, word a, word b, word c, word d) { return real[function](a, b, c, d, 0, 0, 0, 0, 0, 0); }

/* All sessions end, and with them the login and every handle. */
static void restart(void) {
  while (session_count > 0) {
    const word slot = sessions[0].slot;
    call(N_C_CloseAllSessions, slot, 0, 0, 0);
    forget_session(0, slot, 1);
  }
  login.held = 0;
}

/* The session that logged in stays, so that the login does. */
static void lose_sessions(void) {
  for (int index = session_count - 1; index >= 0; index--) {
    const word session = sessions[index].session;
    if (session == login.session) continue;
    call(N_C_CloseSession, session, 0, 0, 0);
    forget_session(session, 0, 0);
  }
}

void happen(unsigned events) {
  pthread_mutex_lock(&lock);
  if (events & 1u << EVENT_SESSIONS) lose_sessions();
  if (events & (1u << EVENT_LOGOUT | 1u << EVENT_HANDLES) && login.held) call(N_C_Logout, login.session, 0, 0, 0);
  /* A token gives private objects other handles after a login. */
  if (events & 1u << EVENT_HANDLES && login.held)
    call(N_C_Login, login.session, USER, (word)login.pin, login.length);
  if (events & 1u << EVENT_RESTART) restart();
  pthread_mutex_unlock(&lock);
}
