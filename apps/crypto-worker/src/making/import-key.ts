import { createPublicKey } from 'node:crypto';
import type { AlgorithmName } from '@ankasecure/algorithm';
import {
  AnkaError,
  type Context,
  type DryRun,
  type ImportedPublicKey,
  type ImportMethod,
  type importKey,
  importMethods,
  type WrappingKey,
} from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { Custody } from '../custody/custody.js';
import { publicKeyDetails } from '../custody/public/public-key-details.js';
import { readPublicKey } from '../custody/public/read-public-key.js';
import { isValidAt } from '../key/key-state.js';
import { KeyStore } from '../key/key-store.js';
import { commitWithin } from '../outcome/commit-outcomes.sql.js';
import { PlatformKeys } from '../platform-key/platform-key.js';
import type { EnforcedPolicy } from '../policy/enforced-policy.js';
import { Quotas } from '../quota/quotas.js';
import { type CreatedKey, CreateKey } from './create-key.js';
import { isVersionUnchanged } from './decided-on.js';
import { assertLengths, filledAdvice } from './material-length.js';
import type { KeySource, Supply } from './plan-creation.js';
import { assertUnwraps } from './wrapping-key.js';

type ImportRequest = z.infer<typeof importKey.request>;
/** A wrapped key. The schema requires its members where there is no public key. */
type Material = Pick<ImportRequest, 'wrappingKeyId' | 'formerKids'> & {
  readonly method: ImportMethod;
  readonly wrappedKey: string;
};

/** Adds `advice` to every refusal of material for custody `wrapped`, whatever its cause. */
const advising = (supply: Supply, advice: string | undefined): Supply => ({
  ...supply,
  make: async (key) => {
    try {
      return await supply.make(key);
    } catch (error) {
      if (advice === undefined || key.wrapping === undefined || !(error instanceof AnkaError)) throw error;
      if (error.code !== 'decryption-failed') throw error;
      throw new AnkaError(error.code, `${error.detail} ${advice}`, { cause: error.cause });
    }
  },
});

/** Imports tenants' keys, and offers the key to wrap them with. */
@Injectable()
export class ImportKey {
  constructor(
    private readonly custody: Custody,
    private readonly platformKeys: PlatformKeys,
    private readonly creator: CreateKey,
    private readonly keys: KeyStore,
    private readonly quotas: Quotas,
  ) {}

  /** @throws AnkaError custody's errors */
  async wrappingKey(context: Context): Promise<WrappingKey> {
    const { generation, spki } = await this.platformKeys.importKey(context);
    const publicKey = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    const { n, e } = publicKey.export({ format: 'jwk' }) as { n: string; e: string };
    return {
      algorithm: 'RSA-4096',
      generation,
      publicKey: {
        jwk: { kty: 'RSA', n, e, use: 'enc' },
        pem: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
      },
      methods: importMethods.map((method) => ({ method, ...this.custody.importAbility(method) })),
    };
  }

  /**
   * Creates a key from wrapped material, as `CreateKey.create`. A dry run does not open the material.
   * @throws AnkaError `algorithm-unavailable` and `request-invalid` before the material is opened, if the token cannot import
   * it or its length is not possible; `key-not-found`
   * for a wrapping key, `former-kid-taken`, and what `assertUnwraps` throws; `decryption-failed`
   */
  import(
    context: Context,
    { method, wrappingKeyId, wrappedKey, formerKids, publicKey, ...request }: ImportRequest,
  ): Promise<CreatedKey | DryRun> {
    if (publicKey !== undefined) {
      const alg = request.alg ?? (publicKey.jwk?.alg as typeof request.alg);
      return this.creator.create(context, { ...request, alg }, this.bringingPublic(context, publicKey, formerKids));
    }
    if (method === undefined || wrappedKey === undefined) throw new AnkaError('request-invalid');
    const material = { method, wrappingKeyId, wrappedKey, formerKids };
    return this.creator.create(context, request, this.bringing(context, material));
  }

