import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/**
 * A fault of a network, as its connections show it. `frozen` holds everything until it heals, like a stopped server. `silent`
 * loses everything without a word, like a cut cable. `slow` delays everything. `refused` ends every connection and accepts none.
 */
export type NetworkFault = 'frozen' | 'silent' | 'slow' | 'refused';

/** A proxy before a TCP server. It forwards everything until it is told otherwise. */
export interface FaultProxy {
  readonly port: number;
  /** Resets every connection once. New ones are forwarded. */
  cut(): void;
  /** Puts a fault in force, or none. */
  set(fault: NetworkFault | null): void;
  stop(): Promise<void>;
}

/** The delay of each piece of data on a slow network, in milliseconds. */
const slowMs = 150;

/** One direction of a connection. It keeps the order of the data through every change of the fault. */
class Direction {
  private readonly waiting: Buffer[] = [];
  private ended = false;

  constructor(
    from: Socket,
    private readonly to: Socket,
    private readonly fault: () => NetworkFault | null,
  ) {
    from.on('data', (bytes) => this.take(bytes));
    from.on('error', () => undefined);
    from.on('close', () => {
      this.ended = true;
      this.settle();
    });
  }

  /** Passes on what waits, if the fault allows. */
  settle(): void {
    const fault = this.fault();
    if (fault === null) for (const bytes of this.waiting.splice(0)) this.to.write(bytes);
    const tells = fault === null || fault === 'slow';
    if (tells && this.ended && this.waiting.length === 0) this.to.destroy();
  }

  private take(bytes: Buffer): void {
    if (this.fault() === 'silent') return;
    this.waiting.push(bytes);
    if (this.fault() === 'slow') setTimeout(() => this.next(), slowMs);
    else this.settle();
  }

  private next(): void {
    const first = this.fault() === 'slow' ? this.waiting.shift() : undefined;
    if (first !== undefined) this.to.write(first);
    this.settle();
  }
}

/** @param target the port to forward to, asked at each connection */
export const startFaultProxy = async (target: () => number): Promise<FaultProxy> => {
  const sockets = new Set<Socket>();
  const directions = new Set<Direction>();
  let fault: NetworkFault | null = null;
  const track = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  };
  const forward = (from: Socket, to: Socket): void => {
    const direction = new Direction(from, to, () => fault);
    directions.add(direction);
    to.on('close', () => directions.delete(direction));
  };
  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const server = createServer((near) => {
    if (fault === 'refused') {
      near.on('error', () => undefined).resetAndDestroy();
      return;
    }
    const far = connect(target(), '127.0.0.1');
    for (const socket of [near, far]) track(socket);
    forward(near, far);
    forward(far, near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    set: (wanted) => {
      fault = wanted;
      if (wanted === 'refused') cut();
      for (const direction of directions) direction.settle();
    },
    stop: async () => {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
};
