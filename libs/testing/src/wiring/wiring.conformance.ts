import { describe, expect, it } from 'vitest';
import {
  complaintWithout,
  complaintWithParameter,
  nameOfToken,
  type Wiring,
  wiredConsumers,
  wiredFactories,
  wiredProviders,
  wiringComplaint,
} from './wiring.js';

/**
 * Shows that no wrong wiring of a service starts. It takes the service's modules and breaks them in each
 * place: each provider is left out once, and each parameter of a constructor or factory gets a type that nobody provides.
 * @param background the providers that nothing names, each with how it acts. Nest starts without them: their own tests hold them
 */
export const describeWiring = (service: string, wiring: Wiring, background: Readonly<Record<string, string>>): void => {
  const providers = wiredProviders(wiring);
  const consumers = wiredConsumers(wiring);
  const parameters = consumers.flatMap(({ name, parameters: types }, consumer) =>
    types.map((_, index) => [`${name}[${index}]`, { name, consumer, index }] as const),
  );

  describe(`the wiring of ${service}`, () => {
    it('is complete', async () => {
      expect(await wiringComplaint(wiring)).toBeUndefined();
    });

    it('has no unused provider, except those that act in the background', () => {
      const unused = providers.filter(({ injectedInto }) => injectedInto.length === 0);
      expect(unused.map(({ token }) => nameOfToken(token)).toSorted()).toEqual(Object.keys(background).toSorted());
    });

    it.each(
      providers
        .filter(({ injectedInto }) => injectedInto.length > 0)
        .map(({ token }) => [nameOfToken(token), token] as const),
    )('does not start without %s', async (name, token) => {
      expect(await complaintWithout(wiring, token)).toContain(name);
    });

    it.each(parameters)('does not start when %s has a type that nobody provides', async (_, of) => {
      const complaint = await complaintWithParameter(wiring, of.consumer, of.index);
      expect(complaint).toContain(of.name);
      expect(complaint).toContain('Unlisted');
    });

    it('cannot confuse two parameters: each has a type of its own, and a factory takes one part', () => {
      const confusing = consumers.filter(({ parameters: types }) => new Set(types).size < types.length);
      expect(confusing.map(({ name }) => name)).toEqual([]);
      const wide = wiredFactories(wiring).filter(({ parameters: types }) => types.length > 1);
      expect(wide.map(({ name }) => name)).toEqual([]);
    });
  });
};
