import {
  AnkaError,
  type Context,
  type JwsHeader,
  jwsHeader,
  type ResignItem,
  resignItem,
  type SignItem,
  type VerifyItem,
} from '@ankasecure/contracts';
import { readProtectedHeader } from '../jose/header.js';
import { type Attempt, joinedUses } from '../operation/attempt.js';
import type { AttemptItem } from '../operation/attempt-item.js';
import { type Operation, sign, verify } from '../operation/operation.js';
import type { Verb } from '../operation/verb.js';
import { type JwsParts, readJws } from '../signature/read-jws.js';
import { payloadSegment } from '../signature/sign.js';
import { type NamedKey, refusalOfSuccessor, successorOf } from './successor.js';

const within = 'resign';
const verifying: Operation<VerifyItem, JwsParts | undefined> = { ...verify, within };
const signing: Operation<SignItem, undefined> = { ...sign, within };

const toVerify = ({ to: _, header: __, ...item }: ResignItem): VerifyItem => item;

/** Those of the members that a caller may choose which the JWS has. A reader ignores all others (RFC 7515 §4). */
const keptOf = ({ protectedHeader }: JwsParts): JwsHeader | undefined => {
  const header = readProtectedHeader(protectedHeader, 'jws-invalid');
  const kept = Object.fromEntries(
    Object.entries(jwsHeader.shape).flatMap(([name, schema]) => {
      const { success, data } = schema.safeParse(header[name]);
      return success && data !== undefined ? [[name, data] as const] : [];
    }),
  );
  return Object.keys(kept).length === 0 ? undefined : kept;
};

/** The item of `sign` that signs the payload of the JWS with the key. */
const toSign = (item: ResignItem, parts: JwsParts, { keyId, alias }: NamedKey): SignItem => {
  const header = item.header ?? keptOf(parts);
  const detached = item.payload !== undefined;
  return {
    keyId,
    alias,
    encoding: 'base64url',
    payload: item.payload === undefined ? parts.payload : payloadSegment(item.payload, item.encoding),
    format: detached ? 'jws-detached' : 'jws',
    ...(item.to?.alg !== undefined && { alg: item.to.alg }),
    ...(header !== undefined && { header }),
  };
};

const readParts = (jws: string): JwsParts | AnkaError => {
  try {
    return readJws(jws);
  } catch (error) {
    if (error instanceof AnkaError) return error;
    throw error;
  }
};

/**
 * Verifies a JWS and signs its payload with another key. Each of the two keys is decided, used and recorded as by `verify` and
 * `sign`, and both outcomes are committed together. Nothing is signed for a signature that is not valid.
 */
export class Resign implements Verb {
  readonly name = within;

  constructor(private readonly items: AttemptItem) {}

  uses(): number {
    return 2;
  }

  async attempt(context: Context, raw: unknown): Promise<Attempt> {
    const { data: item, error: invalid } = resignItem.safeParse(raw);
    if (item === undefined) return this.items.refused(verifying, context, invalid);
    const parts = readParts(item.jws);
    if (parts instanceof AnkaError) return this.items.attempt(verifying, context, toVerify(item));
    const refusal = await refusalOfSuccessor(this.items, context, item, () => parts.kid, {
      operation: signing,
      item: (key) => toSign(item, parts, key),
    });
    if (refusal !== undefined) return refusal;
    const verified = await this.items.attempt(verifying, context, toVerify(item));
    if (verified.error !== undefined) return verified;
    if (verified.event.outcome === 'failure') {
      if (context.dryRun === true) return verified;
      return { ...verified, body: { valid: false, from: verified.body } };
    }
    const signed = await this.items.attempt(signing, context, toSign(item, parts, successorOf(item, verified)));
    return joinedUses([verified, signed], ([from, made]) => ({ valid: true, ...made, from }));
  }
}
