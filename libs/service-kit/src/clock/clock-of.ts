import type { DataSource } from 'typeorm';
import { clockDefaults } from '../config/section.js';
import { Clock } from './clock.js';

const clocks = new WeakMap<DataSource, Clock>();

/** Sets the clock that judges what the data source says of the time. */
export const setClockOf = (dataSource: DataSource, clock: Clock): void => {
  clocks.set(dataSource, clock);
};

/** The clock that judges what the data source says of the time; one with the default bound if none was set. */
export const clockOf = (dataSource: DataSource): Clock => {
  const clock = clocks.get(dataSource) ?? new Clock(clockDefaults);
  clocks.set(dataSource, clock);
  return clock;
};
