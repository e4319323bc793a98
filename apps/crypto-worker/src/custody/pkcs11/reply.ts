import { AnkaError } from '@ankasecure/contracts';
import type { Anchor, FoundKey, WrappedKey } from '../custody.js';
import type { Reply } from './job/frame.js';

export const part = (reply: { readonly parts: readonly Uint8Array[] }, index: number): Uint8Array => {
  const found = reply.parts[index];
  if (!found) throw new AnkaError('hsm-error');
  return found;
};

/** The result of a job that wrapped a key. */
export const wrappedIn = (reply: Reply): WrappedKey => ({ blob: part(reply, 0), mac: part(reply, 1) });

/** One object of an `inspect` job's reply. */
export const inspected = (found: Buffer): FoundKey => {
  const idEnd = 1 + found.readUInt8();
  const faults = found.toString('utf8', idEnd);
  return { objectId: Buffer.from(found.subarray(1, idEnd)), faults: faults === '' ? [] : faults.split(' ') };
};

export const anchorIn = (held: Uint8Array): Anchor => {
  const bytes = Buffer.from(held);
  return { number: Number(bytes.readBigUInt64BE()), value: bytes.subarray(8) };
};
