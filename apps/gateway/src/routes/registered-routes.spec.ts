import 'reflect-metadata';
import { DiscoveryModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { describe, expect, it } from 'vitest';
import { keyRoutes } from '../key/key.routes.js';
import { policyRoutes } from '../policy/policy.routes.js';
import { RouteModule } from '../route/route.module.js';
import { RouteTable } from '../route/route-table.js';
import { RegisteredRoutes } from './registered-routes.js';

const described = [...keyRoutes, ...policyRoutes];

const registered = async (...domains: (readonly (typeof described)[number][])[]) => {
  const app = await Test.createTestingModule({
    imports: [DiscoveryModule, ...domains.map((rows) => RouteModule.forDomain(rows))],
    providers: [RegisteredRoutes, { provide: RouteTable, useValue: new RouteTable(described) }],
  }).compile();
  return app.get(RegisteredRoutes).rows();
};

describe('the rows that the domains register', () => {
  it('are served in the order of the description', async () => {
    expect(await registered(policyRoutes, keyRoutes)).toEqual(described);
  });

  it('prevent the start if a domain is missing', async () => {
    await expect(registered(keyRoutes)).rejects.toThrow('no module registers the routes');
  });

  it('prevent the start if a row is not described', async () => {
    const extra = { ...(keyRoutes[0] as (typeof described)[number]), operationId: 'createKeyTwice' };
    await expect(registered(keyRoutes, policyRoutes, [extra])).rejects.toThrow(
      'the table of routes lacks createKeyTwice',
    );
  });
});
