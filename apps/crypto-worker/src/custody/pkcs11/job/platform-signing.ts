import type { PlatformKeyKind } from '../../object-owner.js';
import { signatureVariant } from './job.js';

/** How those keys of the platform sign that do: the variants of their jobs. */
const variants: Readonly<Partial<Record<PlatformKeyKind, number>>> = {
  'token-signing': signatureVariant('ecdsa', null),
  'checkpoint-ed25519': signatureVariant('eddsa', null),
  'checkpoint-p256': signatureVariant('ecdsa', null),
  'checkpoint-ml-dsa': signatureVariant('ml-dsa', null),
};

/** @throws Error for a key that does not sign */
export const platformVariant = (kind: PlatformKeyKind): number => {
  const variant = variants[kind];
  if (variant === undefined) throw new Error(`a key ${kind} does not sign`);
  return variant;
};
