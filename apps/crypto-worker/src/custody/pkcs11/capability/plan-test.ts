import {
  type Alg,
  type AlgorithmName,
  type JweAlg,
  type JwsAlg,
  joseAlgs,
  jweAlgs,
  jwsAlgs,
  type Purpose,
  signatureSchemes,
} from '@ankasecure/algorithm';
import type { MechanismList } from '../cryptoki/mechanism.js';
import { signatureVariants } from '../job/job.js';
import type { KeyShape } from '../job/key-shape.js';
import { shapeOf } from '../job/shape-of.js';
import type { SelfTestAlg } from '../kind/self-test.js';
import type { SelfTestSpec } from '../operation/self-test.js';
import type { Profile } from '../profile/profile.js';
import { CapabilityEntry } from './entry.js';
import { lackingFor, lackingToWrap } from './lack.js';

const isJws = (alg: Alg): alg is JwsAlg => (jwsAlgs as readonly Alg[]).includes(alg);
const isJwe = (alg: Alg): alg is JweAlg => (jweAlgs as readonly Alg[]).includes(alg);

export const testOf = (alg: Alg): SelfTestAlg => {
  if (!isJws(alg)) return { alg, variant: 0, hash: null };
  const { scheme, hash } = signatureSchemes[alg];
  const variant = signatureVariants.findIndex(
    (row) => row.scheme === scheme && (row.hash === null || row.hash === hash),
  );
  return { alg, variant, hash };
};

export interface PlannedEntry {
  readonly entry: CapabilityEntry;
  /** One test per template: all signature algorithms of a key together, each JWE algorithm alone. */
  readonly specs: readonly SelfTestSpec[];
}

/**
 * The algorithms of one purpose that the token's list rules out, and the self-tests of the others.
 * @param wrapped whether the keys are kept wrapped
 */
export const planEntry = (
  algorithm: AlgorithmName,
  purpose: Purpose,
  profile: Profile,
  listed: MechanismList,
  wrapped = false,
): PlannedEntry => {
  const groups = new Map<JweAlg | null, { readonly shape: KeyShape; readonly algs: SelfTestAlg[] }>();
  const lacking = new Map<Alg, string>();
  for (const alg of joseAlgs(algorithm, purpose)) {
    const shape = shapeOf(algorithm, purpose, isJwe(alg) ? alg : null);
    const lack = lackingFor(alg, shape, profile, listed) ?? (wrapped ? lackingToWrap(shape, profile) : null);
    if (lack !== null) {
      lacking.set(alg, lack);
      continue;
    }
    const group = groups.get(shape.alg) ?? { shape, algs: [] };
    group.algs.push(testOf(alg));
    groups.set(shape.alg, group);
  }
  return { entry: new CapabilityEntry(algorithm, purpose, profile, lacking), specs: [...groups.values()] };
};
