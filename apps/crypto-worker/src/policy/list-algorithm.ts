import {
  type Alg,
  algorithmOf,
  contentAlgs,
  contentEncryptionOf,
  fipsStatus,
  joseAlgs,
  refusalOfStep,
} from '@ankasecure/algorithm';
import type { Context, listAlgorithms } from '@ankasecure/contracts';
import { type Decision, mayUseContent, type Use, verdictsOf } from '@ankasecure/policy-rules';
import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { type Capability, Custody, type CustodyKind } from '../custody/custody.js';
import { isLacking } from '../custody/lacking.js';
import { detailOf, outsideStepsOn } from '../custody/outside-step.js';
import { Partition } from '../custody/partition.js';
import { publicUseOf } from '../custody/public/public-use.js';
import { usesOf } from '../key/key-state.js';
import { EnforcedPolicies, type EnforcedPolicy } from './enforced-policy.js';

type Reply = z.infer<typeof listAlgorithms.reply>;

/** FIPS-only decides about algorithms. Only a certificate proves that the module is validated, and none is configured. */
const notValidated = {
  code: 'module-not-validated',
  detail:
    'FIPS-only allows approved primitives, but no CMVP certificate is configured for this token, so they do not run in a known validated module',
};

/** What the token can do with its objects, and with keys that are kept wrapped. */
interface TokenRow extends Capability {
  readonly wrapped: Capability;
}

/** Custodies with a private or secret key. */
const keptHere = ['token', 'wrapped', 'software'] as const;

/**
 * Lists what this tenant can use on this token now, from the table of algorithms, the tenant's policy and the token's
 * self-tests.
 */
@Injectable()
export class ListAlgorithm {
  constructor(
    private readonly custody: Custody,
    private readonly policies: EnforcedPolicies,
    private readonly partition: Partition,
  ) {}

  async list({ tenantId }: Context): Promise<Reply> {
    const {
      name,
      hsm: { cmvp },
    } = this.partition;
    const policy = await this.policies.latest(tenantId);
    const { label, serial, ...token } = this.custody.token;
    // Labels come with the request to make a key. Here every required label counts as present.
    const labels = policy.document.requiredLabels ?? [];
    return {
      items: this.rows().map((row) => this.item(policy, labels, row)),
      contentEncryption: contentRows(policy),
      hsm: { partition: name, token: label, serial, ...token, cmvp: cmvp ?? null },
      policyVersion: policy.revision,
      fipsOnly: policy.document.fipsOnly,
    };
  }

  private rows(): readonly TokenRow[] {
    const wrapped = this.custody.capabilities('wrapped');
    const of = ({ algorithm, purpose }: Capability) =>
      wrapped.find((row) => row.algorithm === algorithm && row.purpose === purpose);
    return this.custody.capabilities().map((row) => ({ ...row, wrapped: of(row) ?? row }));
  }

  /** Whether keys can be in software, because the token lacks the algorithm. */
  private inSoftware(row: Capability): boolean {
    return isLacking(row) && this.custody.known(row.algorithm, row.purpose, 'software').algs.length > 0;
  }

  /** The custodies that a new key can have. */
  private custodies(row: TokenRow, allows: (custody: CustodyKind) => boolean): Reply['items'][number]['custodies'] {
    return keptHere.filter((custody) => this.canKeep(row, custody) && allows(custody));
  }

  /** Whether this token, or the worker in its place, keeps keys of this row so. */
  private canKeep(row: TokenRow, custody: CustodyKind): boolean {
    if (custody === 'software') return this.inSoftware(row);
    return row.algs.length > 0 && (custody === 'token' || row.algs.some((alg) => mayBeWrapped(row, alg)));
  }

  /** What a public key of others can do, if it may be imported now. */
  private publicUses(
    policy: EnforcedPolicy,
    labels: readonly string[],
    { algorithm, purpose }: Capability,
  ): Reply['items'][number]['publicKeys'] {
    const use = publicUseOf(algorithm, purpose);
    const key = { algorithm, purpose, custody: 'public' } as const;
    const mayImport = joseAlgs(algorithm, purpose).some((alg) => {
      const steps = outsideStepsOn(this.custody, key, alg);
      return policy.decide({ ...key, use: 'create', outsideSteps: steps, labels }).decision.allow;
    });
    return use !== undefined && mayImport ? [use] : [];
  }

