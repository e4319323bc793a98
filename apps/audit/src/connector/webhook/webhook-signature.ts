import { createHmac } from 'node:crypto';

const prefix = 'whsec_';

/**
 * Reads a signing secret: `whsec_` and base64 of 24 to 64 bytes (Standard Webhooks, "Symmetric").
 * @throws Error that does not contain it
 */
export const signingKeyOf = (secret: string): Buffer => {
  const encoded = secret.startsWith(prefix) ? secret.slice(prefix.length) : '';
  const key = Buffer.from(encoded, 'base64');
  if (key.toString('base64') !== encoded || key.length < 24 || key.length > 64)
    throw new Error(`The signing secret must be ${prefix} and the base64 of 24 to 64 bytes.`);
  return key;
};

/**
 * The headers that sign a message: HMAC-SHA256 over `id.timestamp.body`, once under each key.
 * @param timestamp seconds since the epoch
 */
export const signatureHeaders = (
  keys: readonly Buffer[],
  id: string,
  timestamp: number,
  body: Buffer,
): Readonly<Record<string, string>> => {
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  const signatures = keys.map((key) => `v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
  return { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signatures.join(' ') };
};
