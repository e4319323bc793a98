import type { KeyRef } from '../custody.js';
import type { KeyShape } from './job/key-shape.js';
import { shapeOf } from './job/shape-of.js';
import { packLocator } from './session/locator.js';

export const shapeOfRef = ({ algorithm, purpose, alg }: Omit<KeyRef, 'objectId'>): KeyShape =>
  shapeOf(algorithm, purpose, alg);

/** By ref, which a key version keeps: each locator is built once. */
const locators = new WeakMap<KeyRef, Uint8Array>();

/** Names the key for a lane: by CKA_ID, or by a wrapped key with everything needed to unwrap it. */
export const locatorOf = (ref: KeyRef): Uint8Array => {
  const { objectId, wrapped } = ref;
  if (wrapped === undefined) return objectId;
  const known = locators.get(ref);
  if (known !== undefined) return known;
  const locator = packLocator({ objectId, wrapped }, shapeOfRef(ref));
  locators.set(ref, locator);
  return locator;
};
