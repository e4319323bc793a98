import { Module } from '@nestjs/common';
import { BodyBudget } from './body-budget.js';
import { ProbeEndpoints } from './probe.js';
import { RequestMeter } from './request-meter.js';

/** Provides what all routes of the public port share. The server itself is created before Nest: see `server.ts`. */
@Module({ providers: [BodyBudget, RequestMeter, ProbeEndpoints], exports: [BodyBudget, RequestMeter] })
export class HttpModule {}
