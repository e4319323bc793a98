import { type AnkaError, type DryRun, verdictOf } from '@ankasecure/contracts';
import type { KeyVersion } from '../key/key-version.js';
import { type Ruling, toldOf } from '../policy/ruling.js';

export interface Rehearsed {
  readonly operation: string;
  readonly error?: AnkaError | undefined;
  /** What is known of it; its id may be unknown. */
  readonly key: Partial<Pick<KeyVersion, 'version' | 'algorithm' | 'purpose' | 'custody'>> & {
    readonly keyId?: string | null;
  };
  readonly ruling?: Ruling | undefined;
  /** What would become of versions. */
  readonly changes?: DryRun['changes'];
}

/** What would have happened, as callers see it. */
export const dryRunOf = ({ operation, error, key, ruling, changes }: Rehearsed): DryRun => {
  const { keyId, version, algorithm, purpose, custody } = key;
  return {
    ...verdictOf(operation, error),
    ...(typeof keyId === 'string' && { keyId, version }),
    ...{ algorithm, purpose, custody },
    ...(changes !== undefined && { changes }),
    ...(ruling !== undefined && { policy: toldOf(ruling.decision), warnings: [...ruling.warnings] }),
  };
};
