import { AnkaSecureError } from '@ankasecure/sdk';
import { CliError } from './cli-error.js';

/** Every exit code of the command, and when it ends with it. */
export const exitCodes = {
  ok: [0, 'the command did what was asked'],
  failed: [1, 'the request was refused for another reason, or the platform failed'],
  usage: [2, 'the command line is wrong, or a file cannot be read'],
  authentication: [3, 'no credential, or one that the platform does not accept'],
  access: [4, 'a role or a grant is missing, or the policy refuses'],
  notFound: [5, 'the tenant has no such thing'],
  conflict: [6, 'the state or the revision of the resource does not allow this'],
  unavailable: [7, 'the platform did not answer in time, or asks to try later'],
  invalid: [8, 'a signature or an audit trail is not valid'],
  waiting: [9, 'the request waits for a second person'],
} as const satisfies Record<string, readonly [code: number, meaning: string]>;

export type ExitName = keyof typeof exitCodes;

const byStatus: Readonly<Record<number, ExitName>> = {
  401: 'authentication',
  403: 'access',
  404: 'notFound',
  408: 'unavailable',
  409: 'conflict',
  412: 'conflict',
  428: 'conflict',
  429: 'unavailable',
};

const nameOf = (error: unknown): ExitName => {
  if (error instanceof CliError) return error.exit;
  if (!(error instanceof AnkaSecureError)) return 'failed';
  return byStatus[error.status ?? 0] ?? (error.retryable || error.status === undefined ? 'unavailable' : 'failed');
};

/** The exit code of a command that ended with `error`. */
export const exitCodeOf = (error: unknown): number => exitCodes[nameOf(error)][0];
