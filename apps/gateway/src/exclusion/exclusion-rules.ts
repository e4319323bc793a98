import { AnkaError, assertApproved, type Context, tried, uuid } from '@ankasecure/contracts';
import { RecordSets } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { configuredSpaces, type NameSpace } from '../auth/configured-issuers.js';
import { IdentityConfig } from '../auth/identity.config.js';
import type { ExcludedSubject } from '../identity/excluded-subject.entity.js';
import { IssuerRecord } from '../issuer/issuer.entity.js';
import { PolicyInForce } from '../issuer/policy-in-force.js';

type Subject = Pick<ExcludedSubject, 'tenantId' | 'issuer' | 'subject'>;

/** Longest that an exclusion waits for the trail to list the tenant's issuers, in milliseconds. */
const trailMs = 2500;

/** Decides which subjects can be shut out and readmitted. */
@Injectable()
export class ExclusionRules {
  constructor(
    private readonly config: IdentityConfig,
    private readonly policy: PolicyInForce,
    private readonly sets: RecordSets,
  ) {}

  /**
   * Refuses a name that no token of the issuer can have: to shut it out would have no effect.
   * @throws AnkaError `request-invalid`; `record-outdated` if the issuer may be one that the database does not show
   */
  async assertNamed(manager: EntityManager, { tenantId, issuer, subject }: Subject): Promise<void> {
    if (issuer === this.config.serviceAccounts?.issuer) assertAccount(subject);
    const configured = configuredSpaces(this.config, tenantId).find((one) => one.issuer === issuer);
    const space = configured ?? (await this.ownIssuer(manager, tenantId, issuer));
    if (space !== undefined) assertPrefixed(subject, space);
  }

  /**
   * The tenant's issuer of that name. If the database shows none, none may be hidden. While the trail does not list them, the
   * database alone counts: an exclusion does not wait for an audit service that is away.
   */
  private async ownIssuer(manager: EntityManager, tenantId: string, issuer: string): Promise<NameSpace | undefined> {
    const [shown] = await manager.findBy(IssuerRecord, { tenantId, issuer });
    if (shown !== undefined) return shown;
    const all = await tried(() => this.sets.loadDeciding(manager, IssuerRecord, tenantId, { trailMs }));
    if (all.error === undefined) return all.result.find((one) => one.issuer === issuer);
    if (all.error.code !== 'audit-unavailable') throw all.error;
    return undefined;
  }

  /** @throws AnkaError `approval-required` */
  async assertReadmittable(context: Context): Promise<void> {
    assertApproved(await this.policy.of(context), 'change-issuer', context);
  }
}

const assertAccount = (subject: string): void => {
  if (!uuid.safeParse(subject).success)
    throw new AnkaError('request-invalid', 'The subject of a service account is its id, without the tenant’s');
};

const assertPrefixed = (subject: string, { issuer, subjectPrefix }: NameSpace): void => {
  if (!subject.startsWith(subjectPrefix))
    throw new AnkaError(
      'request-invalid',
      `Every subject of ${issuer} begins with its subjectPrefix ${subjectPrefix}: send ${subjectPrefix} and the sub of its tokens`,
    );
};
