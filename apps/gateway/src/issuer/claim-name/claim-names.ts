import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ClaimedTenants } from '../../identity/claimed-tenants.js';
import { IdentityEpoch } from '../../identity/identity-epoch.js';
import { claimNamesOf } from './claim-names.statement.js';

/**
 * The names, other than `tenant`, of the claim in which tokens of an `iss` can name a tenant. They say where to look, and
 * nothing else: the tenant's own sealed record must name the same claim. They are read once in an epoch, like what a claimed
 * tenant has.
 */
@Injectable()
export class ClaimNames {
  private readonly names: ClaimedTenants<readonly string[]>;

  constructor(epochs: IdentityEpoch, { manager }: DataSource) {
    this.names = new ClaimedTenants(epochs, async (iss) => {
      const names = await claimNamesOf(manager, iss);
      return names.length === 0 ? undefined : names;
    });
  }

  async of(iss: string): Promise<readonly string[]> {
    const { value = [] } = await this.names.of(iss);
    return value;
  }
}
