import { expect, it } from 'vitest';
import { profiles } from '../profile/profile.js';
import { assertPinLength, PinUnfit } from './pin-length.js';

/** CK_UNAVAILABLE_INFORMATION of a 64-bit and of a 32-bit library. */
const unavailable = [2 ** 64, 0xffff_ffff];
const known = { pinLengthsKnown: true };

it.each([
  ['1234', 4, 255],
  ['x'.repeat(255), 4, 255],
  ['äöüä', 4, 8],
  ['', 0, 255],
  ['12345678901234', 7, 0],
  ['1234567', 7, 0],
  ['12345678901234', 0, 0],
  ['123', 8, 4],
  ...unavailable.flatMap((none) => [
    ['1234', 4, none] as const,
    ['x'.repeat(300), 0, none] as const,
    ['1', none, none] as const,
  ]),
] as const)('the PIN %j is tried on a token with the lengths %i to %i', (pin, minPinLen, maxPinLen) => {
  expect(() => assertPinLength(pin, { minPinLen, maxPinLen }, known)).not.toThrow();
});

it.each([
  ['123', 4, 255, /shorter than 4 bytes/],
  ['x'.repeat(33), 8, 32, /longer than 32 bytes/],
  ['äöüäö', 4, 8, /longer than 8 bytes/],
  ['1234567', 8, 2 ** 64, /shorter than 8 bytes/],
  ['1234567', 8, 0, /shorter than 8 bytes/],
  ['123456789', 2 ** 64, 8, /longer than 8 bytes/],
] as const)('the PIN %j is not tried on a token with the lengths %i to %i', (pin, minPinLen, maxPinLen, says) => {
  const check = () => assertPinLength(pin, { minPinLen, maxPinLen }, known);
  expect(check).toThrow(PinUnfit);
  expect(check).toThrow(says);
  expect(check).not.toThrow(pin);
});

it('a PIN that holds more than the token’s PIN has no known length', () => {
  const unknown = profiles.filter(({ pinLengthsKnown }) => !pinLengthsKnown);
  expect(unknown.map(({ name }) => name)).toEqual(['azure-cloud', 'cloudhsm', 'google']);
  for (const profile of unknown)
    expect(() => assertPinLength('crypto_user:a long password', { minPinLen: 7, maxPinLen: 8 }, profile)).not.toThrow();
});
