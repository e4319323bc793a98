import { connect, type Socket } from 'node:net';

/** Many connections from one address, each of which sends requests one after the other. */
export interface Flood {
  /** The number of answers, by status. */
  readonly answers: Map<number, number>;
  stop(): void;
}

/**
 * Floods a port from an address of loopback.
 * @param request makes the bytes of the next request
 */
export const startFlood = (port: number, from: string, connections: number, request: () => string): Flood => {
  const answers = new Map<number, number>();
  const sockets = new Set<Socket>();
  let isOver = false;
  const open = (): void => {
    const socket = connect({ port, host: '127.0.0.1', localAddress: from }, () => socket.write(request()));
    sockets.add(socket);
    socket.on('data', (chunk) => {
      for (const [, status] of chunk.toString('latin1').matchAll(/HTTP\/1\.1 (\d{3})/g)) {
        answers.set(Number(status), (answers.get(Number(status)) ?? 0) + 1);
        if (!isOver && socket.writable) socket.write(request());
      }
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      if (!isOver) open();
    });
  };
  for (let count = 0; count < connections; count++) open();
  return {
    answers,
    stop: () => {
      isOver = true;
      for (const socket of sockets) socket.destroy();
    },
  };
};
