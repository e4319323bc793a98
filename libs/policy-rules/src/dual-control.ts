import { controlledDeeds, type PolicyDocument } from './document.js';

/** The operations that can need two people. To change an issuer is not an entry of the field; it comes with any entry. */
export type ControlledDeed = (typeof controlledDeeds)[number] | 'change-issuer';

/**
 * The operations that come with every entry. One person who could do one of these alone could then do the rest alone, by removing
 * the entry from the policy, or by having an issuer name them as another person.
 */
const implied: readonly ControlledDeed[] = ['relax-policy', 'change-issuer'];

/** Whether the policy requires two people for the operation. */
export const wantsTwo = ({ dualControl = [] }: Pick<PolicyDocument, 'dualControl'>, deed: ControlledDeed): boolean =>
  implied.includes(deed) ? dualControl.length > 0 : dualControl.some((entry) => entry === deed);

/** The effective entries of `dualControl`, including those that come with others. */
export const controlledBy = (policy: Pick<PolicyDocument, 'dualControl'>): readonly ControlledDeed[] =>
  controlledDeeds.filter((deed) => wantsTwo(policy, deed));
