import { readFileSync } from 'node:fs';
import pkcs11js from 'pkcs11js';

/**
 * Initialises the first slot whose token is not initialised, and prints the new token's serial. For development tokens that
 * have no tool for it. It is a program of its own, because a library that has served a token may refuse C_InitToken. It takes
 * its data on standard input, where no other process sees the PINs.
 */
interface InitToken {
  readonly libraryPath: string;
  readonly label: string;
  readonly pin: string;
  readonly soPin: string;
}

/** CKF_OS_LOCKING_OK; CKF_SERIAL_SESSION and CKF_RW_SESSION; CKF_TOKEN_INITIALIZED of CK_TOKEN_INFO. */
const [osLocking, rwSession, tokenInitialized] = [2, 6, 0x400];
/** CKU_SO, CKU_USER */
const [securityOfficer, user] = [0, 1];

const { libraryPath, label, pin, soPin } = JSON.parse(readFileSync(0, 'utf8')) as InitToken;

/** PKCS#11 labels have 32 bytes. The binding reads as many, whatever the string's length. */
const padded = label.padEnd(32);
if (Buffer.byteLength(padded) !== 32) throw new Error('a token label has at most 32 characters');

const library = new pkcs11js.PKCS11();
library.load(libraryPath);
library.C_Initialize({ flags: osLocking });
const slot = library.C_GetSlotList(true).find((each) => (library.C_GetTokenInfo(each).flags & tokenInitialized) === 0);
if (slot === undefined) throw new Error('every slot has an initialised token');
library.C_InitToken(slot, soPin, padded);
const session = library.C_OpenSession(slot, rwSession);
library.C_Login(session, securityOfficer, soPin);
library.C_InitPIN(session, pin);
library.C_Logout(session);
library.C_Login(session, user, pin);
process.stdout.write(library.C_GetTokenInfo(slot).serialNumber.trimEnd());
library.C_Finalize();
