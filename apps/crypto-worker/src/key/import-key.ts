import { createPublicKey } from 'node:crypto';
import { AnkaError, type Context, type DryRun, type importKey, type WrappingKey } from '@ankasecure/contracts';
import type { z } from 'zod';
import type { PlatformKeys } from '../audit-mac/platform-key.js';
import type { Custody } from '../custody/custody.js';
import type { CreatedKey, CreateKey, KeySource } from './create-key.js';

type Request = z.infer<typeof importKey.request>;

/** Keys that tenants bring: what to wrap them with, and taking them in. */
export class ImportKey {
  constructor(
    private readonly custody: Custody,
    private readonly platformKeys: PlatformKeys,
    private readonly creator: CreateKey,
  ) {}

  /** @throws AnkaError custody's */
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
      methods: [{ method: 'rsa-aes-kwp', ...this.custody.importAbility() }],
    };
  }

  /**
   * As `CreateKey.create`, of material that somebody has.
   * @throws AnkaError `algorithm-unavailable` before the material is looked at, where the token could not take it in;
   * `decryption-failed`
   */
  import(context: Context, { method, wrappedKey, ...request }: Request): Promise<CreatedKey> {
    return this.creator.create(context, request, this.bringing(context, method, wrappedKey));
  }

  /** What `import` would do, as far as that can be known without opening the material. */
  rehearse(context: Context, { method, wrappedKey, ...request }: Request): Promise<DryRun> {
    return this.creator.rehearse(context, request, this.bringing(context, method, wrappedKey));
  }

  private bringing(context: Context, method: Request['method'], wrappedKey: string): KeySource {
    const bytes = Buffer.from(wrappedKey, 'base64url');
    const { oaepHash } = this.custody.importAbility();
    return {
      operation: 'key.import',
      details: { method, oaepHash },
      assertPossible: async (algorithm, purpose) => {
        const { available, detail } = this.custody.importAbility();
        if (!available) throw new AnkaError('algorithm-unavailable', detail);
        // What the token does not wrap it does not unwrap either.
        const { algs, excluded } = await this.custody.capability(context, algorithm, purpose, 'wrapped');
        if (algs.length === 0)
          throw new AnkaError('algorithm-unavailable', `${algorithm} cannot be imported. ${excluded[0]?.detail ?? ''}`);
      },
      make: async (key) => {
        const { objectId } = await this.platformKeys.importKey(context);
        return this.custody.importKey(context, key, { importKey: objectId, wrappedKey: bytes });
      },
    };
  }
}
