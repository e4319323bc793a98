import { type Context, countUses, type evaluatePolicyChange } from '@ankasecure/contracts';
import { evaluate, type HsmModule, type PolicyDocument, type Reason } from '@ankasecure/policy-rules';
import { BusClient, type CursorScope, CursorSeal, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { z } from 'zod';
import { Custody } from '../custody/custody.js';
import { dayMs } from '../deadline/day.js';
import { permissionOf, stateAt, usesOfKey } from '../key/key-state.js';
import { lifecycleOf } from '../key/key-store.js';
import { type StoredVersion, selectVersions } from '../key/record/select-version.js';
import { EnforcedPolicies, onModule } from '../policy/enforced-policy.js';
import { makings, type PolicyQuestion, useQuestion, uses } from './past-call.js';

type Request = z.infer<typeof evaluatePolicyChange.request>;
type Reply = z.infer<typeof evaluatePolicyChange.reply>;

/** A proposed change of policy. Both documents are evaluated as of `now`. */
interface ProposedChange {
  readonly inForce: PolicyDocument;
  readonly proposed: PolicyDocument;
  readonly now: number;
  readonly module: HsmModule | undefined;
}

/** Tells what a change of policy would refuse that is allowed today. It changes nothing and does not call the HSM. */
@Injectable()
export class EvaluateChange {
  constructor(
    private readonly dataSource: DataSource,
    private readonly bus: BusClient,
    private readonly custody: Custody,
    private readonly policies: EnforcedPolicies,
    private readonly cursors: CursorSeal,
  ) {}

  /** @throws AnkaError `cursor-invalid`, and the audit service's errors if the trail cannot be read */
  async evaluate(context: Context, { document, days, limit, cursor }: Request): Promise<Reply> {
    const { tenantId } = context;
    const { revision, document: inForce, now, module } = await this.policies.latest(tenantId);
    const change = { inForce, proposed: document, now: now(), module: module() };
    const scope: CursorScope = { tenantId, listing: 'policy-change', filter: { document: JSON.stringify(document) } };
    const position = cursor === undefined ? null : this.cursors.open(scope, cursor).split('/');
    const rows = await this.versions(tenantId, position, limit + 1);
    const checked = rows.slice(0, limit);
    const last = rows.length > limit ? checked.at(-1) : undefined;
    const items = checked.flatMap((row) => this.refusedUses(change, row));
    return {
      policyVersion: revision,
      versions: {
        checked: checked.length,
        refused: items.length,
        items,
        next: last === undefined ? null : this.cursors.seal(scope, `${last.keyId}/${last.version}`),
      },
      operations: position === null ? await this.operations(context, change, days) : null,
    };
  }

  private versions(tenantId: string, after: readonly string[] | null, limit: number): Promise<StoredVersion[]> {
    return withTenant(this.dataSource, tenantId, (manager) => {
      const query = selectVersions(manager).where(`version.tenantId = :tenantId AND version.state <> 'DESTROYED'`, {
        tenantId,
      });
      if (after !== null) {
        const [keyId, version] = after;
        query.andWhere('(version.key_id, version.version) > (cast(:keyId AS uuid), cast(:after AS integer))', {
          keyId,
          after: version,
        });
      }
      return query.orderBy({ 'version.keyId': 'ASC', 'version.version': 'ASC' }).limit(limit).getMany();
    });
  }

  private refusedUses(change: ProposedChange, row: StoredVersion): Reply['versions']['items'] {
    const state = stateAt(lifecycleOf(row), change.now);
    const refused = usesOfKey(row.key.purpose, row.custody).flatMap((use) => {
      if (permissionOf(state, use) === 'no') return [];
      const reasons = this.newReasons(change, row, useQuestion(use));
      return reasons.length === 0 ? [] : [{ use, reasons }];
    });
    const { keyId, version, custody } = row;
    const { label, algorithm, purpose } = row.key;
    return refused.length === 0 ? [] : [{ keyId, label, version, algorithm, purpose, custody, refused }];
  }

  /** Counts the calls of the last `days` that succeeded and that the proposed policy would refuse. */
  private async operations(context: Context, change: ProposedChange, days: number): Promise<Reply['operations']> {
    const since = new Date(change.now - days * dayMs).toISOString();
    const used = await this.counted(context, change, since, uses);
    const made = await this.counted(context, change, since, makings);
    const counted = [...used.counted, ...made.counted];
    const items = [...used.items, ...made.items];
    const sum = (counts: readonly { readonly count: number }[]): number =>
      counts.reduce((total, { count }) => total + count, 0);
    return { since, checked: sum(counted), refused: sum(items), complete: used.complete && made.complete, items };
  }

  private async counted(
    context: Context,
    change: ProposedChange,
    from: string,
    questions: ReadonlyMap<string, PolicyQuestion>,
  ) {
    const asked = { from, operations: [...questions.keys()] };
    const { items: counted, complete } = await this.bus.request(countUses, '', context, asked);
    const rows = await this.used(context.tenantId, [...new Set(counted.map(({ keyId }) => keyId))]);
    const items = counted.flatMap(({ operation, keyId, version, count, lastAt }) => {
      const row = rows.get(`${keyId}.${version}`);
      const question = questions.get(operation);
      const reasons = row === undefined || question === undefined ? [] : this.newReasons(change, row, question);
      if (row === undefined || reasons.length === 0) return [];
      return [{ operation, keyId, version, algorithm: row.key.algorithm, count, lastAt, reasons }];
    });
    return { counted, complete, items };
  }

  /** Reads versions of keys, by `<key>.<version>`. */
  private async used(tenantId: string, ids: readonly string[]): Promise<ReadonlyMap<string, StoredVersion>> {
    const rows = await withTenant(this.dataSource, tenantId, (manager) =>
      selectVersions(manager)
        .where('version.tenantId = :tenantId AND version.keyId = ANY (:ids)', { tenantId, ids })
        .getMany(),
    );
    return new Map(rows.map((row) => [`${row.keyId}.${row.version}`, row]));
  }

  /** The reasons for which the proposed policy refuses what the policy in force allows. Empty if nothing changes. */
  private newReasons(
    { inForce, proposed, now, module }: ProposedChange,
    row: StoredVersion,
    question: PolicyQuestion,
  ): Reason[] {
    const decided = (document: PolicyDocument) =>
      evaluate(document, onModule(question(this.custody, row, document, now), module), now);
    return decided(inForce).allow ? [...decided(proposed).reasons] : [];
  }
}
