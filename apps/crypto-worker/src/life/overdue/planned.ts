import type { RecordHead } from '@ankasecure/contracts';
import { numberedId } from '@ankasecure/service-kit';

export const planKinds = ['destruction', 'rotation'] as const;
export type PlanKind = (typeof planKinds)[number];

/** Something that the audit trail says is planned: its sealed record has the date. */
export interface Planned {
  readonly kind: PlanKind;
  readonly tenantId: string;
  readonly keyId: string;
  /** Of a destruction; 0 of a rotation. */
  readonly version: number;
  /** The revision of the record that plans it. */
  readonly revision: number;
}

/** Names a plan as long as it is not changed. */
export const planName = ({ kind, tenantId, keyId, version, revision }: Planned): string =>
  [kind, tenantId, keyId, version, revision].join('/');

/**
 * What heads of the trail plan. A deactivation or an activation by date is none of it: such a date takes effect when the sealed
 * state is read, so there is nothing that could be left undone.
 */
export const plannedBy = (tenantId: string, heads: readonly RecordHead[]): readonly Planned[] =>
  heads.flatMap(({ kind, id, revision, digest, state }): readonly Planned[] => {
    if (digest === null) return [];
    if (kind === 'rotation_policy') return [{ kind: 'rotation', tenantId, keyId: id, version: 0, revision }];
    if (kind !== 'key_version' || state !== 'DESTROY_SCHEDULED') return [];
    const { of, number } = numberedId(id);
    return of === null ? [] : [{ kind: 'destruction', tenantId, keyId: of, version: number, revision }];
  });
