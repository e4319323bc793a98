import { controlledActions, type PolicyDocument } from './document.js';

/** The operations that can need two people. To change an issuer is not an entry of the field; it comes with any entry. */
export type ControlledAction = (typeof controlledActions)[number] | 'change-issuer';

/**
 * The operations that come with every entry. One person who could do one of these alone could then do the rest alone, by removing
 * the entry from the policy, or by having an issuer name them as another person.
 */
const implied: readonly ControlledAction[] = ['relax-policy', 'change-issuer'];

/** Whether the policy requires two people for the operation. */
export const requiresTwoPeople = (
  { dualControl = [] }: Pick<PolicyDocument, 'dualControl'>,
  action: ControlledAction,
): boolean => (implied.includes(action) ? dualControl.length > 0 : dualControl.some((entry) => entry === action));

/** The effective entries of `dualControl`, including those that come with others. */
export const controlledBy = (policy: Pick<PolicyDocument, 'dualControl'>): readonly ControlledAction[] =>
  controlledActions.filter((action) => requiresTwoPeople(policy, action));
