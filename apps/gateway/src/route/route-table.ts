import type { Route } from './route.js';

/** Every row of the API, in the order of its description. */
export class RouteTable {
  constructor(readonly rows: readonly Route[]) {}
}
