import type { LoggerService } from '@nestjs/common';
import { type LoggerOptions, type Logger as PinoLogger, pino } from 'pino';

/** Names of members that could hold a secret, at every depth our objects have. */
const secretNames = [
  'pin',
  'password',
  'token',
  'authorization',
  'plaintext',
  'payload',
  'cek',
  'secret',
  'nkeySeed',
  'privateKey',
  'aad',
  'jwe',
  'jws',
  'signature',
  'digest',
];
const redact = secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`, `*.*.*.${name}`]);

/** The service's logger, and the token it is injected by. */
export interface Logger extends PinoLogger {}
export abstract class Logger {}

/** How a line names its level: by pino's number, such as 30, or by name, such as `info`. */
export const levelFormats = ['number', 'name'] as const;
export type LevelFormat = (typeof levelFormats)[number];

/** Secrets are never passed to a logger. Redaction is the second wall. Times are RFC 3339, in UTC. */
export const loggerOptions = (service: string, level: string, format: LevelFormat = 'number'): LoggerOptions => ({
  level,
  base: { service },
  redact: { paths: redact, censor: '[redacted]' },
  timestamp: pino.stdTimeFunctions.isoTime,
  ...(format === 'name' && { formatters: { level: (name) => ({ level: name }) } }),
});

/** JSON lines on standard output. */
export const createLogger = (service: string, level: string, format?: LevelFormat): Logger =>
  pino(loggerOptions(service, level, format));

/** Sends Nest's own messages to the same logger. */
export const nestLogger = (logger: Logger): LoggerService => {
  const at =
    (level: 'info' | 'error' | 'warn' | 'debug' | 'trace' | 'fatal') =>
    (message: unknown, ...rest: unknown[]): void => {
      const scope = rest.at(-1);
      logger[level]({ scope: typeof scope === 'string' ? scope : undefined }, String(message));
    };
  return {
    log: at('debug'),
    error: at('error'),
    warn: at('warn'),
    debug: at('debug'),
    verbose: at('trace'),
    fatal: at('fatal'),
  };
};
