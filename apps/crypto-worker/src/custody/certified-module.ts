import type { HsmModule } from '@ankasecure/policy-rules';
import { Injectable } from '@nestjs/common';
import { Custody } from './custody.js';
import { Partition } from './partition.js';

/** The module of the partition's HSM, as FIPS-only judges it: the configured certificate, and the firmware of the token. */
@Injectable()
export class CertifiedModule {
  private known: HsmModule | undefined;

  constructor(
    private readonly partition: Partition,
    private readonly custody: Custody,
  ) {}

  /** The same object until the firmware changes, so that it can be compared by identity. */
  get(): HsmModule {
    const { firmware } = this.custody.token;
    if (this.known?.firmware !== firmware) this.known = { certificate: this.partition.hsm.cmvp ?? null, firmware };
    return this.known;
  }
}
