/* Calls as vendors' libraries change them: numbers of mechanisms, IVs that the HSM chooses, sizes, and what a find shows. */
#include "shim.h"
#include <pthread.h>
#include <sys/random.h>

enum { CKM_ECDH1_DERIVE = 0x1050, CKM_AES_GCM = 0x1087, CKM_AES_KEY_WRAP = 0x2109, CKD_NULL = 1, CKA_ID = 0x102,
  CKA_VALUE_LEN = 0x161, WRITTEN_IV = 12, APPENDED_IV = 16, TAG = 16, MOST = 512, MOST_ATTRIBUTES = 64 };

/* An encryption or decryption with AES-GCM that a session has begun. */
static struct pending { word session; unsigned char iv[APPENDED_IV]; word iv_length; unsigned char *write_to; int appends; } pending[MOST];
static int pending_count;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void forget_gcm(word session) {
  pthread_mutex_lock(&lock);
  for (int index = 0; index < pending_count; index++)
    if (pending[index].session == session) pending[index--] = pending[--pending_count];
  pthread_mutex_unlock(&lock);
}

static void keep_gcm(struct pending one) {
  forget_gcm(one.session);
  pthread_mutex_lock(&lock);
  if (pending_count < MOST) pending[pending_count++] = one;
  pthread_mutex_unlock(&lock);
}

static struct pending gcm_of(word session) {
  struct pending found = {0};
  pthread_mutex_lock(&lock);
  for (int index = 0; index < pending_count; index++)
    if (pending[index].session == session) found = pending[index];
  pthread_mutex_unlock(&lock);
  return found;
}

static word real_call(int function, PARAMETERS) { return real[function](ARGUMENTS); }

static int takes_mechanism(int function) {
  static const int taking[] = {N_C_EncryptInit, N_C_DecryptInit, N_C_DigestInit, N_C_SignInit, N_C_SignRecoverInit,
    N_C_VerifyInit, N_C_VerifyRecoverInit, N_C_GenerateKey, N_C_GenerateKeyPair, N_C_WrapKey, N_C_UnwrapKey, N_C_DeriveKey,
    N_C_MessageEncryptInit, N_C_MessageDecryptInit, N_C_MessageSignInit, N_C_MessageVerifyInit, N_C_EncapsulateKey,
    N_C_DecapsulateKey, N_C_VerifySignatureInit, N_C_WrapKeyAuthenticated, N_C_UnwrapKeyAuthenticated};
  for (unsigned index = 0; index < sizeof taking / sizeof *taking; index++) if (taking[index] == function) return 1;
  return 0;
}

static word begin_gcm(int function, struct mechanism mechanism, PARAMETERS) {
  struct gcm *given = mechanism.parameter, inside;
  struct pending one = {.session = a};
  if (function == N_C_DecryptInit || limits.gcm_iv == IV_CALLER || mechanism.length != sizeof inside) {
    keep_gcm(one);
    return real_call(function, a, (word)&mechanism, c, d, e, f, g, h, i, j);
  }
  for (word index = 0; index < given->iv_length; index++) if (given->iv[index]) return MECHANISM_PARAM_INVALID;
  one.appends = limits.gcm_iv == IV_APPENDED;
  one.iv_length = one.appends ? APPENDED_IV : WRITTEN_IV;
  one.write_to = one.appends ? NULL : given->iv;
  if (!one.appends && given->iv_length != WRITTEN_IV) return MECHANISM_PARAM_INVALID;
  if (getrandom(one.iv, one.iv_length, 0) != (ssize_t)one.iv_length) return GENERAL_ERROR;
  inside = *given;
  inside.iv = one.iv;
  inside.iv_length = one.iv_length;
  inside.iv_bits = 8 * one.iv_length;
  mechanism.parameter = &inside;
  const word code = real_call(function, a, (word)&mechanism, c, d, e, f, g, h, i, j);
  if (code == OK) keep_gcm(one);
  return code;
}

/* The HSM tells its IV when it has encrypted, in the caller's parameter or after the tag. */
static word encrypt(int function, PARAMETERS) {
  const struct pending one = gcm_of(a);
  word *length = (word *)e;
  if (one.session != a || a == 0) return real_call(function, ARGUMENTS);
  /* The tag is no data. */
  if (limits.gcm_max && c > limits.gcm_max + (function == N_C_Decrypt ? TAG : 0)) return DATA_LEN_RANGE;
  if (function == N_C_Decrypt) return real_call(function, ARGUMENTS);
  const word most = c + TAG + one.iv_length;
  if (one.appends && d && *length < most) {
    *length = most;
    return BUFFER_TOO_SMALL;
  }
  const word code = real_call(function, ARGUMENTS);
  if (code != OK) return code;
  if (one.appends && d) memcpy((unsigned char *)d + *length, one.iv, one.iv_length);
  if (one.appends) *length += one.iv_length;
  if (one.write_to && d) memcpy(one.write_to, one.iv, one.iv_length);
  return OK;
}

