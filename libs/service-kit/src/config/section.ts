import { duration, partitionForm } from '@ankasecure/contracts';
import { nkeys } from '@nats-io/transport-node';
import { z } from 'zod';
import type { Authority } from '../file/certificate-file.js';
import { levelFormats } from '../logging/logger.js';
import { keyExchange } from '../tls/key-exchange.js';
import { busServer, host } from './address.js';

/** A whole number. A string of digits counts, because a placeholder always gives a string. */
export const integer = (min: number, max: number) =>
  z.preprocess(
    (value) => (typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value),
    z.int().min(min).max(max),
  );

export const port = integer(1, 65_535);

/** An IPv4 or IPv6 network in CIDR notation. */
export const network = z.union([z.cidrv4(), z.cidrv6()], 'must be an IPv4 or IPv6 network, such as 10.0.0.0/8');

/** Checked here because the bus would only say that it refuses the connection. */
const isUserSeed = (seed: string): boolean => {
  try {
    return seed.startsWith('SU') && nkeys.fromSeed(new TextEncoder().encode(seed)).getPublicKey().startsWith('U');
  } catch {
    return false;
  }
};

const login = { user: z.string().min(1), password: z.string().min(1) };

/**
 * How far a process's clock may differ from its database's, in milliseconds. A process beyond that decides nothing and is not
 * ready.
 */
const clockConfig = z.strictObject({ maximumSkewMs: integer(50, 60_000).default(2_000) });
export type ClockConfig = z.infer<typeof clockConfig>;
export const clockDefaults: ClockConfig = { maximumSkewMs: 2_000 };

/**
 * For how long what a process has compared with the audit trail, or has written, counts while the audit service does not say what the
 * trail holds: an ISO 8601 duration.
 */
const historyConfig = z.strictObject({ longestSilence: duration.default('P1D') });
export interface HistoryConfig extends z.infer<typeof historyConfig> {}
export abstract class HistoryConfig {}
export const historyDefaults: HistoryConfig = { longestSilence: 'P1D' };

/** The configuration that every service has. A service's own schema extends it. */
export const serviceConfig = z.strictObject({
  nats: z.strictObject({
    servers: z.array(busServer).min(1),
    nkeySeed: z.string().refine(isUserSeed, 'must be a user nkey seed, which begins with SU and ends with a checksum'),
    caFile: z.string().min(1),
    keyExchange: keyExchange.optional(),
  }),
  database: z.strictObject({
    host,
    port,
    name: z.string().min(1),
    ...login,
    poolSize: integer(2, 200).default(8),
    /** The certificate authority of the server. Without it the connection is not encrypted (loopback, or a mesh that encrypts). */
    caFile: z.string().min(1).optional(),
    /** Counts for an encrypted connection only, which has a `caFile`. */
    keyExchange: keyExchange.optional(),
    /** Set only in the file that `migrate` reads. */
    owner: z.strictObject(login).optional(),
  }),
  observability: z.strictObject({
    host: host.default('0.0.0.0'),
    port,
    logLevel: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
    logLevelFormat: z.enum(levelFormats).default('number'),
  }),
  clock: clockConfig.default(clockDefaults),
  history: historyConfig.default(historyDefaults),
  start: z
    .strictObject({
      /** The time for which a start waits for a database or a bus that does not answer. */
      patienceSeconds: integer(0, 3600).default(15),
    })
    .default({ patienceSeconds: 15 }),
});
export type ServiceConfig = z.infer<typeof serviceConfig>;

/** The name of an HSM partition. */
export const partitionName = z.string().regex(partitionForm);

/** The key that signs listing cursors. All instances of a service have the same key. */
export const cursorSecret = z.string().min(32, 'must have at least 32 characters');

/** The database section, and the token it is injected by. */
export interface DatabaseConfig extends z.infer<typeof serviceConfig.shape.database> {
  /** The HSM partition that the process's sessions name, for the rows they write. Not part of the file. */
  readonly partition?: string;
  /** The authority of `caFile` as it is now. Not part of the file. */
  readonly authority?: Authority;
}
export abstract class DatabaseConfig {}
