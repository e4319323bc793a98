import {
  AnkaError,
  type Context,
  maxSignatures,
  type SignItem,
  type SignTogetherItem,
  signTogetherItem,
} from '@ankasecure/contracts';
import { type Attempt, joinedUses } from '../operation/attempt.js';
import type { AttemptItem } from '../operation/attempt-item.js';
import { type Operation, sign } from '../operation/operation.js';
import type { Verb } from '../operation/verb.js';
import { jwsAlgOf } from '../signature/jws-alg.js';
import { makingJws, payloadSegment } from '../signature/sign.js';
import { membersOf } from './member.js';

/** A signature of several is one of a key pair: a MAC proves nothing to others. */
const signature: Operation<SignItem, undefined> = {
  ...sign,
  purposes: ['sign'],
  alg: (key, item) => makingJws(jwsAlgOf(key, item.alg)),
};

const itemsOf = ({ keys, payload, encoding }: SignTogetherItem): readonly SignItem[] =>
  keys.map((key) => ({ ...key, payload, encoding, format: 'jws-detached' }));

/** A compact JWS without its payload, as one of the signatures of the JSON serialization. */
const partOf = (jws: unknown): { readonly protected: string; readonly signature: string } => {
  const [header, , value] = String(jws).split('.');
  if (header === undefined || value === undefined) throw new AnkaError('internal-error');
  return { protected: header, signature: value };
};

/** Signs with one key, or with several at once: a JWS in JSON serialization (RFC 7515 §7.2.1) has one signature of each. */
export class SignTogether implements Verb {
  readonly name = 'sign';

  constructor(private readonly items: AttemptItem) {}

  uses(item: unknown): number {
    const keys = membersOf(item)['keys'];
    return Array.isArray(keys) ? Math.min(Math.max(1, keys.length), maxSignatures) : 1;
  }

  async attempt(context: Context, raw: unknown): Promise<Attempt> {
    if (membersOf(raw)['keys'] === undefined) return this.items.attempt(sign, context, raw);
    const { data: item, error: invalid } = signTogetherItem.safeParse(raw);
    if (item === undefined) return this.items.refused(signature, context, invalid);
    const signed = itemsOf(item);
    for (const one of signed) {
      const refusal = await this.items.refusal(signature, context, one);
      if (refusal !== undefined) return refusal;
    }
    const uses = await Promise.all(signed.map((one) => this.items.attempt(signature, context, one)));
    return joinedUses(uses, (bodies) => answerOf(item, bodies));
  }
}

const answerOf = (
  { payload, encoding, detached }: SignTogetherItem,
  bodies: readonly Readonly<Record<string, unknown>>[],
) => ({
  jws: {
    ...(detached !== true && { payload: payloadSegment(payload, encoding) }),
    signatures: bodies.map(({ jws }) => partOf(jws)),
  },
  signatures: bodies.map(({ jws: _, ...used }) => used),
});
