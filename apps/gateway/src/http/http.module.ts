import { Module } from '@nestjs/common';
import { BodyBudget } from './body-budget.js';
import { ProbeEndpoints } from './probe.js';
import { RequestMeter } from './request-meter.js';

/** What every route of the public port shares. The server itself is made before Nest: see `server.ts`. */
@Module({ providers: [BodyBudget, RequestMeter, ProbeEndpoints], exports: [BodyBudget, RequestMeter] })
export class HttpModule {}
