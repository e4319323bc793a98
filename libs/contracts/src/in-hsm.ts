import { z } from 'zod';

/** Where the HSM has a key. */
export const inHsm = z.strictObject({
  partition: z.string(),
  uri: z
    .string()
    .nullable()
    .describe('The PKCS#11 URI (RFC 7512) of the key, or of the KEK that wraps it. null for custody public.'),
});
