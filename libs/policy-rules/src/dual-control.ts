import { controlledDeeds, type PolicyDocument } from './document.js';

/** What two people may have to agree on. Changing who speaks for the tenant is no field's entry: it comes with any of them. */
export type ControlledDeed = (typeof controlledDeeds)[number] | 'change-issuer';

/**
 * What comes with every other entry: whoever could do one of these alone would do the rest alone after it, by taking the entry
 * out of the policy, or by having an issuer say that he is somebody else.
 */
const implied: readonly ControlledDeed[] = ['relax-policy', 'change-issuer'];

/** Whether the policy wants two people for it. */
export const wantsTwo = ({ dualControl = [] }: Pick<PolicyDocument, 'dualControl'>, deed: ControlledDeed): boolean =>
  implied.includes(deed) ? dualControl.length > 0 : dualControl.some((entry) => entry === deed);

/** The entries of `dualControl` that hold, those that come with others included. */
export const controlledBy = (policy: Pick<PolicyDocument, 'dualControl'>): readonly ControlledDeed[] =>
  controlledDeeds.filter((deed) => wantsTwo(policy, deed));
