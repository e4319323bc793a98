import type { Profile } from '../profile/profile.js';

/** The PIN cannot be that of the token. It was not tried, so the token has counted nothing. */
export class PinUnfit extends Error {
  override readonly name = 'PinUnfit';
}

/** Fields of CK_TOKEN_INFO, in bytes. A token that does not know them gives 0 or CK_UNAVAILABLE_INFORMATION. */
interface PinLengths {
  readonly minPinLen: number;
  readonly maxPinLen: number;
}

/** Above this a length is no length. */
const plausible = 4096;

/**
 * Compares the PIN with the lengths that the token gives, before a try is spent.
 * @throws PinUnfit, which does not tell the length of the PIN
 */
export const assertPinLength = (
  pin: string,
  { minPinLen: least, maxPinLen: most }: PinLengths,
  { pinLengthsKnown }: Pick<Profile, 'pinLengthsKnown'>,
): void => {
  if (!pinLengthsKnown || most <= 0 || least > most) return;
  const bytes = Buffer.byteLength(pin);
  const refuse = (what: string): never => {
    throw new PinUnfit(`the PIN is ${what} bytes, which the token gives as the limit, so it was not tried`);
  };
  if (bytes > most && most < plausible) refuse(`longer than ${most}`);
  if (bytes < least && least < plausible) refuse(`shorter than ${least}`);
};
