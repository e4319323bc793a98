import { PauseGroup } from '@ankasecure/service-kit';

/** The methods that need the token: `StepAside` pauses them while the token does not answer. */
export const tokenGroup = 'token';

/**
 * The method needs the token, if only to check the seals of records or to seal what it changes. While the token does not answer, other
 * workers of the partition get its requests.
 */
export const NeedsToken = (): MethodDecorator => PauseGroup(tokenGroup);
