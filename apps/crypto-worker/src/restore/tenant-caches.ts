import { type OwnedName, RecordHistory } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { Custody } from '../custody/custody.js';
import { KeyStore } from '../key/key-store.js';
import { EnforcedPolicies } from '../policy/enforced-policy.js';

/** What this worker remembers of tenants. It is forgotten when their records turn out to be older than the audit trail. */
@Injectable()
export class TenantCaches {
  constructor(
    private readonly keys: KeyStore,
    private readonly policies: EnforcedPolicies,
    private readonly custody: Custody,
    private readonly history: RecordHistory,
  ) {
    history.onBehind((tenantIds) => this.forget(tenantIds));
    history.onChanged((names) => this.forgetChanged(names));
  }

  /** The ids of all records of a key begin with the key's, except those of its other names. */
  private forgetChanged(names: readonly OwnedName[]): void {
    for (const { tenantId, kind, id } of names)
      if (kind === 'tenant_policy') this.policies.forget(tenantId);
      else if (kind === 'key_alias' || kind === 'former_kid') this.keys.forgetName(tenantId, kind, id);
      else this.keys.forget(tenantId, id.split('/')[0] as string);
  }

  /** The tenant's records are up to date again. */
  caughtUp(tenantId: string): void {
    this.history.caughtUp(tenantId);
    this.forget([tenantId]);
  }

  forget(tenantIds: readonly string[]): void {
    this.keys.forgetAll();
    for (const tenantId of tenantIds) this.policies.forget(tenantId);
    this.custody.forgetUnwrapped('all');
  }
}
