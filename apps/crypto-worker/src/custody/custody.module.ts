import { type BeforeApplicationShutdown, type FactoryProvider, Module } from '@nestjs/common';
import { OpenCustody } from './assembly/open-custody.js';
import { RefusedPins } from './assembly/refused-pins.js';
import { CertificateWatch } from './certificate-watch.js';
import { CertifiedModule } from './certified-module.js';
import { Custody } from './custody.js';

/** Provides the result of the injected opener. The compiler checks that it has the token's type. */
const opened = <Opened>(
  provide: abstract new () => Opened,
  by: abstract new (...parts: never[]) => { open(): Promise<Opened> },
): FactoryProvider<Opened> => ({
  provide,
  inject: [by],
  useFactory: (opener: { open(): Promise<Opened> }) => opener.open(),
});

/** The keys of one HSM partition, open from start to shutdown. */
@Module({
  providers: [OpenCustody, RefusedPins, opened(Custody, OpenCustody), CertifiedModule, CertificateWatch],
  exports: [Custody, RefusedPins, CertifiedModule],
})
export class CustodyModule implements BeforeApplicationShutdown {
  constructor(private readonly custody: Custody) {}

  /**
   * No requests are under way at this point. The token closes before other parts stop, since the work that they wait for may
   * itself wait for the token to close.
   */
  beforeApplicationShutdown(): Promise<void> {
    return this.custody.close();
  }
}
