import { otherCkr } from './other-ckr.js';

/** Return values by their PKCS#11 names (v2.40 and v3.1, §5.1). Only values that this code acts upon are listed. */
export const ckr = {
  HOST_MEMORY: 0x02,
  SLOT_ID_INVALID: 0x03,
  GENERAL_ERROR: 0x05,
  FUNCTION_FAILED: 0x06,
  ARGUMENTS_BAD: 0x07,
  ATTRIBUTE_SENSITIVE: 0x11,
  ATTRIBUTE_TYPE_INVALID: 0x12,
  DATA_INVALID: 0x20,
  DATA_LEN_RANGE: 0x21,
  DEVICE_ERROR: 0x30,
  DEVICE_MEMORY: 0x31,
  DEVICE_REMOVED: 0x32,
  ENCRYPTED_DATA_INVALID: 0x40,
  ENCRYPTED_DATA_LEN_RANGE: 0x41,
  AEAD_DECRYPT_FAILED: 0x42,
  KEY_HANDLE_INVALID: 0x60,
  MECHANISM_INVALID: 0x70,
  MECHANISM_PARAM_INVALID: 0x71,
  OBJECT_HANDLE_INVALID: 0x82,
  OPERATION_ACTIVE: 0x90,
  PIN_INCORRECT: 0xa0,
  PIN_INVALID: 0xa1,
  PIN_LEN_RANGE: 0xa2,
  PIN_EXPIRED: 0xa3,
  PIN_LOCKED: 0xa4,
  SESSION_CLOSED: 0xb0,
  SESSION_HANDLE_INVALID: 0xb3,
  SIGNATURE_INVALID: 0xc0,
  TOKEN_NOT_PRESENT: 0xe0,
  TOKEN_NOT_RECOGNIZED: 0xe1,
  UNWRAPPING_KEY_HANDLE_INVALID: 0xf0,
  USER_ALREADY_LOGGED_IN: 0x100,
  USER_NOT_LOGGED_IN: 0x101,
  USER_PIN_NOT_INITIALIZED: 0x102,
  WRAPPED_KEY_INVALID: 0x110,
  WRAPPED_KEY_LEN_RANGE: 0x112,
  WRAPPING_KEY_HANDLE_INVALID: 0x113,
  DOMAIN_PARAMS_INVALID: 0x130,
  BUFFER_TOO_SMALL: 0x150,
  CRYPTOKI_NOT_INITIALIZED: 0x190,
  CRYPTOKI_ALREADY_INITIALIZED: 0x191,
  PIN_TOO_WEAK: 0x1b8,
  PUBLIC_KEY_INVALID: 0x1b9,
} as const;

export type CkrName = keyof typeof ckr;

const names = new Map<number, string>(
  Object.entries({ ...otherCkr, ...ckr }).map(([name, code]) => [code, `CKR_${name}`]),
);

/** For logs. Callers never see it. What has no name here is a vendor's: CKR_VENDOR_DEFINED begins at 0x80000000. */
export const ckrName = (code: number): string => names.get(code) ?? `CKR 0x${code.toString(16)}`;

/**
 * The return value of a pkcs11js error; null if it is not a PKCS#11 error. The binding reports it as `code`, or, for Create,
 * Copy and SetAttribute, only inside the message (`CKR_X:208`). Its name for unknown codes is wrong.
 */
export const ckrOf = (error: unknown): number | null => {
  if (!(error instanceof Error)) return null;
  if ('code' in error && typeof error.code === 'number' && error.code !== 0) return error.code;
  const found = /CKR_\w+:(\d+)/.exec(error.message);
  return found ? Number(found[1]) : null;
};
