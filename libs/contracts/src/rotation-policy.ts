import { z } from 'zod';
import { contract } from './bus.js';
import { instant, uuid } from './primitive.js';
import { atLeastOne, has, where } from './rule.js';

const gatewayToWorker = { owner: 'crypto-worker', callers: ['gateway'] } as const;

const fields = /^P(?=\d|T)(?:(\d{1,4})D)?(?:T(?=\d)(?:(\d{1,5})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?)?$/;
const secondsPer = [86_400, 3600, 60, 1] as const;

const secondsIn = (duration: string): number | null => {
  const match = fields.exec(duration);
  return match && secondsPer.reduce((sum, unit, index) => sum + unit * Number(match[index + 1] ?? 0), 0);
};

/** Parses an ISO 8601 duration in units of constant length. @returns seconds, or null for zero and for anything else */
export const secondsOf = (duration: string): number | null => secondsIn(duration) || null;

/** The form without its bounds. */
const unbounded = new RegExp(fields.source.replaceAll(/\{1,\d\}/g, '+'));

/** What is wrong with a text that is no such duration. */
const durationFault = (text: string): string =>
  unbounded.test(text)
    ? 'must have at most 4 digits of days, 5 of hours, 7 of minutes and 9 of seconds'
    : 'must be an ISO 8601 duration in days, hours, minutes and seconds';

export const duration = z
  .string()
  .refine((value) => secondsIn(value) !== null, { error: ({ input }) => durationFault(String(input)) })
  .refine((value) => secondsIn(value) !== 0, 'must be longer than zero')
  .meta({ maxLength: 32, format: 'duration', pattern: fields.source });
const interval = duration.describe(
  'The time between two rotations: an ISO 8601 duration in days, hours, minutes and seconds.',
);
const maxUses = z
  .number()
  .int()
  .min(1)
  .max(2 ** 40)
  .describe('The number of times a version may encrypt, sign or compute a MAC before the key is rotated.');

const settings = {
  interval: interval.optional(),
  at: instant.optional().describe('The time of the first rotation, in the future. Default: one interval from now.'),
  maxUses: maxUses.optional(),
};
interface Settings {
  readonly interval?: string | undefined;
  readonly at?: string | undefined;
  readonly maxUses?: number | undefined;
}
/** Checks that something causes rotations. */
const complete = <Schema extends z.ZodType<Settings>>(schema: Schema): Schema =>
  schema
    .refine(
      ({ interval, maxUses }) => interval !== undefined || maxUses !== undefined,
      'send interval or maxUses, or both',
    )
    .refine(({ interval, at }) => at === undefined || interval !== undefined, 'at requires interval');

const body = complete(z.strictObject(settings)).meta({
  id: 'PutRotationPolicy',
  ...atLeastOne('interval', 'maxUses'),
  ...where('at', has('interval')),
});

export const rotationPolicy = z
  .strictObject({
    keyId: uuid,
    interval: interval.nullable(),
    nextAt: instant
      .nullable()
      .describe(
        'The time of the next rotation. Dates that pass while the key is not ACTIVE, or while no worker runs, cause one rotation.',
      ),
    maxUses: maxUses.nullable(),
    setBy: z.string(),
  })
  .meta({ id: 'RotationPolicy' });
export type RotationPolicy = z.infer<typeof rotationPolicy>;

/** The reply means that the change is in force on every worker. */
export const putRotationPolicy = {
  body,
  contract: contract({
    ...gatewayToWorker,
    subject: 'crypto.{partition}.key.rotation-policy.put',
    request: complete(z.strictObject({ id: uuid, ...settings })),
    reply: rotationPolicy,
  }),
};

export const getRotationPolicy = contract({
  ...gatewayToWorker,
  subject: 'crypto.{partition}.key.rotation-policy.get',
  request: z.strictObject({ id: uuid }),
  reply: rotationPolicy,
});

/** The reply is the deleted rotation policy. */
export const deleteRotationPolicy = contract({
  ...gatewayToWorker,
  subject: 'crypto.{partition}.key.rotation-policy.delete',
  request: z.strictObject({ id: uuid }),
  reply: rotationPolicy,
});
