import { z } from 'zod';
import { base64url, text } from './primitive.js';
import { exactlyOne } from './rule.js';

/** The members of private and secret keys (RFC 7518 §6). */
const secret: Record<never, z.ZodType> = Object.fromEntries(
  ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'].map((name) => [
    name,
    z.never('belongs to a private or secret key: send the public key').optional(),
  ]),
);

/** Unknown members are ignored (RFC 7517 §4). Lengths fit an RSA modulus of 16384 bits, so that a wrong one is told. */
const jwk = z
  .object({
    kty: z.enum(['RSA', 'EC', 'OKP', 'AKP']),
    crv: text(32).optional(),
    x: base64url(128).optional(),
    y: base64url(128).optional(),
    n: base64url(2048).optional(),
    e: base64url(64).optional(),
    pub: base64url(4096).optional(),
    use: z.enum(['sig', 'enc']).optional().describe('Must fit the purpose of the key.'),
    key_ops: z
      .array(text(64))
      .max(16)
      .refine((operations) => new Set(operations).size === operations.length, 'must not contain an operation twice')
      .optional()
      .describe('Must fit the purpose of the key (RFC 7517, section 4.3).'),
    alg: text(64).optional().describe('The default of alg. Of an AKP key, it also names the parameter set (RFC 9964).'),
    ...secret,
  })
  .describe('A public JWK (RFC 7517).');

/** A public key in a request, in exactly one form. */
export const importedPublicKey = z
  .strictObject({
    jwk: jwk.optional(),
    pem: z.string().min(1).max(8192).optional().describe('A SubjectPublicKeyInfo in PEM (RFC 7468): BEGIN PUBLIC KEY.'),
    der: base64url(4096).min(1).optional().describe('A SubjectPublicKeyInfo in DER (RFC 5280).'),
  })
  .refine(
    (forms) => Object.values(forms).filter((form) => form !== undefined).length === 1,
    'send exactly one of jwk, pem and der',
  )
  .meta({ id: 'ImportedPublicKey', ...exactlyOne('jwk', 'pem', 'der') });
export type ImportedPublicKey = z.infer<typeof importedPublicKey>;
