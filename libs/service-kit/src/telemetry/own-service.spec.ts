import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { ownService } from './own-service.js';

it('names the service by the package of its program', () => {
  const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
  expect(ownService(program)).toEqual({
    'service.namespace': 'ankasecure',
    'service.name': 'service-kit',
    'service.version': '0.1.0',
  });
});

it.each([undefined, '/nowhere/dist/main.js'])('names none for %s', (program) => {
  expect(ownService(program)).toEqual({ 'service.namespace': 'ankasecure' });
});
