import type { Fault, Part } from './part.js';

const storesNothing = 'it stores nothing';
const oneServer = 'one server has all databases: see PostgreSQL';
const eachDatabase = 'see the row of each database';
const oneNetwork = 'the workers share their network: see workers';

/** Faults that cannot happen to a part, or that another row shows, with the reason. */
export const impossible: Readonly<Record<Part, Partial<Record<Fault, string>>>> = {
  gateway: { 'read-only': storesNothing, full: storesNothing },
  policy: { 'read-only': storesNothing, full: storesNothing },
  worker: {
    cut: oneNetwork,
    slow: oneNetwork,
    refused: oneNetwork,
    'read-only': storesNothing,
    full: storesNothing,
  },
  workers: { 'read-only': storesNothing, full: storesNothing },
  audit: { 'read-only': storesNothing, full: storesNothing },
  NATS: { 'read-only': storesNothing, full: storesNothing },
  'gateway database': { killed: oneServer },
  'policy database': { killed: oneServer },
  'key database': { killed: oneServer },
  'audit database': { killed: oneServer },
  PostgreSQL: { 'read-only': eachDatabase, full: eachDatabase },
  token: {},
};
