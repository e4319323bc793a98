import { type ContentAlg, defaultContentAlg } from '@ankasecure/algorithm';
import { type Context, type ReencryptItem, reencryptItem } from '@ankasecure/contracts';
import { z } from 'zod';
import { type JweParts, openJwe, readJwe } from '../envelope/decrypt.js';
import { sealJwe } from '../envelope/encrypt.js';
import { decodeData } from '../jose/base64url.js';
import { type Attempt, joinedUses } from '../operation/attempt.js';
import type { AttemptItem } from '../operation/attempt-item.js';
import { decrypt, encrypt, type Operation } from '../operation/operation.js';
import type { Verb } from '../operation/verb.js';
import { type NamedKey, refusalOfSuccessor, successorOf } from './successor.js';
import { isWrappedJwk, wrappedJwk } from './wrap.js';

const within = 'reencrypt';

/** The content of a JWE. A wrapped JWK stays one, so that /unwrap takes it. */
interface Content {
  readonly plaintext: Uint8Array;
  readonly cty: typeof wrappedJwk | undefined;
}

/** The key to encrypt to, and how. */
interface Recipient extends NamedKey {
  readonly enc?: ContentAlg | undefined;
}

const aadOf = ({ aad, encoding }: ReencryptItem): Buffer | undefined =>
  aad === undefined ? undefined : decodeData(aad, encoding);

/** Decrypts, and hands the plaintext over instead of answering with it. @param keep takes the content, and wipes it */
const opening = (keep: (content: Content) => void): Operation<ReencryptItem, JweParts> => ({
  ...decrypt,
  within,
  item: reencryptItem,
  async run(custody, budget, key, item, parts) {
    const { plaintext, alg, enc } = await openJwe(custody, budget, key, parts, aadOf(item));
    keep({ plaintext, cty: isWrappedJwk(parts.header.cty) ? wrappedJwk : undefined });
    return { alg, enc, body: { enc } };
  },
});

/** Encrypts what `opening` has decrypted. */
const sealing = (content: Content, aad?: Buffer): Operation<Recipient, undefined> => ({
  ...encrypt,
  within,
  item: z.custom<Recipient>(),
  enc: ({ enc = defaultContentAlg }) => enc,
  async run(custody, budget, key, { enc = defaultContentAlg }) {
    const { jwe, alg } = await sealJwe(custody, budget, key, { ...content, enc, aad });
    return { alg, enc, body: { jwe, enc } };
  },
});

const nothing: Content = { plaintext: new Uint8Array(0), cty: undefined };

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
    const refusal =
      item &&
      (await refusalOfSuccessor(this.items, context, item, () => readJwe(item.jwe).header.kid, {
        operation: sealing(nothing),
        item: (key): Recipient => ({ ...key, enc: item.enc }),
      }));
    if (refusal !== undefined) return refusal;
    let content = nothing;
    try {
      const opened = await this.items.attempt(
        opening((found) => {
          content = found;
        }),
        context,
        raw,
      );
      if (item === undefined || opened.event.outcome === 'failure') return opened;
      const recipient: Recipient = { ...successorOf(item, opened), enc: item.enc };
      const sealed = await this.items.attempt(sealing(content, aadOf(item)), context, recipient);
      return joinedUses([opened, sealed], ([from, made]) => ({ ...made, from }));
    } finally {
      content.plaintext.fill(0);
    }
  }
}
