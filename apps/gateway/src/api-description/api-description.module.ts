import { Module } from '@nestjs/common';
import { DescriptionEndpoints } from './description-endpoints.js';

@Module({ providers: [DescriptionEndpoints] })
export class ApiDescriptionModule {}
