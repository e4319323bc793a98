import { AnkaError } from '@ankasecure/contracts';
import type { Deadline } from '../../deadline/deadline.js';
import type {
  Capability,
  Custody,
  CustodyKind,
  GeneratedKey,
  ImportedMaterial,
  KeyRef,
  NewKey,
  WrappedKey,
  Wrapping,
} from '../custody.js';
import { objectClass } from './cryptoki/attribute.js';
import { shapeOfRef } from './locate/locators.js';
import { assure, Pkcs11Custody } from './pkcs11-custody.js';
import type { CustodyLogger, Pkcs11Config, Pkcs11Options } from './profile/config.js';
import { wrappedIn } from './reply.js';
import { SealingVault } from './sealing-vault.js';
import { headerOf } from './session/locator.js';
import { TokenRuntime } from './token/token-runtime.js';
import { objectUri } from './uri.js';

/**
 * Keys that a KEK in the token wraps. They are made in the token, kept outside as blobs, and unwrapped into objects of a
 * lane's session for use. Platform keys are objects of the token here too.
 */
export class WrappedCustody extends Pkcs11Custody {
  override readonly kind: CustodyKind = 'wrapped';
  override capability(...of: Parameters<Custody['capability']>): Promise<Capability> {
    const [budget, algorithm, purpose] = of;
    return this.runtime.wrappedCapabilities.of(budget, algorithm, purpose);
  }

  override known(...[algorithm, purpose]: Parameters<Custody['known']>): Capability {
    return this.runtime.wrappedCapabilities.now(algorithm, purpose);
  }

  override capabilities(): readonly Capability[] {
    return this.runtime.wrappedCapabilities.all();
  }

  override async generate(budget: Deadline, { ref, wrapping }: NewKey): Promise<GeneratedKey> {
    assure(ref.purpose !== 'encrypt' || ref.alg !== null, 'a key for encrypt must have a JOSE algorithm');
    if (wrapping === undefined) throw new AnkaError('internal-error', 'custody: no KEK to wrap with');
    const { kek, blobMac } = this.runtime.locators.wrappersOf(wrapping);
    const parts = [headerOf(wrapping, shapeOfRef(ref)), kek, blobMac];
    // As for objects of the token, making keys never takes all lanes.
    const reply = await this.runtime.call(budget, 'generate-wrapped', 0, parts, true);
    return { spki: reply.parts[2] ?? null, wrapped: wrappedIn(reply) };
  }

  override async importKey(budget: Deadline, key: NewKey, material: ImportedMaterial): Promise<GeneratedKey> {
    const { ref, wrapping } = key;
    if (wrapping === undefined) throw new AnkaError('internal-error', 'custody: no KEK to wrap with');
    const { kek, blobMac } = this.runtime.locators.wrappersOf(wrapping);
    const parts = [headerOf(wrapping, shapeOfRef(ref)), kek, blobMac];
    const reply = await this.bringIn(budget, key, material, parts);
    return { spki: reply.parts[2] ?? null, wrapped: wrappedIn(reply) };
  }

  override async rewrap(budget: Deadline, ref: KeyRef, to: Wrapping): Promise<WrappedKey> {
    const { kek, blobMac } = this.runtime.locators.wrappersOf(to);
    // A retired KEK still serves this.
    const from = this.runtime.locators.ofWrapped(present(ref), shapeOfRef(ref));
    const parts = [from, headerOf(to, shapeOfRef(ref)), kek, blobMac];
    const reply = await this.runtime.call(budget, 'rewrap', 0, parts);
    return wrappedIn(reply);
  }

  /** The URI of the KEK, since the key itself is not an object of the token. */
  override uri(ref: KeyRef): string {
    if (ref.wrapped === undefined) return super.uri(ref);
    return objectUri(this.token, ref.wrapped.wrapping.kek, objectClass.secret);
  }

  /** @throws AnkaError `key-not-found` for a key whose blob was deleted */
  protected override locatorOf(ref: KeyRef): Uint8Array {
    present(ref);
    return super.locatorOf(ref);
  }
}

/** @throws AnkaError `key-not-found` for a key whose blob was deleted */
const present = ({ objectId, wrapped }: KeyRef): { objectId: Uint8Array; wrapped: NonNullable<KeyRef['wrapped']> } => {
  if (wrapped === undefined) throw new AnkaError('key-not-found', 'The wrapped key has been deleted.');
  return { objectId, wrapped };
};

/** Both kinds of custody that one token provides, and its vault. Closing one of them closes all. */
export interface BothCustodies {
  readonly token: Pkcs11Custody;
  readonly wrapped: WrappedCustody;
  readonly vault: SealingVault;
}

/** Opens a partition for both kinds of custody. See `openPkcs11Custody`. */
export const openBothCustodies = async (
  config: Pkcs11Config,
  logger: CustodyLogger,
  options: Pkcs11Options = {},
): Promise<BothCustodies> => {
  const runtime = await TokenRuntime.open(config, logger, options);
  return {
    token: new Pkcs11Custody(runtime),
    wrapped: new WrappedCustody(runtime),
    vault: new SealingVault(runtime),
  };
};
