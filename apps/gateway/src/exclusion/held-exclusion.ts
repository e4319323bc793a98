import { ExcludedSubject, excludedName } from '../identity/excluded-subject.entity.js';
import type { Exclusion } from './exclusion.contract.js';

/** An exclusion whose row was lost. The trail has told whom it shuts out. */
export interface KeptExclusion {
  readonly tenantId: string;
  readonly id: string;
  /** As `excludedName`. */
  readonly digest: string;
}

/** An exclusion in force: its row, or what the trail keeps of it. */
export type HeldExclusion = ExcludedSubject | KeptExclusion;

/** Gathers the exclusions whose rows are missing while a tenant's are loaded. */
export class MissingExclusions {
  private readonly kept: KeptExclusion[] = [];

  constructor(private readonly tenantId: string) {}

  /** For `SetOptions.missing`: one of which the trail does not tell whom it shuts out is refused. */
  readonly note = (id: string, told?: string): boolean => {
    if (told !== undefined) this.kept.push({ tenantId: this.tenantId, id, digest: told });
    return told !== undefined;
  };

  /** All that are in force. A row stands for all exclusions of its subject: to delete it ends them too. */
  with(rows: readonly ExcludedSubject[]): readonly HeldExclusion[] {
    const named = new Set(rows.map(excludedName));
    return [...rows, ...this.kept.filter(({ digest }) => !named.has(digest))];
  }
}

export const digestOf = (held: HeldExclusion): string =>
  held instanceof ExcludedSubject ? excludedName(held) : held.digest;

export const resourceOf = (held: HeldExclusion): Exclusion => {
  const { id, tenantId } = held;
  const digest = digestOf(held);
  if (!(held instanceof ExcludedSubject)) {
    const unknown = { issuer: null, subject: null, reason: null, createdBy: null, createdAt: null };
    return { id, tenantId, ...unknown, kept: 'trail', digest };
  }
  const { issuer, subject, reason, createdBy, createdAt } = held;
  return {
    id,
    tenantId,
    issuer,
    subject,
    reason,
    createdBy,
    createdAt: createdAt.toISOString(),
    kept: 'database',
    digest,
  };
};

/** What an event tells of an exclusion: the subject or, if only the trail keeps it, its digest. */
export const detailsOf = ({
  id: exclusionId,
  issuer,
  subject,
  reason,
  digest,
}: Exclusion): Readonly<Record<string, string>> => ({
  exclusionId,
  ...(issuer === null || subject === null ? { digest } : { issuer, subject }),
  ...(reason !== null && { reason }),
});
