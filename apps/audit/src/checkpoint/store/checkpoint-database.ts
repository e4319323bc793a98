import { DatabaseConfig } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { OwnConnections } from '../../trail/own-connections.js';

/** Checkpoints that are made at the same time. Each holds a connection, and asks for another while it proves the end of its trail. */
export const makersAtOnce = 2;
const connections = makersAtOnce + 1;

/**
 * The connections of those who make checkpoints. Each waits for the HSM while it holds one, so sealing has others. Their role is the
 * service's, which may read the trees of the transaction's tenant, and change them by two functions only.
 */
@Injectable()
export class CheckpointDatabase extends OwnConnections {
  constructor(database: DatabaseConfig) {
    // No entity: nothing but the statements of checkpoints runs here.
    super(database, 'checkpoint', connections, []);
  }
}
