import { randomUUID } from 'node:crypto';
import { AnkaError } from '@ankasecure/contracts';
import { describe, expect, it } from 'vitest';
import { meantKey } from './meant-key.js';

const keyId = randomUUID();
const kid = `${keyId}.12`;
const missing = 'Send keyId';

const codeOf = (meant: () => unknown): string => {
  try {
    return JSON.stringify(meant());
  } catch (error) {
    return error instanceof AnkaError ? error.code : String(error);
  }
};

/** Kids in another form than ours. None of them reaches SQL as anything but a value. */
const foreign = [
  '',
  'samwise',
  keyId,
  `${keyId}.0`,
  `${keyId}.01`,
  `${keyId}.1\n`,
  `../${keyId}.1`,
  `${keyId.toUpperCase()}.1`,
  `${keyId}.1' OR 1=1`,
];

describe('the key that a token and its request mean', () => {
  it('is the one that the kid names, and may be one that had this kid elsewhere', () => {
    expect(meantKey(kid, {}, missing)).toEqual({ keyId, version: 12, formerKid: kid });
    for (const other of foreign) {
      expect(meantKey(other, {}, missing)).toEqual({ formerKid: other, version: null });
      expect(meantKey(other, { version: 3 }, missing)).toEqual({ formerKid: other, version: 3 });
    }
  });

  it('is the one that the request names, whatever the kid says', () => {
    for (const other of [null, ...foreign, `${randomUUID()}.7`]) {
      expect(meantKey(other, { keyId }, missing)).toEqual({ keyId, version: null });
      expect(meantKey(other, { keyId, version: 3 }, missing)).toEqual({ keyId, version: 3 });
    }
  });

  it('has the version that its own kid names', () => {
    expect(meantKey(kid, { keyId }, missing)).toEqual({ keyId, version: 12 });
    expect(meantKey(kid, { keyId, version: 12 }, missing)).toEqual({ keyId, version: 12 });
    const other = { keyId, version: 11, butInKid: 12 };
    expect(meantKey(kid, { keyId, version: 11 }, missing)).toEqual(other);
    expect(meantKey(kid, { version: 11 }, missing)).toEqual({ ...other, formerKid: kid });
  });

  it('must be named', () => {
    expect(codeOf(() => meantKey(null, {}, missing))).toBe('request-invalid');
  });
});
