import { connect, createServer } from 'node:net';
import { holdLock } from '../bootstrap/lock.mjs';

/** A range below the one that Linux uses for outgoing connections (32768–60999). */
const lowest = 15_000;
const highest = 32_000;

export const isPortFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });

/** Returns a free TCP port of 127.0.0.1. This function gives it to no other caller while the process lives. */
export const freePort = async (taken: readonly number[] = []): Promise<number> => {
  for (;;) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest));
    if (!taken.includes(port) && (await isPortFree(port)) && (await holdLock(`port ${port}`))) return port;
  }
};

/** Whether a program accepts connections on the port. */
export const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