  private item(policy: EnforcedPolicy, labels: readonly string[], row: TokenRow): Reply['items'][number] {
    const { algorithm, purpose } = row;
    const { strength, quantumSafe } = algorithmOf(algorithm);
    const all = joseAlgs(algorithm, purpose);
    const stepsOf = (alg?: Alg) => outsideStepsOn(this.custody, row, alg);
    const decide = (use: Use, alg = all[0], custody = this.custody.kind) =>
      policy.decide({ algorithm, purpose, use, custody, outsideSteps: stepsOf(alg), labels });
    const allowed = all.filter((alg) => decide('create', alg).decision.allow);
    const { decision, warnings } = decide('create', allowed[0]);
    const algs = allowed.length === 0 ? [...row.algs] : row.algs.filter((alg) => allowed.includes(alg));
    return {
      algorithm,
      purpose,
      algs,
      available: decision.allow && algs.length > 0,
      custodies: this.custodies(row, (custody) => decide('create', allowed[0], custody).decision.allow),
      publicKeys: this.publicUses(policy, labels, row),
      software: this.inSoftware(row) && decide('create', all[0], 'software').decision.allow,
      uses: usesOf[purpose].filter((use) => all.some((alg) => decide(use, alg).decision.allow)),
      reasons: [
        ...decision.reasons,
        ...(allowed.length === 0 ? [] : all.flatMap((alg) => reasonsOf(alg, decide('create', alg).decision))),
        ...row.excluded.map(({ alg, code, detail }) => ({ code, detail: `${alg}: ${detail}` })),
        ...notWrapped(row).map(({ alg, code, detail }) => ({ code, detail: `${alg} in custody wrapped: ${detail}` })),
      ],
      warnings: [
        ...warnings,
        ...(policy.document.fipsOnly !== false && this.partition.hsm.cmvp === undefined ? [notValidated] : []),
      ],
      outsideSteps: all.flatMap((alg) => stepsOf(alg).map((step) => stepOf(alg, step))),
      strength,
      quantumSafe,
      fips: fipsStatus(algorithm, purpose, policy.now()),
      verdicts: verdictsOf(row, policy.module(), policy.now()),
    };
  }
}

/**
 * What cannot be kept wrapped, where the reason is another than that of objects of the token. A self-test that has not run yet may
 * pass.
 */
const notWrapped = ({ excluded, wrapped }: TokenRow): Capability['excluded'] => {
  const isTold = (row: Capability['excluded'][number]): boolean =>
    excluded.some(({ alg, detail }) => alg === row.alg && detail === row.detail);
  return wrapped.excluded.filter((row) => row.code !== 'self-test-pending' && !isTold(row));
};

const mayBeWrapped = (row: TokenRow, alg: Alg): boolean => !notWrapped(row).some((excluded) => excluded.alg === alg);

const stepOf = (alg: Alg, step: string): Reply['items'][number]['outsideSteps'][number] => ({
  alg,
  step,
  detail: detailOf(step),
  fipsOnlyRefuses: refusalOfStep(step) !== null,
});

/** The content encryption of JWEs, by the policy alone: every token's worker can do all of it. */
const contentRows = ({ document }: EnforcedPolicy): Reply['contentEncryption'] =>
  contentAlgs.map((enc) => {
    const { bits, fips } = contentEncryptionOf(enc);
    return {
      enc,
      uses: (['protect', 'process'] as const).filter((use) => mayUseContent(document, enc, use)),
      strength: bits,
      quantumSafe: bits === 256,
      fips: { approved: true, source: fips },
    };
  });

/** The reasons why one algorithm is refused where another of the same keys is allowed. */
const reasonsOf = (alg: Alg, { reasons }: Pick<Decision, 'reasons'>) =>
  reasons.map(({ detail, ...reason }) => ({ ...reason, detail: `${alg}: ${detail}` }));
