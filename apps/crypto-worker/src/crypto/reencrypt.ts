import { type ContentAlg, defaultContentAlg } from '@ankasecure/algorithm';
import { type Context, type ReencryptItem, reencryptItem } from '@ankasecure/contracts';
import { z } from 'zod';
import { type JweParts, openJwe, readJwe } from '../envelope/decrypt.js';
import { sealJwe } from '../envelope/encrypt.js';
import { decodeData } from '../jose/base64url.js';
import { parseKid } from '../key/key-version.js';
import { type Attempt, joinedUses } from '../operation/attempt.js';
import type { AttemptItem } from '../operation/attempt-item.js';
import { decrypt, encrypt, type Operation } from '../operation/operation.js';
import type { Verb } from '../operation/verb.js';

const within = 'reencrypt';

/** The key to encrypt to, and how. */
interface Recipient {
  readonly keyId?: string | undefined;
  readonly alias?: string | undefined;
  readonly enc?: ContentAlg | undefined;
}

const aadOf = ({ aad, encoding }: ReencryptItem): Buffer | undefined =>
  aad === undefined ? undefined : decodeData(aad, encoding);

/** Decrypts, and hands the plaintext over instead of answering with it. @param keep takes the plaintext, and wipes it */
const opening = (keep: (plaintext: Uint8Array) => void): Operation<ReencryptItem, JweParts> => ({
  ...decrypt,
  within,
  item: reencryptItem,
  async run(custody, budget, key, item, parts) {
    const { plaintext, alg, enc } = await openJwe(custody, budget, key, parts, aadOf(item));
    keep(plaintext);
    return { alg, enc, body: { enc } };
  },
});

/** Encrypts what `opening` has decrypted. */
const sealing = (plaintext: Uint8Array, aad?: Buffer): Operation<Recipient, undefined> => ({
  ...encrypt,
  within,
  item: z.custom<Recipient>(),
  enc: ({ enc = defaultContentAlg }) => enc,
  async run(custody, budget, key, { enc = defaultContentAlg }) {
    const { jwe, alg } = await sealJwe(custody, budget, key, { plaintext, enc, aad });
    return { alg, enc, body: { jwe, enc } };
  },
});

const nothing = new Uint8Array(0);

const keyOfKid = (jwe: string): string | undefined => {
  try {
    return parseKid(readJwe(jwe).header.kid ?? '')?.keyId;
  } catch {
    // A JWE that is not valid names no key. What is wrong with it, the decryption tells.
    return undefined;
  }
};

/** The recipient, as far as the item names it: a kid that the key had before its import does not. */
const recipientOf = ({ to, keyId, alias, jwe }: ReencryptItem): Recipient | undefined => {
  if (to !== undefined) return to;
  if (alias !== undefined) return { alias };
  const own = keyId ?? keyOfKid(jwe);
  return own === undefined ? undefined : { keyId: own };
};

/**
 * Decrypts a JWE and encrypts its content to another key. The plaintext never leaves this process. Each of the two keys is decided,
 * used and recorded as by `decrypt` and `encrypt`, and both outcomes are committed together.
 */
export class Reencrypt implements Verb {
  readonly name = within;

  constructor(private readonly items: AttemptItem) {}

  uses(): number {
    return 2;
  }

  async attempt(context: Context, raw: unknown): Promise<Attempt> {
    const { data: item } = reencryptItem.safeParse(raw);
    const refusal = item && (await this.refusal(context, item));
    if (refusal !== undefined) return refusal;
    let plaintext: Uint8Array = nothing;
    try {
      const opened = await this.items.attempt(
        opening((bytes) => {
          plaintext = bytes;
        }),
        context,
        raw,
      );
      if (item === undefined || opened.event.outcome === 'failure') return opened;
      const recipient: Recipient = { ...(item.to ?? { keyId: opened.event.keyId ?? '' }), enc: item.enc };
      const sealed = await this.items.attempt(sealing(plaintext, aadOf(item)), context, recipient);
      return joinedUses([opened, sealed], ([from, made]) => ({ ...made, from }));
    } finally {
      plaintext.fill(0);
    }
  }

  /**
   * Decides about the recipient before anything is decrypted. A key that is not there may be one that has the kid from before
   * its import, so the decryption tells.
   */
  private async refusal(context: Context, item: ReencryptItem): Promise<Attempt | undefined> {
    const recipient = recipientOf(item);
    if (recipient === undefined) return undefined;
    const refused = await this.items.refusal(sealing(nothing), context, { ...recipient, enc: item.enc });
    return item.to === undefined && refused?.event.failureCode === 'key-not-found' ? undefined : refused;
  }
}
