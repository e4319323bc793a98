import { type Context, readAnchor, type TrailAnchor, writeAnchor } from '@ankasecure/contracts';
import { BusClient, ownContext } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { MacConfig } from '../mac/mac.config.js';

const patienceMs = 5_000;

/** The anchor in the token of the configured partition, which holds one for all trails. The partition's workers are asked. */
@Injectable()
export class AnchorSource {
  constructor(
    private readonly bus: BusClient,
    private readonly config: MacConfig,
  ) {}

  /** @returns undefined if the token stores no data; null if it holds no anchor. @throws AnkaError if no worker answers */
  async read(): Promise<TrailAnchor | null | undefined> {
    const { supported, anchor } = await this.bus.request(readAnchor, this.config.partition, context(), {});
    return supported ? anchor : undefined;
  }

  /** @returns the anchor that the token holds then: this one or a later one. @throws AnkaError if no worker answers */
  async write(anchor: TrailAnchor): Promise<TrailAnchor | null> {
    return (await this.bus.request(writeAnchor, this.config.partition, context(), anchor)).anchor;
  }
}

const context = (): Context => ownContext('audit', patienceMs);
