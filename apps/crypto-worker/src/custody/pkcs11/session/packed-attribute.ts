import { createRequire } from 'node:module';
import type { PlainAttribute } from '../cryptoki/attribute.js';

/** Loaded at the first packing, because most lanes never pack. */
const load = createRequire(import.meta.url);
const addressOf = (buffer: Buffer): bigint =>
  BigInt((load('koffi') as { address(value: Buffer): bigint }).address(buffer));

/** The size of CK_ATTRIBUTE if a CK_ULONG has eight bytes: type, pValue, ulValueLen. */
const attributeBytes = 24;

const bytesOf = ({ value }: PlainAttribute): Buffer => {
  if (typeof value === 'boolean') return Buffer.from([value ? 1 : 0]);
  const number = Buffer.alloc(8);
  number.writeBigUInt64LE(BigInt(value));
  return number;
};

/**
 * Packs the value of an attribute that holds attributes. The binding cannot write it, because it contains pointers.
 * @returns the value and the buffers it points at, which must live until the call that takes the value has ended
 */
export const packAttributes = (
  attributes: readonly PlainAttribute[],
): { readonly value: Buffer; readonly pointedAt: readonly Buffer[] } => {
  const value = Buffer.alloc(attributeBytes * attributes.length);
  const pointedAt = attributes.map((attribute, index) => {
    const bytes = bytesOf(attribute);
    const at = attributeBytes * index;
    value.writeBigUInt64LE(BigInt(attribute.type), at);
    value.writeBigUInt64LE(addressOf(bytes), at + 8);
    value.writeBigUInt64LE(BigInt(bytes.length), at + 16);
    return bytes;
  });
  return { value, pointedAt };
};
