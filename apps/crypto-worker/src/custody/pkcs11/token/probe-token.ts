import pkcs11js from 'pkcs11js';

/**
 * A program that finds out whether a new process would reach the token: it loads the library, finds the token and opens a
 * session. It does not log in, so it needs no PIN. The library may hang or crash, which ends this process and no other.
 * Arguments: the library's path, the token's label and serial, each empty if any will do. It exits with 0 if the token answers.
 */
const [, , libraryPath = '', label = '', serial = ''] = process.argv;

/** CKF_OS_LOCKING_OK, and CKF_SERIAL_SESSION. */
const [osLocking, serialSession] = [2, 4];

const p11 = new pkcs11js.PKCS11();
p11.load(libraryPath);
p11.C_Initialize({ flags: osLocking });
const found = p11.C_GetSlotList(true).find((slot) => {
  const info = p11.C_GetTokenInfo(slot);
  return [
    [label, info.label],
    [serial, info.serialNumber],
  ].every(([wanted, seen]) => wanted === '' || wanted === seen?.trimEnd());
});
if (found !== undefined) p11.C_OpenSession(found, serialSession);
process.exit(found === undefined ? 1 : 0);
