import { describe, expect, it } from 'vitest';
import { routes } from './routes.js';

/** The paths of resources with a revision. */
const revised = routes.filter(({ method, etag }) => method === 'GET' && etag === true).map(({ path }) => path);

describe('a route', () => {
  it('that changes a resource with a revision takes preconditions and answers with the new ETag', () => {
    const changing = routes.filter(({ method, path }) => method !== 'GET' && revised.includes(path));
    expect(changing.length).toBeGreaterThan(8);
    for (const { operationId, conditional, etag } of changing)
      expect([operationId, conditional !== undefined, etag]).toEqual([operationId, true, true]);
  });

  it('that changes the state of a resource with a revision does so too', () => {
    const verbs = routes.filter(
      ({ method, path, right }) =>
        // What uses a key leaves it as it is.
        method === 'POST' && path.startsWith('/keys/{id}/') && !String(right).startsWith('use:'),
    );
    expect(verbs.length).toBeGreaterThan(5);
    for (const { operationId, conditional } of verbs)
      expect([operationId, conditional]).toEqual([operationId, 'optional']);
  });

  it('with a precondition is of a resource that can be read with its ETag', () => {
    for (const { operationId, conditional, path } of routes) {
      const owner = revised.some((resource) => path === resource || path.startsWith(`${resource}/`));
      if (conditional !== undefined) expect([operationId, owner]).toEqual([operationId, true]);
    }
  });
});