static int is_shown(word session, word object) {
  unsigned char id[64];
  struct attribute wanted = {CKA_ID, id, sizeof id};
  if (real_call(N_C_GetAttributeValue, session, object, (word)&wanted, 1, 0, 0, 0, 0, 0, 0) != OK) return 1;
  return !shared_hides(id, wanted.length);
}

static word find(PARAMETERS) {
  const word code = real_call(N_C_FindObjects, ARGUMENTS);
  word *found = (word *)b, *count = (word *)d, kept = 0;
  if (code != OK || !limits.own_objects) return code;
  for (word index = 0; index < *count; index++) if (is_shown(a, found[index])) found[kept++] = found[index];
  *count = kept;
  return OK;
}

static word list_mechanisms(PARAMETERS) {
  const word code = real_call(N_C_GetMechanismList, ARGUMENTS);
  word *list = (word *)b;
  word shown = 0;
  for (word index = 0; code == OK && list && index < *(word *)c; index++) {
    list[shown] = mechanism_outside(list[index]);
    if (list[shown] != NO_MECHANISM) shown++;
  }
  if (code == OK && list) *(word *)c = shown;
  return code;
}

/* The tokens behind read the length from the blob, and take no length besides. */
static word unwrap(struct mechanism mechanism, PARAMETERS) {
  struct attribute *all = (struct attribute *)f, kept[MOST_ATTRIBUTES];
  word count = 0;
  for (word index = 0; index < g && count < MOST_ATTRIBUTES; index++)
    if (all[index].type != CKA_VALUE_LEN) kept[count++] = all[index];
  if (count == g) return TEMPLATE_INCOMPLETE;
  return real_call(N_C_UnwrapKey, a, (word)&mechanism, c, d, e, (word)kept, count, h, i, j);
}

/* Texts of CK_TOKEN_INFO are padded with blanks. */
static void put_text(char *at, word length, const char *text) {
  if (!*text) return;
  memset(at, ' ', length);
  memcpy(at, text, strlen(text));
}

static word token_info(PARAMETERS) {
  const word code = real_call(N_C_GetTokenInfo, ARGUMENTS);
  struct { char label[32], manufacturer[MANUFACTURER], model[MODEL]; } *info = (void *)b;
  if (code != OK) return code;
  put_text(info->manufacturer, MANUFACTURER, manufacturer);
  put_text(info->model, MODEL, model);
  return OK;
}

static word with_mechanism(int function, PARAMETERS) {
  struct mechanism mechanism = *(struct mechanism *)b;
  mechanism.type = mechanism_inside(mechanism.type);
  if (mechanism.type == CKM_AES_GCM && (function == N_C_EncryptInit || function == N_C_DecryptInit))
    return begin_gcm(function, mechanism, ARGUMENTS);
  if (function == N_C_EncryptInit || function == N_C_DecryptInit) forget_gcm(a);
  if (limits.kw_length && mechanism.type == CKM_AES_KEY_WRAP && function == N_C_UnwrapKey) return unwrap(mechanism, ARGUMENTS);
  if (limits.no_plain_ecdh && mechanism.type == CKM_ECDH1_DERIVE && *(word *)mechanism.parameter == CKD_NULL)
    return MECHANISM_PARAM_INVALID;
  return real_call(function, a, (word)&mechanism, c, d, e, f, g, h, i, j);
}

word vendor_call(int function, PARAMETERS) {
  if (takes_mechanism(function) && b) return with_mechanism(function, ARGUMENTS);
  switch (function) {
    case N_C_GetSlotList:
      if (!limits.removed || !(unsigned char)a) return real_call(function, ARGUMENTS);
      *(word *)c = 0;
      return OK;
    case N_C_GetTokenInfo: return token_info(ARGUMENTS);
    case N_C_GetMechanismList: return list_mechanisms(ARGUMENTS);
    case N_C_GetMechanismInfo: return real_call(function, a, mechanism_inside(b), c, d, e, f, g, h, i, j);
    case N_C_Encrypt: case N_C_Decrypt: return encrypt(function, ARGUMENTS);
    case N_C_FindObjects: return find(ARGUMENTS);
    case N_C_Sign: return limits.sign_max && c > limits.sign_max ? DATA_LEN_RANGE : real_call(function, ARGUMENTS);
    default: return real_call(function, ARGUMENTS);
  }
}
