import { describe, expect, it } from 'vitest';
import {
  complaintWithout,
  complaintWithParameter,
  nameOfToken,
  type Wiring,
  wiredParameters,
  wiredProviders,
  wiringComplaint,
} from './wiring.js';

/**
 * Shows that no wrong wiring of a service starts. It takes the service's modules and breaks them in each
 * place: each provider is left out once, and each constructor parameter gets a type that nobody provides.
 * @param background names of the providers that no constructor names: they act by their lifecycle hooks
 */
export const describeWiring = (service: string, wiring: Wiring, background: readonly string[]): void => {
  const providers = wiredProviders(wiring);
  const parameters = wiredParameters(wiring).map((one) => [`${one.of.name}[${one.index}]`, one] as const);

  describe(`the wiring of ${service}`, () => {
    it('is complete', async () => {
      expect(await wiringComplaint(wiring)).toBeUndefined();
    });

    it('has no unused provider, except those that act in the background', () => {
      const unused = providers.filter(({ injectedInto }) => injectedInto.length === 0);
      expect(unused.map(({ token }) => nameOfToken(token)).toSorted()).toEqual([...background].toSorted());
    });

    it.each(
      providers
        .filter(({ injectedInto }) => injectedInto.length > 0)
        .map(({ token }) => [nameOfToken(token), token] as const),
    )('does not start without %s', async (name, token) => {
      expect(await complaintWithout(wiring, token)).toContain(name);
    });

    it.each(parameters)('does not start when %s has a type that nobody provides', async (_, { of, index }) => {
      const complaint = await complaintWithParameter(wiring, of, index);
      expect(complaint).toContain(of.name);
      expect(complaint).toContain('Unlisted');
    });
  });
};
