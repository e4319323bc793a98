import type { Profile } from '../profile/profile.js';

/** The PIN cannot be that of the token. It was not tried, so the token has counted nothing. */
export class PinUnfit extends Error {
  override readonly name = 'PinUnfit';
}

/** Fields of CK_TOKEN_INFO, in bytes. A token that does not know one gives 0 or CK_UNAVAILABLE_INFORMATION for it. */
interface PinLengths {
  readonly minPinLen: number;
  readonly maxPinLen: number;
}

/** A token that names this length or a greater one does not know it. */
const implausible = 4096;

/** The limits that the token gives. Two that contradict each other are none. */
const limitsOf = ({ minPinLen, maxPinLen }: PinLengths): readonly [least: number, most: number] => {
  const least = minPinLen > 0 && minPinLen < implausible ? minPinLen : 0;
  const most = maxPinLen > 0 && maxPinLen < implausible ? maxPinLen : Number.POSITIVE_INFINITY;
  return least > most ? [0, Number.POSITIVE_INFINITY] : [least, most];
};

/**
 * Compares the PIN with the lengths that the token gives, before a try is spent.
 * @returns what completes "the PIN is …", without the length of the PIN; undefined for a PIN that may be tried
 */
export const pinLengthFault = (
  pin: string,
  lengths: PinLengths,
  { pinLengthsKnown }: Pick<Profile, 'pinLengthsKnown'>,
): string | undefined => {
  if (!pinLengthsKnown) return undefined;
  const bytes = Buffer.byteLength(pin);
  const [least, most] = limitsOf(lengths);
  if (bytes > most) return `longer than ${most} bytes, which the token gives as the limit`;
  return bytes < least ? `shorter than ${least} bytes, which the token gives as the limit` : undefined;
};

/** @throws PinUnfit */
export const assertPinLength = (...question: Parameters<typeof pinLengthFault>): void => {
  const fault = pinLengthFault(...question);
  if (fault !== undefined) throw new PinUnfit(`the PIN is ${fault}, so it was not tried`);
};
