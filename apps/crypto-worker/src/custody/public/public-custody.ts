import {
  type AlgorithmName,
  algorithmNames,
  algorithmOf,
  joseAlgs,
  type Purpose,
  publicKeySteps,
} from '@ankasecure/algorithm';
import { AnkaError } from '@ankasecure/contracts';
import type { Deadline } from '../../deadline/deadline.js';
import type {
  Capability,
  GcmSealed,
  GeneratedKey,
  KeyCustody,
  KeyRef,
  NewKey,
  SignatureRequest,
  WrappedKey,
  Wrapping,
} from '../custody.js';
import { publicUseOf } from './public-use.js';

const capabilityOf = (algorithm: AlgorithmName, purpose: Purpose): Capability => {
  const algs = joseAlgs(algorithm, purpose);
  if (publicUseOf(algorithm, purpose) !== undefined)
    return { algorithm, purpose, algs, excluded: [], outsideSteps: publicKeySteps };
  const detail = `Keys of ${algorithm} for ${purpose} have no public key`;
  const excluded = algs.map((alg) => ({ alg, code: 'token-lacks-mechanism' as const, detail }));
  return { algorithm, purpose, algs: [], excluded, outsideSteps: publicKeySteps };
};

const able: ReadonlyMap<string, Capability> = new Map(
  algorithmNames.flatMap((algorithm) =>
    (Object.keys(algorithmOf(algorithm).purposes) as Purpose[]).map((purpose) => [
      `${algorithm}/${purpose}`,
      capabilityOf(algorithm, purpose),
    ]),
  ),
);

/** @throws AnkaError `purpose-mismatch`, before anything is asked of the HSM */
const refuse = async (): Promise<never> => {
  throw new AnkaError('purpose-mismatch', privateKeyElsewhere);
};

export const privateKeyElsewhere =
  'A key in custody public has no private key here. It verifies, or encrypts to whoever has the private key.';

/**
 * Public keys of others: sealed records without an object in the HSM. Signatures are verified and content keys encrypted with
 * the record's public key, as those of every other key. Everything else needs the private key, and is refused.
 */
export class PublicCustody implements KeyCustody {
  readonly kind = 'public';

  async capability(_budget: Deadline, algorithm: AlgorithmName, purpose: Purpose): Promise<Capability> {
    return this.known(algorithm, purpose);
  }
  known(algorithm: AlgorithmName, purpose: Purpose): Capability {
    return able.get(`${algorithm}/${purpose}`) ?? capabilityOf(algorithm, purpose);
  }
  capabilities(): readonly Capability[] {
    return [...able.values()];
  }

  generate(_budget: Deadline, _key: NewKey): Promise<GeneratedKey> {
    return refuse();
  }
  /** There is no object that a URI could name. */
  uri(_ref: KeyRef): null {
    return null;
  }

  sign(_budget: Deadline, _ref: KeyRef, _request: SignatureRequest, _input: Uint8Array): Promise<Uint8Array> {
    return refuse();
  }
  decryptOaep(_budget: Deadline, _ref: KeyRef, _ciphertext: Uint8Array): Promise<Uint8Array> {
    return refuse();
  }
  agree(_budget: Deadline, _ref: KeyRef, _peer: Uint8Array): Promise<Uint8Array> {
    return refuse();
  }
  decapsulateCek(_budget: Deadline, _ref: KeyRef, _ciphertext: Uint8Array, _wrapped: Uint8Array): Promise<Uint8Array> {
    return refuse();
  }
  decapsulate(_budget: Deadline, _ref: KeyRef, _ciphertext: Uint8Array): Promise<Uint8Array> {
    return refuse();
  }
  wrapCek(_budget: Deadline, _ref: KeyRef, _cek: Uint8Array): Promise<Uint8Array> {
    return refuse();
  }
  unwrapCek(_budget: Deadline, _ref: KeyRef, _wrapped: Uint8Array): Promise<Uint8Array> {
    return refuse();
  }
  sealGcm(_budget: Deadline, _ref: KeyRef, _aad: Uint8Array, _plaintext: Uint8Array): Promise<GcmSealed> {
    return refuse();
  }
  openGcm(_budget: Deadline, _ref: KeyRef, _sealed: GcmSealed, _aad: Uint8Array): Promise<Uint8Array> {
    return refuse();
  }
  rewrap(_budget: Deadline, _ref: KeyRef, _to: Wrapping): Promise<WrappedKey> {
    return refuse();
  }
  forgetUnwrapped(_objectIds: readonly Uint8Array[] | 'all'): void {
    // Nothing is ever unwrapped.
  }
}