  /** A public key of others. The HSM has no part in it but the seal of the record. */
  private bringingPublic(
    context: Context,
    publicKey: ImportedPublicKey,
    formerKids: Material['formerKids'],
  ): KeySource {
    const details: Record<string, string> = {};
    return {
      operation: 'key.import',
      formerKids,
      details,
      prepare: async (algorithm, purpose) => {
        if (formerKids !== undefined) await this.keys.former.assertFree(context.tenantId, formerKids);
        const spki = readPublicKey(publicKey, { algorithm, purpose });
        Object.assign(details, publicKeyDetails(spki));
        return { make: async () => ({ spki, wrapped: null }) };
      },
    };
  }

  private bringing(context: Context, { method, wrappingKeyId, wrappedKey, formerKids }: Material): KeySource {
    const bytes = Buffer.from(wrappedKey, 'base64url');
    const { oaepHash } = this.custody.importAbility(method);
    return {
      operation: 'key.import',
      formerKids,
      outsideSteps: (algorithm, purpose) =>
        this.custody.importAbility(method, { algorithm, purpose }).outsideSteps ?? [],
      details: { method, ...(oaepHash && { oaepHash }), ...(wrappingKeyId !== undefined && { wrappingKeyId }) },
      prepare: async (algorithm, purpose, policy) => {
        if (formerKids !== undefined) await this.keys.former.assertFree(context.tenantId, formerKids);
        const { available, detail, fillsWrapped } = this.custody.importAbility(method, { algorithm, purpose });
        if (!available) throw new AnkaError('algorithm-unavailable', detail);
        // The token cannot unwrap keys that it cannot wrap.
        const { algs, excluded } = await this.custody.capability(context, algorithm, purpose, 'wrapped');
        if (algs.length === 0)
          throw new AnkaError('algorithm-unavailable', `${algorithm} cannot be imported. ${excluded[0]?.detail ?? ''}`);
        assertLengths(algorithm, method, bytes.length);
        const supply =
          wrappingKeyId === undefined
            ? this.underPlatformKey(context, bytes)
            : await this.underWrappingKey(context, { id: wrappingKeyId, algorithm, policy }, bytes);
        return fillsWrapped === true ? advising(supply, filledAdvice(algorithm, method, bytes.length)) : supply;
      },
    };
  }

  private underPlatformKey(context: Context, wrappedKey: Buffer): Supply {
    return {
      make: async (key) => {
        const { ref: importKey } = await this.platformKeys.importKey(context);
        return this.custody.importKey(context, key, { method: 'rsa-aes-kwp', importKey, wrappedKey });
      },
    };
  }

  /** Uses the wrapping key as any other key: its revision must still hold when the outcome is recorded, and the use counts. */
  private async underWrappingKey(
    context: Context,
    { id, algorithm, policy }: { id: string; algorithm: AlgorithmName; policy: EnforcedPolicy },
    wrappedKey: Buffer,
  ): Promise<Supply> {
    const { tenantId } = context;
    // A refusal has no fence that would detect an old copy.
    this.keys.forget(tenantId, id);
    const wrapper = await this.keys.find(tenantId, id, null);
    const validity = await assertUnwraps(this.custody, context, wrapper, algorithm, policy);
    const material = { method: 'aes-kwp', wrappingKey: wrapper.ref, wrappedKey } as const;
    const orForget = (holds: boolean): boolean => {
      if (!holds && wrapper.ref.wrapped !== undefined) this.custody.forgetUnwrapped([wrapper.ref.objectId]);
      return holds;
    };
    return {
      begin: (told) => this.quotas.begin(wrapper, told),
      make: (key) => this.custody.importKey(context, key, material),
      holds: async (manager, now) => orForget(isValidAt(validity, now) && (await isVersionUnchanged(manager, wrapper))),
      report: async (manager, event, outbox) =>
        orForget(await commitWithin(manager, outbox, { tenantId, policy, key: wrapper, validity }, event)),
    };
  }
}
