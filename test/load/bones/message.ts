import { createHash } from 'node:crypto';
import { z } from 'zod';

/** The partition whose subjects the bones use on their own bus, with the permissions of the product's services. */
export const bonesPartition = 'bones';

/** A request, over HTTP and over the bus. */
export const request = z.strictObject({ keyId: z.string().max(64), payload: z.string().max(4096) });
export type Request = z.infer<typeof request>;

/** An answer of the size of a signature. It is no signature: the bones have no key and no token. */
export const answerTo = ({ keyId, payload }: Request): object => ({
  jws: createHash('sha512').update(payload).digest('base64url'),
  keyId,
});

/** What each program of the bones is started with, in `BONES`. */
export const setting = z.object({
  bus: z.object({ servers: z.string(), caFile: z.string(), seed: z.string() }),
  port: z.number(),
  database: z.object({
    host: z.string(),
    port: z.number(),
    user: z.string(),
    password: z.string(),
    database: z.string(),
  }),
});
export type Setting = z.infer<typeof setting>;

/** @throws Error if `BONES` is not set, or is not a setting */
export const readSetting = (): Setting => setting.parse(JSON.parse(process.env['BONES'] ?? 'null'));
