import {
  type AnkaError,
  type AuditEvent,
  auditEvent,
  type Context,
  dryRunNameOf,
  type KeyQuota,
  type KeyState,
  type VerifyResult,
  type VersionsNotTried,
} from '@ankasecure/contracts';
import { always, type Validity } from '../key/key-state.js';
import type { KeyVersion } from '../key/key-version.js';
import { dryRunOf } from '../outcome/dry-run-answer.js';
import { failureCodeOf, usedKey } from '../outcome/event.js';
import type { Fence } from '../outcome/fence.js';
import type { EnforcedPolicy } from '../policy/enforced-policy.js';
import type { Ruling } from '../policy/ruling.js';
import type { Attempt } from './attempt.js';
import type { Operation, OperationResult } from './operation.js';

/** The caller uses a suspended or compromised key at its own risk. This is part of the event's details. */
export interface AcceptedRisk {
  readonly riskAccepted: 'true';
  readonly state: KeyState;
}

/** An operation that ran to its end. */
export interface PerformedOperation {
  /** The version that was used. */
  readonly key: KeyVersion;
  readonly result: OperationResult;
  /** Microseconds inside PKCS#11 calls. */
  readonly hsmMicros: number;
}

/** The members of a result that its event has. */
type Used = Pick<OperationResult, 'alg' | 'enc' | 'details'>;

/**
 * Collects what is known of one item. The steps of its attempt fill it in. The attempt's outcome is read from it, however
 * far the item came.
 */
export class ItemRecord {
  /** The key that the request names, before it is known whether it exists. */
  keyId: string | null = null;
  policy: EnforcedPolicy | null = null;
  key: KeyVersion | null = null;
  /** The time for which the decision holds, as far as it has been made. */
  validity: Validity = always;
  risk: AcceptedRisk | null = null;
  ruling: Ruling | undefined;
  keyQuota: KeyQuota | undefined;
  /** The versions that do not fit, if the item names no version. */
  tried: readonly number[] = [];
  /** The other versions of the key, if none fits. Any of them can be the one that the item is of. */
  notTried: readonly VersionsNotTried[] = [];

  constructor(
    private readonly operation: Pick<Operation<never, never>, 'name' | 'within'>,
    private readonly context: Context,
  ) {}

  /** A record of the same item with another version of the key. */
  ofAnotherVersion(): ItemRecord {
    const record = new ItemRecord(this.operation, this.context);
    record.keyId = this.key?.keyId ?? this.keyId;
    record.keyQuota = this.keyQuota;
    return record;
  }

  succeeded({ key, result, hsmMicros }: PerformedOperation): Attempt {
    const { ruling } = this;
    return {
      fence: this.fence(),
      event: this.event(result.failureCode ?? null, result),
      hsmMicros,
      body: { ...bodyOf(key, result, ruling), ...this.triedInVain(result) },
      ...(ruling?.notice === undefined ? {} : { notice: ruling.notice }),
      ...(this.keyQuota === undefined ? {} : { keyQuota: this.keyQuota }),
    };
  }

  failed(error: AnkaError): Attempt {
    return {
      fence: this.fence(),
      event: this.event(failureCodeOf(error)),
      hsmMicros: 0,
      error,
      ...(this.keyQuota === undefined ? {} : { keyQuota: this.keyQuota }),
    };
  }

  /** @param error the error that the operation would be refused with */
  dryRun(error?: AnkaError): Attempt {
    const { operation: use, keyId, ruling } = this;
    const operation = use.within ?? use.name;
    // A caller that may not use the key does not learn which key it is.
    const named = error?.code === 'key-access-denied' ? null : this.key;
    return {
      fence: this.fence(),
      event: this.event(error === undefined ? null : failureCodeOf(error)),
      hsmMicros: 0,
      body: { ...dryRunOf({ operation, error, key: named ?? { keyId }, ruling }) },
    };
  }

  /** Tells the versions that were tried in vain and those that were not, so that nobody takes the answer for that of every version. */
  private triedInVain({ failureCode }: OperationResult): Partial<VerifyResult> {
    const { tried, notTried } = this;
    if (failureCode === undefined) return {};
    return {
      ...(tried.length > 1 && { versionsTried: [...tried] }),
      ...(notTried.length > 0 && { versionsNotTried: [...notTried] }),
    };
  }

  private fence(): Fence {
    const { policy, key, validity, context } = this;
    return { tenantId: context.tenantId, policy, key, validity, tried: context.dryRun === true };
  }

  private event(failureCode: string | null, used?: Used): AuditEvent {
    const { operation, key, keyId, context } = this;
    const { name, within } = operation;
    return auditEvent(context, {
      operation: eventName(name, context),
      keyId: key?.keyId ?? keyId,
      algorithm: key?.algorithm ?? null,
      failureCode,
      details: { ...(within !== undefined && { within }), ...(key !== null && this.details(key, used)) },
    });
  }

  /** The key version that was used, and the rule of a refusal by policy. */
  private details(key: KeyVersion, used: Used | undefined): Record<string, string> {
    const { ruling, risk, tried, notTried } = this;
    return {
      ...usedKey(key, used?.alg),
      ...(used?.enc !== undefined && { enc: used.enc }),
      ...used?.details,
      ...(tried.length > 1 && { versionsTried: tried.join(' ') }),
      ...(notTried.length > 0 && { versionsNotTried: notTried.map(shownRange).join(', ') }),
      ...(ruling?.decision.allow === false && { rule: ruling.decision.rule }),
      ...risk,
    };
  }
}

/** The operation's name in audit events. A dry run has a name of its own. */
export const eventName = (operation: string, { dryRun }: Pick<Context, 'dryRun'>): string =>
  dryRun === true ? dryRunNameOf(operation) : operation;

/** Such as `state 7` or `limit 1-2`. */
const shownRange = ({ from, to, reason }: VersionsNotTried): string =>
  `${reason} ${from === to ? from : `${from}-${to}`}`;

const bodyOf = (
  key: KeyVersion,
  { body, alg }: OperationResult,
  ruling: Ruling | undefined,
): Attempt['body'] & object => {
  const used = { keyId: key.keyId, version: key.version, algorithm: key.algorithm, alg, custody: key.custody };
  return ruling !== undefined && ruling.warnings.length > 0
    ? { ...body, ...used, warnings: ruling.warnings }
    : { ...body, ...used };
};
