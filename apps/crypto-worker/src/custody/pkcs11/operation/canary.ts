import { randomBytes } from 'node:crypto';
import { objectClass } from '../cryptoki/attribute.js';
import { platformShapes } from '../job/key-shape.js';
import { LoginLost, TokenChanged, type TokenSession } from '../session/token-session.js';
import { openGcmWith, sealGcmWith } from '../use/gcm.js';
import { make } from './generate.js';

/** The first part of a `canary` job, as JSON. The second part is the canary's CKA_ID. */
export interface CanarySpec {
  readonly tokenLabel: string;
  readonly tokenSerial: string;
  readonly keyLabel: string;
  /** Makes the key if it is missing. Only at start: later its absence means another token. */
  readonly create: boolean;
  /** False if the token has no AES-GCM: then label and serial must suffice. */
  readonly roundTrip: boolean;
}

const roundTrip = (session: TokenSession, spec: CanarySpec, id: Buffer): void => {
  let [key] = session.find(id, objectClass.secret, 2);
  if (!key && !session.loggedIn()) throw new LoginLost();
  if (!key && !spec.create) throw new TokenChanged('the canary key is missing');
  key ??= make(session, platformShapes.canary, { id: Buffer.from(id), label: spec.keyLabel, as: 'token' }).key;
  const song = randomBytes(32);
  const [iv, ciphertext, tag] = sealGcmWith(session, key, Buffer.alloc(0), song);
  const heard = openGcmWith(session, key, { iv, ciphertext, tag, aad: Buffer.alloc(0) });
  if (!heard.equals(song)) throw new TokenChanged('the token decrypts to a wrong result');
};

/** Checks that this is still our token and that it still computes. @returns its CK_TOKEN_INFO flags, four bytes */
export const canary = (session: TokenSession, _variant: number, parts: readonly Buffer[]): readonly Buffer[] => {
  const [json, id] = parts as [Buffer, Buffer];
  const spec = JSON.parse(json.toString()) as CanarySpec;
  session.allCalls = 'own';
  session.begin('C_GetTokenInfo', 'own');
  const info = session.p11.C_GetTokenInfo(session.slot);
  if (info.label.trimEnd() !== spec.tokenLabel || info.serialNumber.trimEnd() !== spec.tokenSerial)
    throw new TokenChanged('the slot has another token');
  if (spec.roundTrip) roundTrip(session, spec, id);
  const flags = Buffer.alloc(4);
  flags.writeUInt32LE(info.flags >>> 0);
  return [flags];
};
