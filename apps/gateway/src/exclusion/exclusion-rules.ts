import { AnkaError, assertApproved, type Context, uuid } from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { configuredSpaces, type NameSpace } from '../auth/configured-issuers.js';
import { IdentityConfig } from '../auth/identity.config.js';
import type { ExcludedSubject } from '../identity/excluded-subject.entity.js';
import { IssuerRecord } from '../issuer/issuer.entity.js';
import { PolicyInForce } from '../issuer/policy-in-force.js';

type Subject = Pick<ExcludedSubject, 'tenantId' | 'issuer' | 'subject'>;

/** Decides which subjects can be shut out and readmitted. */
@Injectable()
export class ExclusionRules {
  constructor(
    private readonly config: IdentityConfig,
    private readonly policy: PolicyInForce,
  ) {}

  /**
   * Refuses a name that no token of the issuer can have: to shut it out would have no effect.
   * @throws AnkaError `request-invalid`
   */
  async assertNamed(manager: EntityManager, { tenantId, issuer, subject }: Subject): Promise<void> {
    if (issuer === this.config.serviceAccounts?.issuer) assertAccount(subject);
    const own = await manager.findBy(IssuerRecord, { tenantId, issuer });
    const spaces = [...configuredSpaces(this.config, tenantId), ...own];
    const space = spaces.find((one) => one.issuer === issuer);
    if (space !== undefined) assertPrefixed(subject, space);
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
