/*
 * A PKCS#11 library that forwards every call to the library named in ANKASECURE_FAULT_LIBRARY, v2.40 and v3.x alike, and
 * behaves otherwise only as the file ANKASECURE_FAULT_CONTROL says: control.c has its words. With an empty file it is
 * transparent. ANKASECURE_FAULT_COUNTS names a file of one uint64 a function, in the order of function.h: the calls that all
 * processes made so far. It is for LP64: a CK_ULONG, a handle and a pointer are one word.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <string.h>
#include "function.h"

#define NUMBER(name) N_##name,
enum { FUNCTIONS(NUMBER) COUNT };
#define PLUS_ONE(name) +1
enum { COUNT_2_40 = 0 FUNCTIONS_2_40(PLUS_ONE), COUNT_3_0 = COUNT_2_40 FUNCTIONS_3_0(PLUS_ONE) };

typedef unsigned long word;
/* No PKCS#11 function takes more than ten arguments, all of them words or pointers. */
#define PARAMETERS word a, word b, word c, word d, word e, word f, word g, word h, word i, word j
#define ARGUMENTS a, b, c, d, e, f, g, h, i, j
typedef word (*function)(PARAMETERS);
struct list { unsigned char version[2]; function call[COUNT]; };
struct attribute { word type; void *value; word length; };
struct mechanism { word type; void *parameter; word length; };
struct gcm { unsigned char *iv; word iv_length, iv_bits; void *aad; word aad_length, tag_bits; };

enum { OK = 0, GENERAL_ERROR = 5, ATTRIBUTE_TYPE_INVALID = 0x12, ATTRIBUTE_VALUE_INVALID = 0x13, DATA_LEN_RANGE = 0x21,
  DEVICE_MEMORY = 0x31, DEVICE_REMOVED = 0x32, FUNCTION_NOT_SUPPORTED = 0x54, MECHANISM_PARAM_INVALID = 0x71, PIN_INCORRECT = 0xa0,
  SESSION_COUNT = 0xb1, SESSION_READ_ONLY = 0xb5, TEMPLATE_INCOMPLETE = 0xd0, TEMPLATE_INCONSISTENT = 0xd1,
  TOKEN_NOT_PRESENT = 0xe0, ANOTHER_ALREADY_LOGGED_IN = 0x104, BUFFER_TOO_SMALL = 0x150 };

/* What the control file asks for besides faults of single functions. 0 means: not limited, as the token does it. */
struct limits {
  word removed;            /* the token is not in its slot */
  word sessions, objects;  /* the most that may be open, or made and not destroyed, in this process */
  word rw_only;            /* no read-only sessions */
  word login_once;         /* from C_Initialize to C_Finalize one C_Login succeeds */
  word own_templates;      /* keys are made from a label and the vendor's own attributes, and from nothing else */
  word own_objects;        /* objects that another process made since C_Initialize are not found */
  word gcm_iv;             /* who chooses the IV of AES-GCM: see enum */
  word gcm_max;            /* bytes that AES-GCM takes at a time */
  word sign_max;           /* bytes that C_Sign takes */
  word creation_us;        /* one key may be made in so many microseconds, by all processes together */
  word v2_only;            /* there is no list of interfaces, only the functions of v2.40 */
  word no_data;            /* no data objects */
  word kw_length;          /* AES key wrap (RFC 3394) unwraps only by a template with CKA_VALUE_LEN */
  word user_pin;           /* a PIN is a user's name, a colon and the token's PIN */
  word no_plain_ecdh;      /* ECDH gives no shared secret without a key derivation function */
};
enum { IV_CALLER, IV_WRITTEN_BACK, IV_APPENDED };
/* Things that happen once. The control file counts them. */
enum { EVENT_RESTART, EVENT_SESSIONS, EVENT_LOGOUT, EVENT_HANDLES, EVENTS };
struct fault { word code, wait_us, hang; long first, left; };

extern struct limits limits;
extern const char *const names[COUNT];
extern function real[COUNT];

/* control.c: what reads or takes is called between lock and unlock. */
void control_lock(void);
void control_unlock(void);
/* Reads the file again if it was replaced. Returns a bit for each event that must happen now. */
unsigned control_read(void);
/* The fault of one call of the function, all zeros for none. */
struct fault control_take(int function);
int control_hangs(int function);
/* The number that the token uses for a mechanism, and the one that the vendor shows. */
#define NO_MECHANISM 0xfffffffful
word mechanism_inside(word vendor);
word mechanism_outside(word inside);
/* Whether the vendor has no such attribute. */
int attribute_unknown(word type);
/* Who CK_TOKEN_INFO says made the token, and its model; empty for what the token itself says. */
enum { MANUFACTURER = 32, MODEL = 16 };
extern char manufacturer[MANUFACTURER + 1], model[MODEL + 1];

/* session.c: what this process has open. */
void happen(unsigned events);
/* The code that a limit answers a call with, or OK. */
word session_refused(int function, PARAMETERS);
void session_done(int function, word code, PARAMETERS);

/* vendor.c */
word vendor_call(int function, PARAMETERS);
void forget_gcm(word session);

/* shared.c: memory that all processes share. */
void shared_open(void);
void shared_count(int function);
/* Waits for the next time at which a key may be made. */
void shared_wait_turn(word every_us);
void shared_initialised(void);
/* Notes who made the object with this CKA_ID, and tells whether another process did since C_Initialize. */
void shared_made(const void *id, word length);
int shared_hides(const void *id, word length);
