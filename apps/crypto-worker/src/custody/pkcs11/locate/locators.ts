import { AnkaError } from '@ankasecure/contracts';
import type { KeyRef, Wrapping } from '../../custody.js';
import {
  type Naming,
  nameOfObject,
  type ObjectName,
  ownerOfKey,
  ownerOfPlatformKey,
  type PartitionRef,
  type PlatformRef,
} from '../../object-owner.js';
import { type KeyShape, platformShapes } from '../job/key-shape.js';
import { shapeOf } from '../job/shape-of.js';
import { packObject, packWrapped, type WrapperLocators } from '../session/locator.js';

export const shapeOfRef = ({ algorithm, purpose, alg }: Pick<KeyRef, 'algorithm' | 'purpose' | 'alg'>): KeyShape =>
  shapeOf(algorithm, purpose, alg);

/** @throws AnkaError `kek-retired` */
export const assertKekInUse = ({ kekRetired, kekGeneration }: Wrapping): void => {
  if (kekRetired === true)
    throw new AnkaError(
      'kek-retired',
      `The key is wrapped by KEK generation ${kekGeneration}, which is retired: its record came from a backup. Rotate the tenant’s KEK to rewrap it.`,
    );
};

/** A tenant has one `blob-mac` key. */
const blobMacGeneration = 1;

/**
 * Names keys for lanes. The name of an object is computed from its owner, never taken from a record, so a record that points
 * at another object is found out when a lane looks at that object.
 */
export class Locators {
  /** By ref, which a key version keeps: each locator is built once. */
  private readonly known = new WeakMap<KeyRef, Uint8Array>();

  constructor(private readonly naming: Naming) {}

  nameOf(owner: Parameters<typeof nameOfObject>[0]): ObjectName {
    return nameOfObject(owner, this.naming);
  }

  /**
   * Of a caller's key in use: a wrapped key, or an object of the token.
   * @throws AnkaError `kek-retired`
   */
  of(ref: KeyRef): Uint8Array {
    const known = this.known.get(ref);
    if (known !== undefined) return known;
    const { objectId, wrapped } = ref;
    if (wrapped !== undefined) assertKekInUse(wrapped.wrapping);
    const shape = shapeOfRef(ref);
    const locator = wrapped === undefined ? this.ofObject(ref) : this.ofWrapped({ objectId, wrapped }, shape);
    this.known.set(ref, locator);
    return locator;
  }

  ofObject(ref: KeyRef): Uint8Array {
    const name = this.nameOf(ownerOfKey(ref.owner));
    return packObject(ref.objectId, { name, shape: shapeOfRef(ref), madeHere: false });
  }

  ofWrapped(key: { objectId: Uint8Array; wrapped: NonNullable<KeyRef['wrapped']> }, shape: KeyShape): Uint8Array {
    return packWrapped(key, shape, this.wrappersOf(key.wrapped.wrapping));
  }

  /** A key of the partition is named by its label alone. */
  ofPlatformKey(ref: PlatformRef | PartitionRef): Uint8Array {
    const name = 'label' in ref ? this.nameOfPartitionKey(ref) : this.nameOf(ownerOfPlatformKey(ref));
    return packObject(ref.objectId, { name, shape: platformShapes[ref.kind], madeHere: true });
  }

  private nameOfPartitionKey({ kind, label }: PartitionRef): ObjectName {
    return { label, formerLabel: label, bound: [this.naming.partition, kind, label].join(':') };
  }

  wrappersOf({ tenantId, kek, kekGeneration, blobMac }: Wrapping): WrapperLocators {
    return {
      kek: this.ofPlatformKey({ kind: 'kek', tenantId, generation: kekGeneration, objectId: kek }),
      blobMac: this.ofPlatformKey({
        kind: 'blob-mac',
        tenantId,
        generation: blobMacGeneration,
        objectId: blobMac,
      }),
    };
  }
}
