import {
  type AnkaError,
  type AuditEvent,
  type Context,
  type KeyQuota,
  type Notice,
  rehearsalOf,
  toldError,
} from '@ankasecure/contracts';
import type { KeyVersion } from '../key/key-version.js';
import { dryRunOf, type ForecastKey } from '../outcome/dry-run.js';
import { usedKey } from '../outcome/event.js';
import type { Fence } from '../outcome/fence.js';
import { mostUrgent, type Ruling } from '../policy/ruling.js';
import { tightest } from '../quota/quotas.js';
import type { Done } from './operation.js';

/** How one item ended, before it is known whether that may be told. */
export interface Attempt {
  readonly fence: Fence;
  readonly event: AuditEvent;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly error?: AnkaError;
  readonly notice?: Notice;
  readonly keyQuota?: KeyQuota;
}

/** What was only tried: how it would have ended is its result. */
export const triedOf = (
  operation: string,
  { fence, event, error }: Attempt,
  key: ForecastKey,
  ruling: Ruling | undefined,
): Attempt => ({ fence, event, body: { ...dryRunOf({ operation, error, key, ruling }) } });

/** How events name it. */
export const nameOf = ({ name }: { readonly name: string }, { dryRun }: Context): string =>
  dryRun === true ? rehearsalOf(name) : name;

/** What the headers of an answer to all these say. */
export const noticeOf = (ended: readonly Attempt[]): { notice?: Notice } => {
  if (ended.every((attempt) => attempt.notice === undefined)) return {};
  const notice = mostUrgent(ended.map((attempt) => attempt.notice));
  return notice === undefined ? {} : { notice };
};

export const quotaOf = (ended: readonly Attempt[]): { keyQuota?: KeyQuota } => {
  const keyQuota = tightest(ended.map((attempt) => attempt.keyQuota));
  return keyQuota === undefined ? {} : { keyQuota };
};

/** The key version that was used; of a refusal by policy, the rule too. */
export const detailsOf = (key: KeyVersion, alg: Done['alg'] | undefined, ruling: Ruling | undefined) => ({
  ...usedKey(key, alg),
  ...(ruling?.decision.allow === false && { rule: ruling.decision.rule }),
});

export const bodyOf = (
  key: KeyVersion,
  { body, alg }: Done,
  ruling: Ruling | undefined,
): Readonly<Record<string, unknown>> => {
  const used = { keyId: key.keyId, version: key.version, algorithm: key.algorithm, alg, custody: key.custody };
  return ruling !== undefined && ruling.warnings.length > 0
    ? { ...body, ...used, warnings: ruling.warnings }
    : { ...body, ...used };
};

export const itemAnswer = ({ body, error }: Attempt): unknown =>
  error === undefined ? body : { error: toldError(error) };
