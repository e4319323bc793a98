import {
  type AnkaError,
  type AuditEvent,
  type Context,
  type DryRun,
  dryRunNameOf,
  verdictOf,
} from '@ankasecure/contracts';
import type { KeyVersion } from '../key/key-version.js';
import type { StoredVersion } from '../key/record/select-version.js';
import { type Ruling, toldOf } from '../policy/ruling.js';
import { eventOf, type NamedAction } from './event.js';

/** A key in the answer to a dry run. Its id may not be known yet. */
export type ForecastKey = Partial<Pick<KeyVersion, 'version' | 'algorithm' | 'purpose' | 'custody'>> & {
  readonly keyId?: string | null | undefined;
};

/** The answer to a dry run of an action that would succeed. */
export interface Forecast {
  readonly key: ForecastKey;
  readonly ruling?: Ruling | undefined;
  /** The state changes of existing versions. */
  readonly changes?: DryRun['changes'];
}

/** The result of a dry run: a forecast, or the refusal with the key as far as the caller may know it. */
export interface DryRunResult extends Forecast {
  readonly operation: string;
  readonly error?: AnkaError | undefined;
}

/** A dry run as its caller sees it. */
export const dryRunOf = ({ operation, error, key, ruling, changes }: DryRunResult): DryRun => {
  const { keyId, version, algorithm, purpose, custody } = key;
  return {
    ...verdictOf(operation, error),
    ...(typeof keyId === 'string' && { keyId, version }),
    algorithm,
    purpose,
    custody,
    ...(changes !== undefined && { changes }),
    ...(ruling !== undefined && { policy: toldOf(ruling.decision), warnings: [...ruling.warnings] }),
  };
};

/** The audit event of a dry run. @param error the refusal that the action would meet */
export const dryRunEvent = (context: Context, action: NamedAction, error: AnkaError | undefined): AuditEvent =>
  eventOf(context, action, { operation: dryRunNameOf(action.operation), failureCode: error?.code ?? null });

/** The key of a record, for the answer to a dry run. */
export const forecastKey = ({ keyId, version, custody, key: { algorithm, purpose } }: StoredVersion): ForecastKey => ({
  keyId,
  version,
  algorithm,
  purpose,
  custody,
});
